// SPDX-License-Identifier: Apache-2.0
#include "voipms/exchange.hpp"

#include <algorithm>
#include <cstring>

namespace mmsgate_sim {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t kBlock = 64U << 10;

/// The body of an answer that does not simply go out whole.
struct Stream {
  Answer answer;
  std::shared_ptr<Exchange> exchange;
  Steady::time_point began = Steady::now();

  /// How many bytes may have gone out by now.
  [[nodiscard]] std::uint64_t allowance() const {
    if (answer.bytes_per_second == 0) return std::numeric_limits<std::uint64_t>::max();
    const std::chrono::duration<double> elapsed = Steady::now() - began;
    return static_cast<std::uint64_t>(elapsed.count() * static_cast<double>(answer.bytes_per_second)) + 1;
  }
};

ssize_t read_stream(void* cls, std::uint64_t at, char* out, std::size_t most) {
  auto& stream = *static_cast<Stream*>(cls);
  if (at >= stream.answer.cut_at) return MHD_CONTENT_READER_END_WITH_ERROR;
  std::uint64_t allowance = stream.allowance();
  if (allowance <= at) {
    constexpr std::chrono::milliseconds kTick(20);
    if (stream.exchange->pause(kTick)) return 0;
    allowance = std::numeric_limits<std::uint64_t>::max();
  }
  std::uint64_t count = std::min<std::uint64_t>({most, stream.answer.cut_at - at, allowance - at});
  const std::string& body = *stream.answer.body;
  if (at < body.size()) {
    count = std::min<std::uint64_t>(count, body.size() - at);
    std::memcpy(out, body.data() + at, count);
  } else {
    std::memset(out, 0, count);
  }
  return static_cast<ssize_t>(count);
}

void free_stream(void* cls) { delete static_cast<Stream*>(cls); }
void free_body(void* cls) { delete static_cast<Bytes*>(cls); }

MHD_Response* make_response(const Answer& answer, std::shared_ptr<Exchange> exchange) {
  Answer copy = answer;
  if (!copy.body) copy.body = bytes_of("");
  const std::uint64_t size = std::max<std::uint64_t>(copy.body->size(), copy.padded_to);
  const bool plain = size == copy.body->size() && copy.cut_at > size && copy.bytes_per_second == 0;
  if (!plain) {
    return MHD_create_response_from_callback(size, kBlock, read_stream,
                                             new Stream{std::move(copy), std::move(exchange)}, free_stream);
  }
  const Bytes body = copy.body;
  // The library never writes to it; its signature is older than const.
  return MHD_create_response_from_buffer_with_free_callback_cls(size, const_cast<char*>(body->data()), free_body,
                                                                new Bytes(body));
}

}  // namespace

void Exchange::set_answer(Answer answer) {
  const std::lock_guard lock(mutex_);
  if (answer_) return;
  answer_ = std::move(answer);
  if (connection_ != nullptr && std::exchange(suspended_, false)) MHD_resume_connection(connection_);
}

void Exchange::abandon() {
  const std::lock_guard lock(mutex_);
  abandoned_ = true;
  if (!answer_) answer_ = Answer{.hang_up = true};
  if (connection_ != nullptr && std::exchange(suspended_, false)) MHD_resume_connection(connection_);
}

void Exchange::resume() {
  const std::lock_guard lock(mutex_);
  if (connection_ != nullptr && std::exchange(suspended_, false)) MHD_resume_connection(connection_);
}

MHD_Result Exchange::answer_or_wait() {
  std::unique_lock lock(mutex_);
  if (!answer_) {
    suspended_ = true;
    MHD_suspend_connection(connection_);
    return MHD_YES;
  }
  const Answer answer = *answer_;
  lock.unlock();
  return answer.hang_up ? MHD_NO : queue(answer);
}

MHD_Result Exchange::queue(const Answer& answer) {
  MHD_Response* response = make_response(answer, shared_from_this());
  if (response == nullptr) return MHD_NO;
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, answer.type.c_str());
  const MHD_Result result = MHD_queue_response(connection_, static_cast<unsigned>(answer.status), response);
  MHD_destroy_response(response);
  return result;
}

void Exchange::forget() {
  const std::lock_guard lock(mutex_);
  connection_ = nullptr;
}

bool Exchange::pause(std::chrono::milliseconds pause) {
  {
    const std::lock_guard lock(mutex_);
    if (abandoned_) return false;
    suspended_ = true;
    MHD_suspend_connection(connection_);
  }
  after_(pause, [self = shared_from_this()] { self->resume(); });
  return true;
}

}  // namespace mmsgate_sim
