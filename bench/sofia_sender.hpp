// SPDX-License-Identifier: Apache-2.0
// The end that sends MESSAGEs: as many at a time as its window, or so many a second.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "sofia_end.hpp"

namespace bench {

class Sender;

/// A request under way.
struct Flight {
  Sender& sender;
  std::uint64_t number;
  unsigned tries;
  Clock::time_point start;
};

class Sender {
 public:
  struct Options {
    std::string listen = "sip:127.0.0.1:*";          ///< Where it sends from.
    std::string aor = "sip:100000_bench@127.0.0.1";  ///< Who sends.
    std::string to;                                  ///< The request-URI; "{}" in it is 000, 001, ... below to_count.
    unsigned to_count = 1;
    std::string route;  ///< Where to; with ";transport=tcp" or UDP.
    std::uint64_t count = 1;
    std::uint64_t window = 64;
    std::size_t size = 1000;  ///< Bytes of each body.
    double rate = 0;          ///< A second; 0: as fast as the window allows.
    double seconds = 0;       ///< Nothing new is sent after so long; 0: until all are.
    std::uint64_t first = 0;  ///< The number of the first one: bodies end " #NUMBER @NANOSECONDS".
    double retry = 0;         ///< What is refused is sent again after so many seconds, as a person would.
    unsigned tries = 1;       ///< So often at most.
  };

  Sender(Stack& stack, const Options& options)
      : options_(options), stack_(stack), run_(nanoseconds(CLOCK_REALTIME)), count_(options.count) {
    constexpr unsigned kPatience = 32'000;
    agent_ = make_agent(stack, options.listen, kPatience);
    outcomes_.assign(options.count, '?');
    leg_.reset(nta_leg_tcreate(agent_.get(), nullptr, nullptr, NTATAG_NO_DIALOG(1), URLTAG_URL(nullptr), TAG_END()));
  }

  /// Returns when all are answered, or when the process is told to stop.
  void run() {
    start_ = Clock::now();
    std::optional<Ticker> pace;
    constexpr unsigned kTick = 2;
    if (options_.rate > 0 || options_.tries > 1) pace.emplace(stack_.root(), kTick, [this] { fill(); });
    fill();
    stack_.run();
    end_ = Clock::now();
  }

  [[nodiscard]] nlohmann::json figures() {
    const double seconds = std::chrono::duration<double>(end_ - start_).count();
    nlohmann::json statuses = nlohmann::json::object();
    for (const auto& [status, number] : statuses_) statuses[std::to_string(status)] = number;
    return {{"count", answered_},
            {"seconds", seconds},
            {"per_second", static_cast<double>(answered_) / seconds},
            {"p50_ms", round_trips_.at(0.5)},
            {"p99_ms", round_trips_.at(0.99)},
            {"statuses", statuses},
            {"outcomes", outcomes_}};
  }
  /// All have been answered, with 2xx.
  [[nodiscard]] bool is_fine() const {
    std::uint64_t fine = 0;
    for (const auto& [status, number] : statuses_) fine += status >= 200 && status < 300 ? number : 0;
    return fine == count_;
  }

 private:
  /// As many as may go now.
  void fill() {
    const double elapsed = std::chrono::duration<double>(Clock::now() - start_).count();
    if (options_.seconds > 0 && elapsed > options_.seconds && sent_ < count_) {
      count_ = sent_;
      outcomes_.resize(count_);
      if (answered_ == count_) stack_.stop();
    }
    const std::uint64_t due = options_.rate > 0 ? std::min(count_, std::uint64_t(elapsed * options_.rate) + 1) : count_;
    while (!again_.empty() && again_.front().first <= Clock::now() && flying_ < options_.window) {
      const auto [number, tries] = again_.front().second;
      again_.pop_front();
      send_one(number, tries);
    }
    while (sent_ < due && flying_ < options_.window) send_one(sent_++, 0);
  }

  void send_one(std::uint64_t number, unsigned tries) {
    ++flying_;
    std::string body = fmt::format(" #{} @{}", options_.first + number, nanoseconds(CLOCK_REALTIME));
    if (body.size() < options_.size) body.insert(0, options_.size - body.size(), 'x');
    const std::string call_id = fmt::format("{:x}-{}-{}", run_, number, tries);
    const std::string uri = destination(number);
    const std::string to = fmt::format("<{}>", uri);
    const std::string from = fmt::format("<{}>;tag=bench", options_.aor);
    auto* flight = new Flight{*this, number, tries + 1, Clock::now()};
    const nta_outgoing_t* outgoing = nta_outgoing_tcreate(
        leg_.get(), &Sender::on_answer, flight, URL_STRING_MAKE(options_.route.c_str()), SIP_METHOD_MESSAGE,
        URL_STRING_MAKE(uri.c_str()), SIPTAG_FROM_STR(from.c_str()), SIPTAG_TO_STR(to.c_str()),
        SIPTAG_CALL_ID_STR(call_id.c_str()), SIPTAG_MAX_FORWARDS_STR("70"), SIPTAG_USER_AGENT_STR("LinphoneBench/1.0"),
        SIPTAG_CONTENT_TYPE_STR("text/plain"), SIPTAG_PAYLOAD_STR(body.c_str()), TAG_END());
    if (outgoing == nullptr) {
      delete flight;
      throw std::runtime_error("the stack takes no request for " + options_.route);
    }
  }

  [[nodiscard]] std::string destination(std::uint64_t number) const {
    std::string uri = options_.to;
    const auto at = uri.find("{}");
    if (at != std::string::npos) uri.replace(at, 2, fmt::format("{:03}", number % options_.to_count));
    return uri;
  }

  static int on_answer(Flight* raw, nta_outgoing_t* outgoing, sip_t const* /*sip*/) {
    const int status = nta_outgoing_status(outgoing);
    if (status < 200) return 0;
    const std::unique_ptr<Flight> flight(raw);
    nta_outgoing_destroy(outgoing);
    flight->sender.answered(status, *flight);
    return 0;
  }

  void answered(int status, const Flight& flight) {
    round_trips_.add(std::chrono::duration<double, std::milli>(Clock::now() - flight.start).count());
    ++statuses_[status];
    --flying_;
    const bool is_taken = status >= 200 && status < 300;
    char& outcome = outcomes_[flight.number];
    // 503 is the one that says no; a proxy hands it on as 500 (RFC 3261, 16.7). After another (408: the proxy's
    // patience is over) nobody but the other side knows whether it was taken: who sends it again may have sent it
    // twice.
    constexpr int kNotNow = 503, kNotNowOfProxy = 500;
    outcome = is_taken ? 'a' : status == kNotNow || status == kNotNowOfProxy ? 'r' : 'u';
    if (outcome == 'r' && flight.tries < options_.tries) {
      const auto pause = std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options_.retry));
      again_.emplace_back(Clock::now() + pause, std::pair(flight.number, flight.tries));
    } else if (++answered_ == count_) {
      stack_.stop();
    }
    fill();
  }

  const Options options_;
  Stack& stack_;
  const std::int64_t run_;
  std::uint64_t count_;
  Agent agent_;
  Leg leg_;
  std::uint64_t sent_ = 0, answered_ = 0;
  std::uint64_t flying_ = 0;
  std::deque<std::pair<Clock::time_point, std::pair<std::uint64_t, unsigned>>>
      again_;             ///< In the order of their times.
  std::string outcomes_;  ///< A letter a message: a(ccepted), r(efused), u(nknown).
  std::map<int, std::uint64_t> statuses_;
  Percentiles round_trips_;
  Clock::time_point start_, end_;
};

}  // namespace bench
