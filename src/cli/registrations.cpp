// SPDX-License-Identifier: Apache-2.0
#include "cli/registrations.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "cli/database.hpp"
#include "cli/identity.hpp"
#include "cli/printable.hpp"
#include "cli/registrations_text.hpp"
#include "cli/say.hpp"
#include "ops/pusher.hpp"
#include "runtime/system.hpp"
#include "sip/registrar_list.hpp"

namespace mmsgate::cli {
namespace {

bool is_socket(const std::string& path) {
  struct stat there {};
  return ::stat(path.c_str(), &there) == 0 && S_ISSOCK(there.st_mode);
}

Result<std::unique_ptr<sip::RegistrarList>> find_registrar(const ops::Config& config) {
  using enum ops::Config::Locator;
  const sip::FlexisipSocket::Options flexisip_at{.path = config.flexisip_socket};
  switch (config.locator) {
    case flexisip:
      return sip::list_flexisip(flexisip_at);
    case kamailio:
      return sip::list_kamailio(config.domain, config.kamailio_rpc);
    case automatic:
    case proxy:
      break;
  }
  if (sip::FlexisipSocket(flexisip_at).is_there()) return sip::list_flexisip(flexisip_at);
  if (is_socket(config.kamailio_rpc)) return sip::list_kamailio(config.domain, config.kamailio_rpc);
  return fail(ErrorKind::transient,
              fmt::format("there is nobody to ask: neither Flexisip's socket ({}/flexisip-proxy-PID, or what [sip] "
                          "flexisipsocket names) nor Kamailio's ({}, [sip] kamailiorpc) is there",
                          flexisip_at.folder, config.kamailio_rpc));
}

/// The wall's clock decides, also where the machine slept or its clock was set meanwhile.
void sleep_until(TimePoint end) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(end);
  const timespec at{.tv_sec = seconds.time_since_epoch().count(),
                    .tv_nsec = std::chrono::nanoseconds(end - seconds).count()};
  while (::clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, nullptr) == EINTR) {
  }
}

class Monitor {
 public:
  Monitor(const ops::Config& config, const std::string& config_file, const RegistrationsOptions& options,
          std::unique_ptr<sip::RegistrarList> registrar, std::optional<ops::Pusher> pusher)
      : config_(config),
        config_file_(config_file),
        options_(options),
        registrar_(std::move(registrar)),
        pusher_(std::move(pusher)) {}

  int once() {
    const auto listing = look();
    if (!listing) return say(printable(listing.error().detail));
    view_.next_look.reset();
    print();
    return has_failed_ ? kFailed : 0;
  }
  /// Until a signal ends the process: there is nothing to put away, and what runs ends with us (ops::run_child).
  [[noreturn]] void watch() {
    for (;;) {
      if (const auto listing = look(); !listing) view_.troubles.push_back(listing.error().detail);
      print();
      sleep_until(*view_.next_look);
    }
  }

 private:
  Result<sip::Listing> look() {
    view_.registrar = registrar_->name();
    view_.troubles.clear();
    view_.accounts = sub_accounts();
    auto listing = registrar_->read();
    view_.now = clock_.now();
    if (listing) note_who_answered(*listing);
    WatchPlan plan =
        plan_watch(std::move(view_.seen), listing ? &listing->registrations : nullptr, view_.now, options_.times);
    view_.seen = std::move(plan.seen);
    std::erase_if(view_.woken, [this](const auto& entry) {
      const auto phone = view_.seen.find(entry.first);
      return phone == view_.seen.end() || !phone->second.was_due;
    });
    for (auto& [key, woken] : view_.woken) woken.output.clear();  // it was shown
    for (const std::string& key : plan.due) wake(key);
    // A push takes its time.
    view_.next_look = plan.next_look + (clock_.now() - view_.now);
    return listing;
  }

  void note_who_answered(const sip::Listing& listing) {
    if (!who_.empty() && who_ != listing.who) {
      view_.troubles.push_back(fmt::format("{} was started anew: now {}", registrar_->name(), listing.who));
    }
    who_ = listing.who;
    view_.troubles.insert(view_.troubles.end(), listing.troubles.begin(), listing.troubles.end());
  }

  void wake(const std::string& key) {
    const auto& push = view_.seen.at(key).registration.push;
    if (!pusher_ || !push) return;
    const auto ended = pusher_->wake(*push);
    Woken& woken = view_.woken[key];
    woken = {};
    has_failed_ = has_failed_ || !ended || ended->late || ended->code != 0;
    if (!ended) {
      woken.note = "not pushed: " + ended.error().detail;
      return;
    }
    woken.code = ended->code;
    woken.note = ended->late ? "push not done in 30 seconds, killed" : fmt::format("pushed, exit code {}", ended->code);
    if (ended->late || ended->code != 0) woken.output = ended->output;
  }

  /// Those that should be registered. A gateway that never ran knows none; the table is of use all the same.
  std::vector<std::string> sub_accounts() {
    const PlainLook look(config_file_);
    const auto store = look.holds() ? read_database(config_) : fail(ErrorKind::bug, "its user cannot be become");
    const auto directory = store ? (*store)->directory() : std::unexpected(store.error());
    std::vector<std::string> accounts;
    if (!directory) {
      view_.troubles.push_back("who is not registered is not shown: " + directory.error().detail);
      return accounts;
    }
    for (const SubAccount& each : directory->accounts()) accounts.push_back(each.id.value);
    return accounts;
  }

  void print() const {
    if (options_.json) {
      print_json(as_json(view_), options_.watch ? -1 : 2);
    } else {
      if (options_.watch) fmt::print("\n{}  {}\n", rfc3339(view_.now), view_.registrar);
      fmt::print("{}", as_table(view_));
      if (options_.watch) fmt::print("next look at {}\n", rfc3339(*view_.next_look));
    }
    std::fflush(stdout);
  }

  const ops::Config& config_;
  const std::string& config_file_;
  const RegistrationsOptions& options_;
  const runtime::SystemClock clock_;
  const std::unique_ptr<sip::RegistrarList> registrar_;
  const std::optional<ops::Pusher> pusher_;
  View view_;
  std::string who_;
  bool has_failed_ = false;
};

}  // namespace

int show_registrations(const ops::Config& config, const std::string& config_file, const RegistrationsOptions& options) {
  std::optional<ops::Pusher> pusher;
  if (options.push) {
    auto keys = ops::load_push_keys(options.flexisip_config);
    if (!keys) return say(keys.error().detail);
    pusher.emplace(config.flexisip_path, *std::move(keys));
  }
  auto registrar = find_registrar(config);
  if (!registrar) return say(registrar.error().detail);
  Monitor monitor(config, config_file, options, *std::move(registrar), std::move(pusher));
  if (options.watch) monitor.watch();
  return monitor.once();
}

}  // namespace mmsgate::cli
