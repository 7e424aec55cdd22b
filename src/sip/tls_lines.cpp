// SPDX-License-Identifier: Apache-2.0
#include "sip/tls_lines.hpp"

#include <openssl/ssl.h>
#include <sys/stat.h>

#include <mutex>
#include <vector>

namespace mmsgate::sip {
namespace {

/// OpenSSL tells the whole process of each connection; those of other threads are not ours.
thread_local TlsLines* of_this_thread = nullptr;

void on_new(void* line, void* /*data*/, CRYPTO_EX_DATA* /*all*/, int /*index*/, long /*number*/, void* /*argument*/) {
  if (of_this_thread != nullptr) of_this_thread->note_new(static_cast<SSL*>(line));
}

void on_free(void* line, void* /*data*/, CRYPTO_EX_DATA* /*all*/, int /*index*/, long /*number*/, void* /*argument*/) {
  if (of_this_thread != nullptr) of_this_thread->note_gone(static_cast<SSL*>(line));
}

/// 0: its socket is closed, or it has none.
ino_t socket_of(const SSL* line) {
  struct stat status {};
  const int fd = SSL_get_fd(line);
  return fd >= 0 && ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}

}  // namespace

TlsLines::TlsLines(runtime::Mailbox& mailbox) : mailbox_(mailbox) {
  static std::once_flag once;
  std::call_once(once, [] { SSL_get_ex_new_index(0, nullptr, on_new, nullptr, on_free); });
  of_this_thread = this;
}

TlsLines::~TlsLines() {
  give_back_closed();
  of_this_thread = nullptr;
}

void TlsLines::note_new(ssl_st* line) {
  // So that what it belongs to is there for as long as it is.
  SSL_CTX_up_ref(SSL_get_SSL_CTX(line));
  lines_.emplace(line, 0);
  mailbox_.post([this] { give_back_closed(); });
}

void TlsLines::note_gone(ssl_st* line) {
  if (lines_.erase(line) > 0) SSL_CTX_free(SSL_get_SSL_CTX(line));
}

void TlsLines::give_back_closed() {
  std::vector<SSL*> closed;
  for (auto& [line, socket] : lines_) {
    const ino_t now = socket_of(line);
    if (socket == 0) socket = now;
    if (now == 0 || now != socket) closed.push_back(line);
  }
  for (SSL* line : closed) {
    lines_.erase(line);
    // The stack has given back two holds that were the connection's: that on the socket, which it gets again here, and
    // that on the context, in whose place is ours.
    if (BIO* bio = SSL_get_rbio(line); bio != nullptr) BIO_up_ref(bio);
    SSL_free(line);
  }
}

}  // namespace mmsgate::sip
