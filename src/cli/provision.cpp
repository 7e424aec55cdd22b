// SPDX-License-Identifier: Apache-2.0
#include "cli/provision.hpp"

#include <iostream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "cli/database.hpp"
#include "cli/provision_files.hpp"
#include "cli/provision_lists.hpp"
#include "cli/provision_print.hpp"
#include "cli/say.hpp"
#include "cli/wait.hpp"
#include "crypto/secret.hpp"
#include "gateway/handout.hpp"
#include "ops/control.hpp"
#include "qr/draw.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {
namespace {

gateway::PhoneWishes wishes_of(const ops::Config& config, const ProvisionOptions& options) {
  return {.login = options.login,
          .proxy = config.phones.proxy,
          .transport = config.phones.transport,
          .domain = config.phones.domain,
          .stun_server = config.phones.stun_server,
          .upload_url = config.public_url + config.upload_path};
}

/// As the first MMSGate asked. Empty: nobody wants any.
std::vector<std::string> ask_for_accounts(bool json) {
  fmt::print(json ? stderr : stdout, "Sub account (* for all): ");
  std::fflush(nullptr);
  std::string line;
  std::getline(std::cin, line);
  std::istringstream words(line);
  std::vector<std::string> names;
  for (std::string name; words >> name;) names.push_back(name);
  return names;
}

/// One run: makes phone after phone, and tells of all at the end.
class Provisioner {
 public:
  Provisioner(const ops::Config& config, const ProvisionOptions& options, const gateway::CarrierLists& lists)
      : config_(config), options_(options), lists_(lists), wishes_(wishes_of(config, options)) {}

  [[nodiscard]] Result<bool> make_all(const gateway::Accounts& accounts);
  [[nodiscard]] Result<bool> hand_over();
  void notes() const;

  [[nodiscard]] const std::vector<MadePhone>& made() const { return made_; }
  [[nodiscard]] const std::vector<Skipped>& skipped() const { return skipped_; }

 private:
  [[nodiscard]] bool is_served() const { return options_.local_path.empty(); }
  [[nodiscard]] Result<bool> make(const gateway::Accounts& accounts);
  [[nodiscard]] Result<bool> make_handout(MadePhone& phone, const std::vector<formats::Contact>& contacts);
  [[nodiscard]] Result<bool> make_files(MadePhone& phone, const std::vector<formats::Contact>& contacts);
  [[nodiscard]] Result<bool> draw_codes(MadePhone& phone, const std::string& png, const std::string& svg);
  [[nodiscard]] Result<bool> write(MadePhone& phone, const std::string& path, std::string_view bytes) const;

