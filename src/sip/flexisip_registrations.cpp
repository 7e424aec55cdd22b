// SPDX-License-Identifier: Apache-2.0
// The registrar thread: asks Flexisip for an account's domain and contact before each MESSAGE, and looks now and then
// whether those are there who were missing.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "formats/flexisip_answer.hpp"
#include "runtime/loop.hpp"
#include "sip/flexisip_socket.hpp"
#include "sip/registrations.hpp"

namespace mmsgate::sip {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t kMostKnown = 10'000;

class AskFlexisip final : public Registrations {
 public:
  AskFlexisip(FlexisipOptions options, OnRegistered on_registered, OnProxy on_proxy)
      : options_(std::move(options)),
        socket_({.path = options_.socket, .pid_file = options_.pid_file, .folder = options_.folder}),
        on_registered_(std::move(on_registered)),
        on_proxy_(std::move(on_proxy)),
        seen_(options_.domain_without.empty() || socket_.is_there()) {
    if (!seen_) look_for_flexisip();
    loop_.post([this] { look_for_a_new_start(); });
  }

  void find(const std::string& account, Found done) override {
    if (!seen_) return done(plain_contact(account, options_.domain_without));
    loop_.post([this, account, asked = Steady::now(), done = std::move(done)]() mutable {
      auto answer = look_up(account, asked);
      if (answer && *answer) return done(std::move(**answer));
      miss(account);
      done(answer ? fail(ErrorKind::transient, "the phone is not registered at Flexisip")
                  : std::unexpected(std::move(answer.error())));
    });
  }

 private:
  /// Nothing: not registered.
  using Answer = Result<std::optional<Contact>>;
  struct Known {
    Answer answer;
    Steady::time_point until;
  };
  struct Dump {
    std::vector<std::string> addresses;
    Steady::time_point until;
  };
  /// Where an account was found last. The address is empty where it is no more; the scheme stays, see choose_contact().
  struct Place {
    std::string address, scheme, request_uri;
    std::int64_t expires_at = 0;
  };

  /// A conversation asks for each of its messages; Flexisip is not asked for each.
  Answer look_up(const std::string& account, Steady::time_point asked) {
    // What was asked while Flexisip kept another waiting shares its fate: a queue must not wait two seconds for each.
    if (asked < failed_at_) return std::unexpected(failure_);
    if (notice_a_new_start()) return std::unexpected(failure_);
    if (const auto it = known_.find(account); it != known_.end() && Steady::now() < it->second.until) {
      return it->second.answer;
    }
    auto answer = ask(account);
    if (!answer) fail_all(answer.error());
    keep(account, answer);
    return answer;
  }
  void fail_all(Error why) {
    failure_ = std::move(why);
    failed_at_ = Steady::now();
  }
  void keep(const std::string& account, const Answer& answer) {
    if (known_.size() >= kMostKnown) known_.clear();
    known_.insert_or_assign(account, Known{answer, Steady::now() + options_.fresh});
  }

  /// `addresses`: a dump that is at hand; null: one is made when it is needed. A dump is long where many are.
  Answer ask(const std::string& account, const std::vector<std::string>* addresses = nullptr) {
    const auto before = places_.find(account);
    const Place known = before == places_.end() ? Place{} : before->second;
    if (!known.address.empty()) {
      const auto place = look_at(known.address, known.scheme);
      if (!place) return std::unexpected(place.error());
      if (*place) return settle(account, **place);
      before->second.address.clear();  // perhaps it comes back in another domain
    }
    Result<std::vector<std::string>> made;
    if (addresses == nullptr) {
      made = fresh_dump();
      if (!made) return std::unexpected(made.error());
      addresses = &*made;
    }
    std::optional<Place> best;
    for (const std::string& address : formats::find_addresses(*addresses, account)) {
      if (address == known.address) continue;
      auto place = look_at(address, known.scheme);
      if (!place) return std::unexpected(place.error());
      if (*place && (!best || (*place)->expires_at > best->expires_at)) best = **std::move(place);
    }
    return best ? settle(account, *best) : Answer(std::nullopt);
  }

  /// Nothing: nobody there takes texts now.
  Result<std::optional<Place>> look_at(const std::string& address, const std::string& scheme_before) {
    const auto answer = socket_.ask("REGISTRAR_GET sip:" + address);
    if (!answer) return std::unexpected(answer.error());
    const auto contacts = formats::parse_registrar_get(*answer);
    if (!contacts) return std::unexpected(contacts.error());
    const auto best = formats::choose_contact(*contacts, std::time(nullptr), scheme_before);
    if (!best) return std::nullopt;
    return Place{.address = address,
                 .scheme = std::string(formats::scheme_of(*best)),
                 .request_uri = formats::contact_route(*best, address, options_.form),
                 .expires_at = best->expires_at};
  }

