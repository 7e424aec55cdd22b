// SPDX-License-Identifier: Apache-2.0
// TLS as a proxy speaks it, by OpenSSL itself: certificates made for a test, and both ends of a connection. Loopback
// only; nothing waits longer than kLimit.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "core/freed_by.hpp"
#include "support/raw_http.hpp"

namespace mmsgate::testing_support {

template <auto Function>
using OpenSslFree = FreedBy<Function>;
using SslContext = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using SslLine = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;
using X509Ptr = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using PkeyPtr = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;

/// In PEM form; signs itself.
struct TestCertificate {
  std::string certificate, key;

  explicit TestCertificate(const std::string& name) {
    const PkeyPtr pair(EVP_EC_gen("P-256"));
    const X509Ptr made(X509_new());
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400);
    X509_set_pubkey(made.get(), pair.get());
    X509_NAME* subject = X509_get_subject_name(made.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(made.get(), subject);
    X509_sign(made.get(), pair.get(), EVP_sha256());
    certificate = written([&](BIO* to) { PEM_write_bio_X509(to, made.get()); });
    key = written([&](BIO* to) { PEM_write_bio_PrivateKey(to, pair.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }

 private:
  template <typename Write>
  static std::string written(Write write) {
    const std::unique_ptr<BIO, OpenSslFree<BIO_free>> to(BIO_new(BIO_s_mem()));
    write(to.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(to.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }
};

/// One end of a connection.
class TlsSocket {
 public:
  TlsSocket(SslContext context, int fd, bool accepts)
      : context_(std::move(context)), fd_(fd), line_(SSL_new(context_.get())) {
    const timeval limit{kLimit.count(), 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL_set_fd(line_.get(), fd_);
    is_open_ = (accepts ? SSL_accept(line_.get()) : SSL_connect(line_.get())) == 1;
  }
  TlsSocket(TlsSocket&& other) noexcept
      : context_(std::move(other.context_)),
        fd_(std::exchange(other.fd_, -1)),
        line_(std::move(other.line_)),
        is_open_(other.is_open_),
        pending_(std::move(other.pending_)) {}
  TlsSocket& operator=(TlsSocket&&) = delete;
  ~TlsSocket() {
    if (line_ && is_open_) SSL_shutdown(line_.get());
    if (fd_ >= 0) ::close(fd_);
  }

  /// False: the two did not come to terms.
  [[nodiscard]] bool is_open() const { return is_open_; }
  [[nodiscard]] std::string version() const { return SSL_get_version(line_.get()); }
  [[nodiscard]] X509Ptr peer() const { return X509Ptr(SSL_get1_peer_certificate(line_.get())); }

  /// Says that it ends, and waits until the other side has closed.
  void end() {
    SSL_shutdown(line_.get());
    is_open_ = false;
    ::shutdown(fd_, SHUT_WR);
    char rest[1024];
    while (::recv(fd_, rest, sizeof rest, 0) > 0) {
    }
  }

  bool send(std::string_view bytes) { return SSL_write(line_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0; }
  /// As RawSocket: for read_sip().
  [[nodiscard]] std::string read_until(std::string_view mark) {
    while (pending_.find(mark) == std::string::npos && fill()) {
    }
    const auto at = pending_.find(mark);
    return take(at == std::string::npos ? pending_.size() : at + mark.size());
  }
  [[nodiscard]] std::string read(std::size_t size) {
    while (pending_.size() < size && fill()) {
    }
    return take(std::min(size, pending_.size()));
  }

 private:
  bool fill() {
    char bytes[16 << 10];
    const int n = SSL_read(line_.get(), bytes, sizeof bytes);
    if (n > 0) pending_.append(bytes, static_cast<std::size_t>(n));
    return n > 0;
  }
  std::string take(std::size_t size) {
    std::string taken = pending_.substr(0, size);
    pending_.erase(0, size);
    return taken;
  }

  SslContext context_;
  int fd_;
  SslLine line_;
  bool is_open_ = false;
  std::string pending_;
};

/// Connects to a port of 127.0.0.1, with no better version than `newest`; asks nobody who the other is.
[[nodiscard]] inline TlsSocket connect_by_tls(std::uint16_t port, int newest = TLS1_3_VERSION) {
  SslContext context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.get(), newest);
  SSL_CTX_set_cipher_list(context.get(), "DEFAULT:@SECLEVEL=0");  // else this side refuses what the other is to refuse
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) throw std::runtime_error("cannot connect");
  return {std::move(context), fd, false};
}

/// Takes TLS connections at a free port of 127.0.0.1.
class TlsServer {
 public:
  explicit TlsServer(TestCertificate own)
      : own_(std::move(own)), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{kLimit.count(), 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in own_address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof own_address;
    if (::bind(fd_, reinterpret_cast<const sockaddr*>(&own_address), size) != 0 || ::listen(fd_, 10) != 0) {
      throw std::runtime_error("cannot listen");
    }
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own_address), &size);
    port_ = ntohs(own_address.sin_port);
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() { ::close(fd_); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] TlsSocket accept() const {
    SslContext context(SSL_CTX_new(TLS_server_method()));
    const auto read = [](const std::string& text) {
      return std::unique_ptr<BIO, OpenSslFree<BIO_free>>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    };
    const X509Ptr certificate(PEM_read_bio_X509(read(own_.certificate).get(), nullptr, nullptr, nullptr));
    const PkeyPtr key(PEM_read_bio_PrivateKey(read(own_.key).get(), nullptr, nullptr, nullptr));
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    return {std::move(context), ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC), true};
  }

 private:
  const TestCertificate own_;
  const int fd_;
  std::uint16_t port_ = 0;
};

}  // namespace mmsgate::testing_support