  const ops::Config& config_;
  const ProvisionOptions& options_;
  const gateway::CarrierLists& lists_;
  const gateway::PhoneWishes wishes_;
  runtime::SystemRandom random_;
  runtime::SystemClock clock_;
  std::vector<store::Handout> handouts_;
  std::vector<MadePhone> made_;
  std::vector<Skipped> skipped_;
  bool are_several_ = false;
};

std::string name_of(const MadePhone& phone, char between) {
  std::string name;
  for (const formats::AccountSetup* each : phone.accounts) {
    if (!name.empty()) name += between;
    name += each->account.id.value;
  }
  return name;
}

Result<bool> Provisioner::make_all(const gateway::Accounts& accounts) {
  gateway::Accounts able;
  for (const formats::AccountSetup* each : accounts) {
    if (const auto account = gateway::set_up(*each, lists_, wishes_)) {
      able.push_back(each);
    } else {
      skipped_.push_back({each->account.id.value, account.error().detail});
    }
  }
  if (options_.together) return able.empty() ? true : make(able);
  are_several_ = able.size() > 1;
  for (const formats::AccountSetup* each : able) {
    if (const auto done = make({each}); !done) return done;
  }
  return true;
}

Result<bool> Provisioner::make(const gateway::Accounts& accounts) {
  auto config = gateway::set_up_phone(accounts, lists_, wishes_);
  if (!config) return std::unexpected(config.error());
  MadePhone phone{.accounts = accounts, .config = *std::move(config)};
  const auto contacts = gateway::contacts_for(accounts, phone.config, lists_);
  if (const auto done = is_served() ? make_handout(phone, contacts) : make_files(phone, contacts); !done) return done;
  if (const auto drawn = draw_codes(phone, options_.png, options_.svg); !drawn) return drawn;
  made_.push_back(std::move(phone));
  return true;
}

Result<bool> Provisioner::make_handout(MadePhone& phone, const std::vector<formats::Contact>& contacts) {
  const std::string token = crypto::make_secret(random_);
  const std::string base = config_.public_url + config_.handout_path + "/";
  phone.url = base + token;
  phone.uses = options_.uses;
  const TimePoint now = clock_.now();
  phone.until = now + std::chrono::hours(options_.hours);
  store::Handout handout{
      .accounts = name_of(phone, ' '), .made_at = now, .until = phone.until, .uses_left = options_.uses};
  if (!contacts.empty()) {
    const std::string name = gateway::contacts_name(token);
    phone.config.contacts_url = base + name;
    store::Handout cards = handout;
    cards.kind = store::HandoutKind::contacts;
    auto packed = gateway::pack(std::move(cards), name, formats::write_vcards(contacts), random_);
    if (!packed) return std::unexpected(packed.error());
    handouts_.push_back(*std::move(packed));
  }
  auto packed = gateway::pack(std::move(handout), token, formats::write_lpconfig(phone.config), random_);
  if (!packed) return std::unexpected(packed.error());
  handouts_.push_back(*std::move(packed));
  return true;
}

Result<bool> Provisioner::make_files(MadePhone& phone, const std::vector<formats::Contact>& contacts) {
  const auto below = [this](const std::string& place, const std::string& name) {
    return fmt::format("{}/{}{}", place, options_.add_path.empty() ? "" : options_.add_path + "/", name);
  };
  const std::string name = name_of(phone, '+');
  const std::string web = options_.web_path.empty() ? config_.public_url : options_.web_path;
  const std::string file = below(options_.local_path, name);
  phone.url = below(web, name + ".xml");
  if (!contacts.empty()) {
    phone.config.contacts_url = below(web, name + ".vcf");
    if (const auto done = write(phone, file + ".vcf", formats::write_vcards(contacts)); !done) return done;
  }
  if (const auto done = write(phone, file + ".xml", formats::write_lpconfig(phone.config)); !done) return done;
  are_several_ = false;  // these paths are whole
  return draw_codes(phone, file + ".png", file + ".svg");
}

Result<bool> Provisioner::draw_codes(MadePhone& phone, const std::string& png, const std::string& svg) {
  const auto code = qr::Code::make(phone.url);
  if (!code) return std::unexpected(code.error());
  const std::string name = name_of(phone, '+');
  if (!png.empty()) {
    const auto picture = qr::draw_png(*code);
    if (!picture) return std::unexpected(picture.error());
    if (const auto done = write(phone, file_at(png, name + ".png", are_several_), *picture); !done) return done;
  }
  if (svg.empty()) return true;
  return write(phone, file_at(svg, name + ".svg", are_several_), qr::draw_svg(*code));
}

Result<bool> Provisioner::write(MadePhone& phone, const std::string& path, std::string_view bytes) const {
  if (const auto good = check_is_private(path, config_.media_folder); !good) return good;
  phone.files.push_back(path);
  return write_private(path, bytes);
}

/// What the gateway hands out from now on.
Result<bool> Provisioner::hand_over() {
  if (handouts_.empty()) return true;
  const auto store = change_database(config_);
  if (!store) return std::unexpected(store.error());
  const auto tidied = wait_for<int>([&](auto done) { (*store)->drop_handouts(clock_.now(), std::move(done)); });
  if (!tidied) return std::unexpected(tidied.error());
  return wait_for<bool>([&](auto done) { (*store)->add_handouts(std::move(handouts_), std::move(done)); });
}

/// What its owner should know besides.
void Provisioner::notes() const {
  const auto note = [](std::string_view text) { static_cast<void>(say(std::string(text))); };
  for (const Skipped& each : skipped_) note(fmt::format("{} is skipped: {}", each.account, each.reason));
  if (made_.empty()) return;
  if (made_.front().url.starts_with("http://") && options_.login != gateway::LoginForm::none) {
    note(
        "these URLs begin with http:// : whoever listens on the way sees the phone's login. [web] protocol = https "
        "mends that; --no-password avoids it");
  }
  if (!is_served()) return note("the files hold the phones' logins; remove them when the phones are set up");
  if (const auto runs = ops::ask_running(config_.database, "wake", std::chrono::seconds(5)); !runs) {
    note(fmt::format("nobody hands it out yet: {}", runs.error().detail));
  }
}

/// What can be said before VoIP.ms is asked.
Result<bool> check_options(const ops::Config& config, const ProvisionOptions& options) {
  if (options.local_path.empty() && !options.web_path.empty()) {
    return fail(ErrorKind::rejected,
                "--web-path needs --local-path, the folder that is served there: the media folder, where the first "
                "MMSGate wrote, is open to everybody");
  }
  for (const std::string& path : {options.local_path, options.png, options.svg}) {
    if (path.empty()) continue;
    if (const auto good = check_is_private(path, config.media_folder); !good) return good;
  }
  return true;
}

Result<bool> print(const Provisioner& done, bool json) {
  if (json) fmt::print("{}", to_json(done.made(), done.skipped()));
  if (json) return true;
  const char* between = "";
  for (const MadePhone& phone : done.made()) {
    const auto text = describe(phone);
    if (!text) return std::unexpected(text.error());
    fmt::print("{}{}", std::exchange(between, "\n"), *text);
  }
  return true;
}

}  // namespace

int provision(const ops::Config& config, const ProvisionOptions& options) {
  if (const auto known = ops::check_secrets(config); !known) return say(known.error().detail, kWrongConfig);
  if (const auto good = check_options(config, options); !good) return say(good.error().detail);
  if (options.local_path.empty()) {  // before anybody is asked for anything
    if (const auto database = read_database(config); !database) return say(database.error().detail);
  }
  const auto names = options.accounts.empty() ? ask_for_accounts(options.json) : options.accounts;
  if (names.empty()) return 0;
  const auto lists = read_lists(config);
  if (!lists) return say(lists.error().detail);
  const auto accounts = choose(*lists, names);
  if (!accounts) return say(accounts.error().detail);
  Provisioner provisioner(config, options, *lists);
  if (const auto made = provisioner.make_all(*accounts); !made) return say(made.error().detail);
  if (const auto handed = provisioner.hand_over(); !handed) return say(handed.error().detail);
  if (const auto printed = print(provisioner, options.json); !printed) return say(printed.error().detail);
  std::fflush(stdout);
  provisioner.notes();
  return provisioner.made().empty() ? kFailed : 0;
}

}  // namespace mmsgate::cli