  Answer settle(const std::string& account, const Place& place) {
    places_.insert_or_assign(account, place);
    return Contact{.request_uri = place.request_uri,
                   .domain = place.address.substr(place.address.find('@') + 1),
                   .scheme = place.scheme};
  }

  /// Several accounts that are asked for at once are looked up in one.
  Result<std::vector<std::string>> fresh_dump() {
    if (Steady::now() < dumped_.until) return dumped_.addresses;
    return dump();
  }
  Result<std::vector<std::string>> dump() {
    const auto answer = socket_.ask("REGISTRAR_DUMP");
    if (!answer) return std::unexpected(answer.error());
    auto addresses = formats::parse_registrar_dump(*answer);
    if (addresses) dumped_ = {*addresses, Steady::now() + options_.fresh};
    return addresses;
  }
  void look_for_flexisip() {
    seen_ = socket_.is_there();
    if (!seen_) loop_.post_after(options_.look_every, [this] { look_for_flexisip(); });
  }
  void look_for_a_new_start() {
    static_cast<void>(notice_a_new_start());
    loop_.post_after(options_.look_every, [this] { look_for_a_new_start(); });
  }
  /// Another answers than the one that was met last. Where all is as before, this costs a look into a folder.
  [[nodiscard]] bool notice_a_new_start() {
    std::string traces = socket_.traces();
    if (traces == traces_) return false;
    known_.clear();  // who was known there may not be any more
    if (!socket_.meet()) return false;
    traces_ = std::move(traces);
    const auto& [path, pid, since] = socket_.peer();
    std::string name = fmt::format("Flexisip at {}, process {}, since {}", path, pid, since);
    if (name == name_) return false;
    const bool is_another = !std::exchange(name_, name).empty();
    on_proxy_(std::move(name));
    // What waits since the former one must go first: the turn of what was asked before comes in a moment.
    if (is_another) fail_all({ErrorKind::transient, "Flexisip was started anew just now"});
    return is_another;
  }
  /// Flexisip tells nobody who has come. So while messages wait for somebody, it is asked every few seconds, less
  /// often while it cannot be asked at all; whoever is there is named to the one who waits.
  void miss(const std::string& account) {
    missing_.insert(account);
    if (std::exchange(looking_, true)) return;
    pause_ = pause_after(!socket_.peer().path.empty());
    loop_.post_after(pause_, [this] { look_for_missing(); });
  }
  void look_for_missing() {
    const auto addresses = dump();
    if (addresses) name_who_is_back(*addresses);
    pause_ = pause_after(addresses.has_value());
    looking_ = !missing_.empty();
    if (looking_) loop_.post_after(pause_, [this] { look_for_missing(); });
  }
  void name_who_is_back(const std::vector<std::string>& addresses) {
    for (auto it = missing_.begin(); it != missing_.end();) {
      known_.erase(*it);
      if (formats::find_addresses(addresses, *it).empty()) {
        ++it;
        continue;
      }
      const Answer answer = ask(*it, &addresses);
      if (!answer) return;  // the others would wait as long, and in vain
      if (*answer) {
        keep(*it, answer);
        on_registered_(*it);
      }
      it = *answer ? missing_.erase(it) : std::next(it);
    }
  }
  /// Whether anybody is there at all costs nothing to see, so a Flexisip that returns is noticed at once; one that is
  /// there and fails is left in peace for longer each time.
  [[nodiscard]] std::chrono::milliseconds pause_after(bool answered) const {
    constexpr int kLongest = 3;
    constexpr int kQuicker = 5;
    if (answered) return options_.look_every;
    if (socket_.peer().path.empty()) return options_.look_every / kQuicker;
    return std::clamp(pause_ * 2, options_.look_every, options_.look_every * kLongest);
  }

  const FlexisipOptions options_;
  FlexisipSocket socket_;  // this and all below, but for seen_, is the registrar thread's
  OnRegistered on_registered_;
  OnProxy on_proxy_;
  std::atomic<bool> seen_;  ///< A Flexisip, ever.
  std::map<std::string, Known> known_;
  std::map<std::string, Place> places_;
  Dump dumped_;
  std::set<std::string> missing_;
  bool looking_ = false;
  std::chrono::milliseconds pause_{};
  Error failure_;
  Steady::time_point failed_at_{};
  std::string traces_, name_;        ///< Of the Flexisip that was met last.
  runtime::Loop loop_{"registrar"};  // last: it ends first
};

}  // namespace

std::unique_ptr<Registrations> ask_flexisip(FlexisipOptions options, OnRegistered on_registered, OnProxy on_proxy) {
  return std::make_unique<AskFlexisip>(std::move(options), std::move(on_registered), std::move(on_proxy));
}

}  // namespace mmsgate::sip
