// SPDX-License-Identifier: Apache-2.0
// The SIP stack of Debian 12 lets a TLS connection go without giving back what OpenSSL kept for it, 23 KB each
// (its tls_free() takes back the holds that belong to it, and has no SSL_free()). This remembers the connections of the
// sip thread and gives back those whose socket is closed. A stack that does so itself is left to it. Made, used and
// destroyed on the sip thread.
#pragma once

#include <sys/types.h>

#include <unordered_map>

#include "runtime/mailbox.hpp"

struct ssl_st;

namespace mmsgate::sip {

class TlsLines {
 public:
  /// Looks, through the mailbox, whenever there is a new connection: so there is never more than one too many.
  explicit TlsLines(runtime::Mailbox& mailbox);
  /// When the stack is gone.
  ~TlsLines();
  TlsLines(const TlsLines&) = delete;
  TlsLines& operator=(const TlsLines&) = delete;

  void note_new(ssl_st* line);
  void note_gone(ssl_st* line);
  void give_back_closed();

 private:
  runtime::Mailbox& mailbox_;
  /// With the inode of their sockets, since a number of a descriptor is soon that of another; 0: not known yet.
  std::unordered_map<ssl_st*, ino_t> lines_;
};

}  // namespace mmsgate::sip
