// SPDX-License-Identifier: Apache-2.0
#include "ops/own_certificate.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "core/freed_by.hpp"
#include "runtime/files.hpp"

namespace mmsgate::ops {
namespace {

namespace fs = std::filesystem;

using Bio = std::unique_ptr<BIO, FreedBy<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, FreedBy<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, FreedBy<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, FreedBy<X509_EXTENSION_free>>;

constexpr long kTenYears = 3650L * 24 * 60 * 60;

/// Where the certificate lies until the key is in its place.
std::string begun(const std::string& certificate) { return certificate + ".new"; }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Bio reader(const std::string& text) { return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

/// A key that asks for a passphrase is none: nobody is there to give it.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*is_writing*/, void* /*none*/) { return -1; }

std::string why() {
  const unsigned long code = ERR_get_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "unknown reason" : reason;
}

/// rejected: which of the two is not what it should be, or that they do not belong together.
Result<bool> check(const OwnCertificate& own, const CertificateFiles& files) {
  const Certificate certificate(PEM_read_bio_X509(reader(own.certificate).get(), nullptr, no_passphrase, nullptr));
  if (!certificate) {
    return fail(ErrorKind::rejected,
                fmt::format("{} ([sip] sipcert) is no certificate in PEM form: {}", files.certificate, why()));
  }
  const Key key(PEM_read_bio_PrivateKey(reader(own.key).get(), nullptr, no_passphrase, nullptr));
  if (!key) {
    return fail(
        ErrorKind::rejected,
        fmt::format("{} ([sip] sipkey) is no private key in PEM form, or has a passphrase: {}", files.key, why()));
  }
  if (X509_check_private_key(certificate.get(), key.get()) == 1) return true;
  ERR_clear_error();
  return fail(ErrorKind::rejected, fmt::format("the key {} ([sip] sipkey) is not that of the certificate {} (sipcert)",
                                               files.key, files.certificate));
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  const Extension extension(X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string names_for(const std::string& address) {
  constexpr std::string_view kLoopback = "127.0.0.1";
  std::string names = fmt::format("DNS:localhost,IP:{}", kLoopback);
  const bool is_one = address != kLoopback && address != "0.0.0.0" && address != "::";
  return is_one ? fmt::format("{},IP:{}", names, address) : names;
}

bool fill(X509* certificate, EVP_PKEY* key, const std::string& address) {
  std::uint64_t serial = 0;
  X509_NAME* name = X509_get_subject_name(certificate);
  constexpr unsigned char kName[] = "localhost";
  return RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
         X509_set_version(certificate, 2) == 1 && X509_gmtime_adj(X509_getm_notBefore(certificate), 0) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kTenYears) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kName, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 &&
         add_extension(certificate, NID_subject_alt_name, names_for(address)) &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

std::optional<OwnCertificate> make(const std::string& address) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  const Bio key_text(BIO_new(BIO_s_secmem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  if (!key || !certificate || !key_text || !certificate_text || !fill(certificate.get(), key.get(), address) ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1) {
    return std::nullopt;
  }
  return OwnCertificate{.certificate = text_of(certificate_text.get()), .key = text_of(key_text.get())};
}

std::unexpected<Error> cannot_write(const std::string& path) {
  return fail(ErrorKind::transient,
              fmt::format("cannot write {}: {}; see sipcert and sipkey", path, std::strerror(errno)));
}

Result<bool> write_new(const std::string& path, std::string_view text) {
  if (!runtime::write_new_file(path, text)) return cannot_write(path);
  return true;
}

Result<bool> move(const std::string& from, const std::string& to) {
  if (!runtime::move_file(from, to)) return cannot_write(to);
  return true;
}

/// For its owner alone, when it is missing. What goes wrong is said by who writes into it.
void make_folder_of(const std::string& path) {
  std::error_code ignored;
  static_cast<void>(runtime::make_private_folder(fs::absolute(path, ignored).parent_path()));
}

/// The key is put in its place between the two steps of the certificate: after a power cut, what is there tells how to
/// go on.
Result<OwnCertificate> make_files(const CertificateFiles& files, const std::string& address) {
  auto made = make(address);
  if (!made) return fail(ErrorKind::transient, fmt::format("no certificate can be made: {}", why()));
  for (const std::string& path : {files.certificate, files.key}) make_folder_of(path);
  const std::string key_begun = begun(files.key);
  for (const auto& [path, text] : {std::pair(begun(files.certificate), &made->certificate), {key_begun, &made->key}}) {
    if (const auto written = write_new(path, *text); !written) {
      ::unlink(begun(files.certificate).c_str());
      return std::unexpected(written.error());
    }
  }
  if (const auto moved = move(key_begun, files.key); !moved) return std::unexpected(moved.error());
  if (const auto moved = move(begun(files.certificate), files.certificate); !moved) {
    return std::unexpected(moved.error());
  }
  return *std::move(made);
}

Result<std::string> read(const std::string& path) {
  if (auto text = runtime::read_file(path)) return *std::move(text);
  return fail(ErrorKind::transient, fmt::format("cannot read {}; see sipcert and sipkey", path));
}

}  // namespace

Result<OwnCertificate> own_certificate(const CertificateFiles& files, const std::string& address) {
  std::error_code ignored;
  const bool has_key = fs::exists(files.key, ignored);
  if (has_key && !fs::exists(files.certificate, ignored) && fs::exists(begun(files.certificate), ignored)) {
    if (const auto moved = move(begun(files.certificate), files.certificate); !moved) {
      return std::unexpected(moved.error());
    }
  }
  const bool has_certificate = fs::exists(files.certificate, ignored);
  if (!has_certificate && !has_key) return make_files(files, address);
  if (has_certificate != has_key) {
    return fail(ErrorKind::rejected,
                fmt::format("{} is there and {} is not: bring the other one back, or remove this one and both are made "
                            "anew ([sip] sipcert, sipkey)",
                            has_key ? files.key : files.certificate, has_key ? files.certificate : files.key));
  }
  auto certificate = read(files.certificate);
  if (!certificate) return std::unexpected(certificate.error());
  auto key = read(files.key);
  if (!key) return std::unexpected(key.error());
  OwnCertificate own{.certificate = *std::move(certificate), .key = *std::move(key)};
  if (const auto good = check(own, files); !good) return std::unexpected(good.error());
  return own;
}

}  // namespace mmsgate::ops
