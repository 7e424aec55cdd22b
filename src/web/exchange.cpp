// SPDX-License-Identifier: Apache-2.0
#include "web/exchange.hpp"

#include <utility>

#include "runtime/failpoint.hpp"

namespace mmsgate::web {
namespace {

/// So much of a refused body is read and dropped: a video that is too large for us, but no endless stream.
constexpr std::uint64_t kMostDropped = 256U << 20;

}  // namespace

bool Exchange::sends_unasked(const Head& head) {
  if (!head.has_body()) return true;  // all of it has come
  return head.content_length.value_or(0) <= kMostDropped && head.header(MHD_HTTP_HEADER_EXPECT).empty();
}

MHD_Result Exchange::begin() {
  answer_ = handler_->begin();
  // An answer ahead of the body closes the line, and a phone that is still sending sees a broken line, not the answer.
  return answer_ && !sends_unasked_ ? queue() : MHD_YES;
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

MHD_Result Exchange::queue() {
  queued_ = true;
  return MHD_queue_response(connection_, answer_->status, answer_->response.get());
}

void Exchange::answer(Answer answer) {
  if (answer_) return;
  runtime::failpoint("web: before an answer");
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
