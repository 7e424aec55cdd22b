// SPDX-License-Identifier: Apache-2.0
// The registrar thread: asks Flexisip for an account's domain and contact before each MESSAGE, and looks now and then
// whether those are there who were missing.
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
  AskFlexisip(FlexisipOptions options, OnRegistered on_registered)
      : options_(std::move(options)),
        socket_({.path = options_.socket, .pid_file = options_.pid_file, .folder = options_.folder}),
        on_registered_(std::move(on_registered)),
        seen_(options_.domain_without.empty() || socket_.is_there()) {
    if (!seen_) look_for_flexisip();
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

  /// A conversation asks for each of its messages; Flexisip is not asked for each.
  Answer look_up(const std::string& account, Steady::time_point asked) {
    // What was asked while Flexisip kept another waiting shares its fate: a queue must not wait two seconds for each.
    if (asked < failed_at_) return std::unexpected(failure_);
    if (const auto it = known_.find(account); it != known_.end() && Steady::now() < it->second.until) {
      return it->second.answer;
    }
    auto answer = ask(account);
    if (!answer) {
      failure_ = answer.error();
      failed_at_ = Steady::now();
    }
    if (known_.size() >= kMostKnown) known_.clear();
    known_.insert_or_assign(account, Known{answer, Steady::now() + options_.fresh});
    return answer;
  }

  Answer ask(const std::string& account) {
    const auto address = address_of(account);
    if (!address) return std::unexpected(address.error());
    if (address->empty()) return std::nullopt;
    const auto answer = socket_.ask("REGISTRAR_GET sip:" + *address);
    if (!answer) return std::unexpected(answer.error());
    const auto contacts = formats::parse_registrar_get(*answer);
    if (!contacts) return std::unexpected(contacts.error());
    const auto best = formats::choose_contact(*contacts, std::time(nullptr));
    if (!best) {
      addresses_.erase(account);  // perhaps it comes back in another domain
      return std::nullopt;
    }
    return Contact{.request_uri = formats::contact_route(*best, *address, options_.form),
                   .domain = address->substr(address->find('@') + 1),
                   .scheme = std::string(formats::scheme_of(*best))};
  }

  /// The account's address of record; empty: it is not registered. A dump is long where many are: once for an account.
  Result<std::string> address_of(const std::string& account) {
    if (const auto it = addresses_.find(account); it != addresses_.end()) return it->second;
    const auto addresses = dump();
    if (!addresses) return std::unexpected(addresses.error());
    std::string address = formats::find_address(*addresses, account);
    if (!address.empty()) addresses_.emplace(account, address);
    return address;
  }
  Result<std::vector<std::string>> dump() {
    const auto answer = socket_.ask("REGISTRAR_DUMP");
    if (!answer) return std::unexpected(answer.error());
    return formats::parse_registrar_dump(*answer);
  }
  void look_for_flexisip() {
    seen_ = socket_.is_there();
    if (!seen_) loop_.post_after(options_.look_every, [this] { look_for_flexisip(); });
  }
  /// Flexisip tells nobody who has come. So while messages wait for somebody, it is asked every few seconds, less
  /// often while it cannot be asked at all; whoever is there is named to the one who waits.
  void miss(const std::string& account) {
    missing_.insert(account);
    if (std::exchange(looking_, true)) return;
    pause_ = options_.look_every;
    loop_.post_after(pause_, [this] { look_for_missing(); });
  }
  void look_for_missing() {
    constexpr int kLongest = 3;
    const auto addresses = dump();
    pause_ = addresses ? options_.look_every : std::min(pause_ * 2, options_.look_every * kLongest);
    for (auto it = missing_.begin(); addresses && it != missing_.end();) {
      known_.erase(*it);
      const auto answer = formats::find_address(*addresses, *it).empty() ? std::nullopt : ask(*it);
      const bool is_back = answer && *answer;
      if (is_back) on_registered_(*it);
      it = is_back ? missing_.erase(it) : std::next(it);
    }
    looking_ = !missing_.empty();
    if (looking_) loop_.post_after(pause_, [this] { look_for_missing(); });
  }

  const FlexisipOptions options_;
  FlexisipSocket socket_;  // this and all below, but for seen_, is the registrar thread's
  OnRegistered on_registered_;
  std::atomic<bool> seen_;  ///< A Flexisip, ever.
  std::map<std::string, Known> known_;
  std::map<std::string, std::string> addresses_;
  std::set<std::string> missing_;
  bool looking_ = false;
  std::chrono::milliseconds pause_{};
  Error failure_;
  Steady::time_point failed_at_{};
  runtime::Loop loop_{"registrar"};  // last: it ends first
};

}  // namespace

std::unique_ptr<Registrations> ask_flexisip(FlexisipOptions options, OnRegistered on_registered) {
  return std::make_unique<AskFlexisip>(std::move(options), std::move(on_registered));
}

}  // namespace mmsgate::sip
