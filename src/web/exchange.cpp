// SPDX-License-Identifier: Apache-2.0
#include "web/exchange.hpp"

#include <utility>

namespace mmsgate::web {
namespace {

/// A client that was told no may go on for so long, so that it hears the answer (RFC 9110 10.1.1); then it is cut off.
constexpr std::uint64_t kMostDropped = 4U << 20;

}  // namespace

MHD_Result Exchange::begin() {
  answer_ = handler_->begin();
  return answer_ ? queue() : MHD_YES;
}

MHD_Result Exchange::take(std::string_view bytes) {
  if (!answer_) answer_ = handler_->take(bytes);
  if (!answer_) return MHD_YES;
  dropped_ += bytes.size();
  return dropped_ > kMostDropped ? MHD_NO : MHD_YES;
}

MHD_Result Exchange::finish() {
  if (!whole_) {
    whole_ = true;
    if (!answer_) answer_ = handler_->finish(make_reply());
  }
  if (answer_) return queue();
  suspended_ = true;
  MHD_suspend_connection(connection_);
  waiting_.insert(shared_from_this());
  return MHD_YES;
}

MHD_Result Exchange::queue() { return MHD_queue_response(connection_, answer_->status, answer_->response.get()); }

void Exchange::answer(Answer answer) {
  if (answer_) return;
  answer_ = std::move(answer);
  if (!std::exchange(suspended_, false)) return;
  waiting_.erase(shared_from_this());
  MHD_resume_connection(connection_);
}

Reply Exchange::make_reply() {
  return Reply([mailbox = mailbox_, self = weak_from_this()](Response response) mutable {
    mailbox->post([self = std::move(self), response = std::move(response)] {
      if (const auto exchange = self.lock()) exchange->answer(make_answer(response));
    });
  });
}

}  // namespace mmsgate::web
