// SPDX-License-Identifier: Apache-2.0
// The end that answers every MESSAGE at once. As the phones' side of a gateway's benchmark it also measures how long
// each message was under way: the text's last word is "@" and the nanoseconds at which it was handed in.
#pragma once

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "sofia_end.hpp"

namespace bench {

/// When the message was handed in, in milliseconds before now; nothing: it does not say.
[[nodiscard]] inline std::optional<double> milliseconds_under_way(std::string_view text) {
  const auto mark = text.rfind(" @");
  if (mark == std::string_view::npos) return std::nullopt;
  std::int64_t then = 0;
  const auto digits = text.substr(mark + 2);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), then).ec != std::errc()) return std::nullopt;
  // No machine has been up for thirty years, and no clock is set to the year 2000.
  constexpr std::int64_t kSinceBootAtMost = 1'000'000'000'000'000'000;
  const auto now = nanoseconds(then < kSinceBootAtMost ? CLOCK_MONOTONIC : CLOCK_REALTIME);
  return static_cast<double>(now - then) / 1e6;
}

/// The number in " #NUMBER @NANOSECONDS" at the end.
[[nodiscard]] inline std::optional<std::size_t> number_of(std::string_view text) {
  const auto mark = text.rfind(" #");
  if (mark == std::string_view::npos) return std::nullopt;
  std::size_t number = 0;
  const auto digits = text.substr(mark + 2);
  if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc()) return std::nullopt;
  return number;
}

class Responder {
 public:
  struct Options {
    std::string tally;     ///< A file: at the end, a digit for each number of " #NUMBER @NS", how often it came.
    bool seconds = false;  ///< Say each second what came in it.
    std::string listen = "sip:127.0.0.1:*";  ///< Port 0 or *: any free one.
    std::uint64_t count = 0;                 ///< Ends after so many requests; 0: never.
    std::uint64_t until = 0;                 ///< Ends after so many different messages (Call-IDs); 0: never.
    bool latency = false;
    int status = 202;
  };

  Responder(Stack& stack, const Options& options) : options_(options), stack_(stack) {
    constexpr unsigned kKeptFor = 4000;
    agent_ = make_agent(stack, options.listen, kKeptFor);
    leg_.reset(nta_leg_tcreate(agent_.get(), &Responder::on_request, this, NTATAG_NO_DIALOG(1), URLTAG_URL(nullptr),
                               TAG_END()));
    constexpr unsigned kSecond = 1000;
    if (options.seconds) seconds_ = std::make_unique<Ticker>(stack.root(), kSecond, [this] { say_second(); });
  }

  [[nodiscard]] int port() const { return std::atoi(sip_via_port(nta_agent_via(agent_.get()), nullptr)); }

  [[nodiscard]] nlohmann::json figures() {
    const double seconds = std::chrono::duration<double>(last_ - first_).count();
    nlohmann::json json{{"received", received_},
                        {"distinct", seen_.size()},
                        {"repeated", received_ - seen_.size()},
                        {"seconds", seconds},
                        {"per_second", seconds > 0 ? static_cast<double>(received_) / seconds : 0}};
    if (options_.latency) {
      json.update({{"p50_ms", latency_.at(0.5)}, {"p99_ms", latency_.at(0.99)}, {"max_ms", latency_.at(1)}});
    }
    if (!options_.tally.empty()) std::ofstream(options_.tally) << tally_;
    return json;
  }

 private:
  /// `by`: how many each destination has had so far.
  void say_second() {
    const nlohmann::json json{{"event", "second"},
                              {"received", second_.size()},
                              {"p50_ms", second_.at(0.5)},
                              {"p99_ms", second_.at(0.99)},
                              {"by", by_}};
    std::puts(json.dump().c_str());
    std::fflush(stdout);
    second_ = {};
  }

  void count(const sip_t& sip, std::string_view text) {
    if (options_.seconds) {
      if (const auto ms = milliseconds_under_way(text)) second_.add(*ms);
      const char* user = sip.sip_to->a_url->url_user;
      ++by_[user == nullptr ? "" : user];
    }
    const auto number = number_of(text);
    constexpr std::size_t kMost = 100'000'000;
    if (options_.tally.empty() || !number || *number >= kMost) return;
    if (*number >= tally_.size()) tally_.resize(*number + 1, '0');
    tally_[*number] = static_cast<char>(std::min(tally_[*number] + 1, int{'9'}));
  }

  static int on_request(Responder* self, nta_leg_t* /*leg*/, nta_incoming_t* /*incoming*/, sip_t const* sip) {
    if (sip == nullptr || sip->sip_request == nullptr || sip->sip_request->rq_method == sip_method_ack) return 0;
    if (sip->sip_request->rq_method == sip_method_options) return 200;
    return sip->sip_request->rq_method == sip_method_message ? self->take(*sip) : 405;
  }

  int take(const sip_t& sip) {
    last_ = Clock::now();
    if (received_++ == 0) first_ = last_;
    const bool is_new = seen_.insert(std::hash<std::string_view>{}(sip.sip_call_id->i_id)).second;
    if (options_.latency && is_new && sip.sip_payload != nullptr) {
      const auto ms = milliseconds_under_way({sip.sip_payload->pl_data, sip.sip_payload->pl_len});
      if (ms) latency_.add(*ms);
    }
    if (is_new && sip.sip_payload != nullptr) count(sip, {sip.sip_payload->pl_data, sip.sip_payload->pl_len});
    const bool is_enough =
        (options_.count > 0 && received_ >= options_.count) || (options_.until > 0 && seen_.size() >= options_.until);
    if (is_enough && !ending_) {
      // A moment later, so that the last answer is out.
      ending_ = std::make_unique<Ticker>(stack_.root(), 5, [this] { stack_.stop(); });
    }
    return options_.status;
  }

  const Options options_;
  Stack& stack_;
  Agent agent_;
  Leg leg_;
  std::uint64_t received_ = 0;
  std::unordered_set<std::size_t> seen_;  ///< Hashes of Call-IDs: of millions, two are hardly ever alike.
  Clock::time_point first_, last_;
  Percentiles latency_;
  Percentiles second_;
  std::map<std::string, std::uint64_t> by_;
  std::string tally_;
  std::unique_ptr<Ticker> ending_, seconds_;
};

}  // namespace bench
