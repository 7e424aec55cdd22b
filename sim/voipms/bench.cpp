// SPDX-License-Identifier: Apache-2.0
#include "voipms/bench.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "voipms/webhook.hpp"

namespace mmsgate_sim {
namespace {

using Steady = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;
using Seconds = std::chrono::duration<double>;

std::size_t swallow(char*, std::size_t, std::size_t size, void*) { return size; }

/// One message and how often it has been posted.
struct Item {
  std::int64_t n = 0, id = 0, tries = 0;
};

/// One kept connection and the post that is on it.
struct Lane {
  Lane(const std::string& url, const std::string& from) : easy(curl_easy_init()) {
    if (!from.empty()) curl_easy_setopt(easy, CURLOPT_INTERFACE, ("host!" + from).c_str());
    headers = curl_slist_append(headers, "Content-Type: application/json");
    headers = curl_slist_append(headers, "Expect:");
    curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 30000L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  }
  ~Lane() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  CURL* easy;
  curl_slist* headers = nullptr;
  std::string body;
  Steady::time_point began;
  Item item;
};

class Run {
 public:
  Run(const BenchSpec& spec, MessageLog& log, const std::atomic<bool>& stopping)
      : spec_(spec), log_(log), stopping_(stopping), multi_(curl_multi_init()), count_(spec.count) {
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(spec.concurrency));
    for (std::int64_t i = 0; i < spec.concurrency; ++i) {
      const auto& froms = spec.from_addresses;
      lanes_.push_back(std::make_unique<Lane>(spec.url, froms.empty() ? "" : froms[lanes_.size() % froms.size()]));
      idle_.push_back(lanes_.back().get());
    }
  }
  ~Run() {
    for (const auto& lane : lanes_) curl_multi_remove_handle(multi_, lane->easy);
    lanes_.clear();
    curl_multi_cleanup(multi_);
  }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  Json measure() {
    began_ = Steady::now();
    outcomes_.assign(static_cast<std::size_t>(count_), '?');
    while (ok_ + failed_ < count_ && !stopping_) {
      if (spec_.seconds > 0 && Seconds(Steady::now() - began_).count() > spec_.seconds) count_ = posted_;
      while (!idle_.empty() && !again_.empty() && again_.front().first <= Steady::now()) post_again();
      while (!idle_.empty() && posted_ < count_ && posted_ < due()) post({.n = posted_++, .id = log_.new_id()});
      int running = 0;
      curl_multi_perform(multi_, &running);
      if (collect() == 0) curl_multi_poll(multi_, nullptr, 0, wait_ms(), nullptr);
    }
    outcomes_.resize(static_cast<std::size_t>(posted_));
    return figures();
  }

 private:
  /// How many may have been posted by now.
  [[nodiscard]] std::int64_t due() const {
    if (spec_.rate <= 0) return count_;
    const std::chrono::duration<double> elapsed = Steady::now() - began_;
    return static_cast<std::int64_t>(elapsed.count() * spec_.rate) + 1;
  }

  [[nodiscard]] int wait_ms() const {
    constexpr int kUsual = 100;  // so that stop() is seen
    const bool is_paced = (spec_.rate > 0 && posted_ < count_) || !again_.empty();
    return is_paced && !idle_.empty() ? 1 : kUsual;
  }

  void post_again() {
    const Item item = again_.front().second;
    again_.pop_front();
    ++repeated_;
    post(item);
  }

  void post(Item item) {
    Lane& lane = *idle_.back();
    idle_.pop_back();
    ++item.tries;
    lane.item = item;
    const auto n = static_cast<std::size_t>(item.n);
    const auto first = parse_number(spec_.from).value_or(0);
    const Time now = std::chrono::system_clock::now();
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    const Message message{.id = item.id,
                          .received = true,
                          .contact = std::to_string(first + static_cast<std::int64_t>(n) % spec_.from_count),
                          .to = {spec_.to[n % spec_.to.size()]},
                          .text = fmt::format("{} #{} @{}", spec_.text_prefix, spec_.first + item.n, ns),
                          .at = now};
    lane.body = webhook_body("", message, nullptr);
    lane.began = Steady::now();
    curl_easy_setopt(lane.easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(lane.body.size()));
    curl_easy_setopt(lane.easy, CURLOPT_POSTFIELDS, lane.body.data());
    curl_multi_add_handle(multi_, lane.easy);
  }

