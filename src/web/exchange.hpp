// SPDX-License-Identifier: Apache-2.0
// One request on its connection, from its first header to its answer: libmicrohttpd's calls become a handler's, and an
// answer that comes later finds its connection again. On the web thread.
#pragma once

#include <chrono>
#include <memory>
#include <set>

#include "runtime/mailbox.hpp"
#include "web/handler.hpp"

namespace mmsgate::web {

class Exchange;

/// The exchanges that wait for their answer, with their connections suspended.
using Waiting = std::set<std::shared_ptr<Exchange>>;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(MHD_Connection* connection, std::unique_ptr<Handler> handler, bool sends_unasked,
           std::shared_ptr<runtime::Mailbox> mailbox, Waiting& waiting)
      : connection_(connection),
        handler_(std::move(handler)),
        sends_unasked_(sends_unasked),
        mailbox_(std::move(mailbox)),
        waiting_(waiting) {}
  /// The body comes whatever we say (RFC 9110 10.1.1: it did not ask), and is short enough to be let through; or there
  /// is none.
  [[nodiscard]] static bool sends_unasked(const Head& head);

  // As libmicrohttpd calls: once for the headers, for each piece of the body, and at the end.
  [[nodiscard]] MHD_Result begin();
  [[nodiscard]] MHD_Result take(std::string_view bytes);
  [[nodiscard]] MHD_Result finish();

  /// The answer is here: wakes the connection, or is dropped when it has one already.
  void answer(Answer answer);
  /// Its answer goes out.
  [[nodiscard]] bool is_answered() const { return queued_; }

 private:
  [[nodiscard]] MHD_Result queue();
  [[nodiscard]] Reply make_reply();

  MHD_Connection* const connection_;
  const std::unique_ptr<Handler> handler_;
  const bool sends_unasked_;
  const std::shared_ptr<runtime::Mailbox> mailbox_;
  Waiting& waiting_;
  std::optional<Answer> answer_;
  std::uint64_t dropped_ = 0;  ///< Bytes of the body that came after an answer was found.
  bool whole_ = false;
  bool queued_ = false;
  bool suspended_ = false;
};

}  // namespace mmsgate::web
