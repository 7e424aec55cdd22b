// SPDX-License-Identifier: Apache-2.0
// The net thread: one libcurl multi handle, and a mailbox.
#include <curl/curl.h>
#include <pthread.h>

#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/http_client.hpp"
#include "net/transfer.hpp"

namespace mmsgate::net {
namespace {

/// Connections that are kept for the next request: the provider's and a few of its media servers.
constexpr long kKeptConnections = 8;
/// A request, an answer and the time-outs of libcurl each end a poll; nothing is waited for that this would find.
constexpr int kPollMilliseconds = 60'000;

class CurlClient final : public HttpClient {
 public:
  explicit CurlClient(std::string user_agent) : user_agent_(std::move(user_agent)) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    multi_ = curl_multi_init();
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, kKeptConnections);
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "net");
  }

  ~CurlClient() override {
    stop();
    curl_multi_cleanup(multi_);
    curl_global_cleanup();
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    if (thread_.joinable()) thread_.join();
  }

  void start(HttpRequest request, Done done) override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      requests_.emplace_back(std::move(request), std::move(done));
    }
    curl_multi_wakeup(multi_);
  }

  void post(std::move_only_function<void()> task) override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      posted_.push_back(std::move(task));
    }
    curl_multi_wakeup(multi_);
  }

 private:
  struct Inbox {
    std::vector<std::pair<HttpRequest, Done>> requests;
    std::vector<std::move_only_function<void()>> tasks;
    bool is_last = false;
  };

  void run() {
    for (;;) {
      Inbox inbox = take_inbox();
      for (auto& [request, done] : inbox.requests) begin(std::move(request), std::move(done));
      for (auto& task : inbox.tasks) task();
      if (inbox.is_last) break;
      int running = 0;
      curl_multi_perform(multi_, &running);
      end_finished();
      curl_multi_poll(multi_, nullptr, 0, kPollMilliseconds, nullptr);
    }
    for (auto& [easy, transfer] : transfers_) {
      curl_multi_remove_handle(multi_, easy);
      transfer->give_up({ErrorKind::transient, "cut off: the gateway is stopping"});
    }
    transfers_.clear();
  }

  Inbox take_inbox() {
    const std::lock_guard lock(mutex_);
    return {.requests = std::exchange(requests_, {}), .tasks = std::exchange(posted_, {}), .is_last = stopping_};
  }

  void begin(HttpRequest request, Done done) {
    // libcurl would guess what is missing and look for a host called "picture.jpg", again and again.
    if (!is_web_url(request.url)) {
      return done(fail(ErrorKind::rejected, "what should be a URL of http or https is none"));
    }
    auto transfer = std::make_unique<Transfer>(std::move(request), std::move(done), user_agent_);
    CURL* easy = transfer->handle();
    curl_multi_add_handle(multi_, easy);
    transfers_.emplace(easy, std::move(transfer));
  }

  void end_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;  // the message is gone with its handle
      CURL* easy = message->easy_handle;
      curl_multi_remove_handle(multi_, easy);
      auto node = transfers_.extract(easy);
      node.mapped()->finish(code);
    }
  }

  const std::string user_agent_;
  CURLM* multi_ = nullptr;
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> transfers_;  // the net thread's
  std::mutex mutex_;
  std::vector<std::pair<HttpRequest, Done>> requests_;   // guarded by mutex_
  std::vector<std::move_only_function<void()>> posted_;  // guarded by mutex_
  bool stopping_ = false;                                // guarded by mutex_
  std::thread thread_;
};

}  // namespace

std::unique_ptr<HttpClient> make_http_client(std::string user_agent) {
  return std::make_unique<CurlClient>(std::move(user_agent));
}

}  // namespace mmsgate::net
