// SPDX-License-Identifier: Apache-2.0
#include "voipms/outgoing.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

namespace mmsgate_sim {

struct Outgoing::Transfer {
  Transfer(OutRequest what, Done when_done) : request(std::move(what)), done(std::move(when_done)) {}
  ~Transfer() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  OutRequest request;
  Done done;
  OutResponse response;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  char error[CURL_ERROR_SIZE] = "";

  static std::size_t on_data(char* data, std::size_t, std::size_t size, void* cls) {
    auto& self = *static_cast<Transfer*>(cls);
    if (self.response.body.size() + size > self.request.most_bytes) return 0;  // ends it with CURLE_WRITE_ERROR
    self.response.body.append(data, size);
    return size;
  }

  void prepare() {
    easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.limit.count()));
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "mmsgate-sim");
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    headers = curl_slist_append(nullptr, "Expect:");
    if (request.post) {
      headers = curl_slist_append(headers, "Content-Type: application/json");
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.post->size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.post->data());
    } else {
      curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  }

  void finish(CURLcode code) {
    double seconds = 0;
    const char* type = nullptr;
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME, &seconds);
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &response.status);
    constexpr double kMsPerSecond = 1000;
    response.ms = seconds * kMsPerSecond;
    if (type != nullptr) response.type = type;
    if (code == CURLE_OK) return;
    response.status = 0;
    if (code == CURLE_WRITE_ERROR) {
      response.error = "more bytes than are allowed";
    } else {
      response.error = error[0] != '\0' ? error : curl_easy_strerror(code);
    }
  }
};

Outgoing::Outgoing() : multi_(curl_multi_init()), thread_([this] { run(); }) {
  pthread_setname_np(thread_.native_handle(), "outgoing");
}

Outgoing::~Outgoing() {
  stop();
  curl_multi_cleanup(multi_);
}

void Outgoing::start(OutRequest request, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    posted_.push_back(std::make_unique<Transfer>(std::move(request), std::move(done)));
  }
  curl_multi_wakeup(multi_);
}

void Outgoing::after(std::chrono::milliseconds delay, Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    timers_.emplace(Steady::now() + delay, std::move(task));
  }
  curl_multi_wakeup(multi_);
}

void Outgoing::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  curl_multi_wakeup(multi_);
  if (thread_.joinable()) thread_.join();
  // What is dropped may hold a Reply, and a Reply may call us: so not under the mutex.
  const auto timers = std::exchange(timers_, {});
  const auto posted = std::exchange(posted_, {});
}

void Outgoing::run() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
    }
    begin_posted();
    run_due();
    int running = 0;
    curl_multi_perform(multi_, &running);
    finish_done();
    curl_multi_poll(multi_, nullptr, 0, wait_ms(), nullptr);
  }
  for (const auto& [easy, transfer] : transfers_) curl_multi_remove_handle(multi_, easy);
  transfers_.clear();
}

void Outgoing::begin_posted() {
  std::vector<std::unique_ptr<Transfer>> posted;
  {
    const std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (auto& transfer : posted) {
    transfer->prepare();
    curl_multi_add_handle(multi_, transfer->easy);
    void* key = transfer->easy;
    transfers_.emplace(key, std::move(transfer));
  }
}

void Outgoing::run_due() {
  std::vector<Task> due;
  {
    const std::lock_guard lock(mutex_);
    const auto end = timers_.upper_bound(Steady::now());
    for (auto i = timers_.begin(); i != end; ++i) due.push_back(std::move(i->second));
    timers_.erase(timers_.begin(), end);
  }
  for (auto& task : due) task();
}

void Outgoing::finish_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;  // the message dies with remove_handle
    CURL* easy = message->easy_handle;
    const auto found = transfers_.find(easy);
    const auto transfer = std::move(found->second);
    transfers_.erase(found);
    transfer->finish(code);
    curl_multi_remove_handle(multi_, easy);
    transfer->done(std::move(transfer->response));
  }
}

int Outgoing::wait_ms() {
  constexpr int kIdle = 60000;
  const std::lock_guard lock(mutex_);
  if (stopping_ || !posted_.empty()) return 0;
  if (timers_.empty()) return kIdle;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first - Steady::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kIdle));
}

}  // namespace mmsgate_sim