  int collect() {
    int collected = 0;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const bool answered = message->data.result == CURLE_OK;
      CURL* easy = message->easy_handle;
      Lane* lane = nullptr;
      long status = 0;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &lane);
      curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      settle(lane->item, answered ? status : 0);
      took_ms_.push_back(Milliseconds(Steady::now() - lane->began).count());
      curl_multi_remove_handle(multi_, easy);
      idle_.push_back(lane);
      ++collected;
    }
    return collected;
  }

  /// `status` 0: there was no answer.
  void settle(const Item& item, long status) {
    constexpr long kOk = 200;
    ++statuses_[std::to_string(status)];
    char& outcome = outcomes_[static_cast<std::size_t>(item.n)];
    if (status == kOk) {
      outcome = 'a';
      ++ok_;
      return;
    }
    // Once a try has had no answer, nobody but the other side knows whether it was taken.
    if (outcome != 'u') outcome = status == 0 ? 'u' : 'r';
    if (item.tries >= spec_.tries) {
      ++failed_;
      return;
    }
    again_.emplace_back(Steady::now() + std::chrono::duration_cast<Steady::duration>(Seconds(spec_.retry)), item);
  }

  Json figures() {
    const std::chrono::duration<double> took = Steady::now() - began_;
    std::ranges::sort(took_ms_);
    const auto at = [this](double share) {
      if (took_ms_.empty()) return 0.0;
      return took_ms_[static_cast<std::size_t>(std::floor(share * static_cast<double>(took_ms_.size() - 1)))];
    };
    return {{"count", posted_},
            {"seconds", took.count()},
            {"per_second", static_cast<double>(ok_ + failed_) / took.count()},
            {"ok", ok_},
            {"failed", failed_},
            {"repeated", repeated_},
            {"statuses", statuses_},
            {"outcomes", outcomes_},
            {"p50_ms", at(0.5)},
            {"p99_ms", at(0.99)},
            {"max_ms", at(1)}};
  }

  const BenchSpec& spec_;
  MessageLog& log_;
  const std::atomic<bool>& stopping_;
  CURLM* multi_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::vector<Lane*> idle_;
  std::vector<double> took_ms_;
  Steady::time_point began_;
  std::int64_t count_;
  std::int64_t posted_ = 0;
  std::int64_t ok_ = 0;
  std::int64_t failed_ = 0;
  std::int64_t repeated_ = 0;
  std::deque<std::pair<Steady::time_point, Item>> again_;  ///< In the order of their times: all wait equally long.
  std::map<std::string, std::int64_t> statuses_;
  std::string outcomes_;  ///< A letter a message: a(ccepted), r(efused), u(nknown).
};

}  // namespace

BenchSpec read_bench_spec(const Json& body, const Portal& portal) {
  if (!body.is_object()) throw std::invalid_argument("the body is no JSON object");
  BenchSpec spec{.url = portal.webhook().url};
  spec.count = number_of(body, "count", spec.count);
  spec.concurrency = number_of(body, "concurrency", spec.concurrency);
  spec.from_count = number_of(body, "from_count", spec.from_count);
  spec.rate = body.value("rate", 0.0);
  spec.first = number_of(body, "first", spec.first);
  spec.retry = body.value("retry_seconds", 0.0);
  spec.seconds = body.value("seconds", 0.0);
  spec.tries = number_of(body, "tries", spec.tries);
  spec.from_addresses = body.value("from_addresses", std::vector<std::string>());
  if (body.contains("from")) spec.from = national(text_of(body, "from"));
  if (body.contains("text_prefix")) spec.text_prefix = text_of(body, "text_prefix");
  const Json to = body.contains("to") ? body["to"] : Json("5145550199");
  for (const Json& each : to.is_array() ? to : Json::array({to})) spec.to.push_back(national(as_text(each)));
  if (spec.url.empty()) throw std::invalid_argument("no web hook is set");
  constexpr std::int64_t kMostLanes = 1024;
  const bool good = spec.count > 0 && spec.concurrency > 0 && spec.concurrency <= kMostLanes && spec.from_count > 0 &&
                    parse_number(spec.from) && !spec.to.empty();
  if (!good) throw std::invalid_argument("count, concurrency (1 to 1024), from, from_count and to must make sense");
  return spec;
}

void Bench::start(const BenchSpec& spec, Done done) {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.join();
  thread_ = std::thread([this, spec, done = std::move(done)]() mutable {
    pthread_setname_np(pthread_self(), "bench");
    const Json figures = Run(spec, log_, stopping_).measure();
    reserved_ = false;
    done(figures);
  });
}

void Bench::stop() {
  stopping_ = true;
  const std::lock_guard lock(mutex_);
  if (thread_.joinable()) thread_.join();
}

}  // namespace mmsgate_sim
