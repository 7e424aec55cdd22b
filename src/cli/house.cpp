// SPDX-License-Identifier: Apache-2.0
#include "cli/house.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "cli/settings.hpp"
#include "cli/sip_setup.hpp"
#include "crypto/secret.hpp"
#include "runtime/memory.hpp"
#include "runtime/process.hpp"
#include "store/sqlite_store.hpp"

namespace mmsgate::cli {
namespace {

/// The SIP domains that phones here are likely to be of.
std::vector<std::string> login_realms(const ops::Config& config) {
  std::vector<std::string> realms;
  for (const std::string& each : {config.domain, config.phones.domain}) {
    if (formats::is_host_name(each) && std::ranges::find(realms, each) == realms.end()) realms.push_back(each);
  }
  return realms;
}

/// A connection of the web server may have a file open besides; the rest is SIP's, the store's and calls of VoIP.ms.
unsigned web_connections(runtime::Log& log) {
  const unsigned most = web::Options{}.most_connections;
  constexpr std::size_t kOthers = 1024;
  const std::size_t wanted = 2 * std::size_t{most} + kOthers;
  const std::size_t files = runtime::have_open_files(wanted);
  if (files >= wanted) return most;
  const std::size_t connections = std::max<std::size_t>(files / 4, 16);
  log.warning(
      "this system lets us have {} files and connections open, not {}: the web server takes {} connections at once "
      "instead of {} (ulimit -Hn, or LimitNOFILE in the unit)",
      files, wanted, connections, most);
  return static_cast<unsigned>(connections);
}

}  // namespace

Result<std::unique_ptr<House>> House::open(const ops::Config& config, std::shared_ptr<runtime::Log> log,
                                           std::function<void()> on_progress) {
  gateway::Settings settings = settings_from(config);
  auto route = proxy_route(config);
  if (!route) return std::unexpected(route.error());
  settings.proxy_route = *std::move(route);
  auto control = ops::Control::open(config.database);
  if (!control) return std::unexpected(control.error());
  auto store = store::open_sqlite({.path = config.database, .on_progress = std::move(on_progress)}, log);
  if (!store) return std::unexpected(store.error());
  auto random = std::make_unique<runtime::SystemRandom>();
  auto blobs = media::open_folder(config.media_folder, settings.most_media_bytes, *random);
  if (!blobs) return std::unexpected(blobs.error());
  auto link_keys = gateway::open_link_keys(**store, *random, runtime::SystemClock().now());
  if (!link_keys) return std::unexpected(link_keys.error());
  std::unique_ptr<House> house(
      new House(config, std::move(settings), std::move(log),
                {std::move(*control), std::move(random), std::move(*store), std::move(*blobs), *std::move(link_keys)}));
  if (const auto ready = house->listen(config); !ready) return std::unexpected(ready.error());
  return house;
}

House::House(const ops::Config& config, gateway::Settings settings, std::shared_ptr<runtime::Log> log, Ground ground)
    : log_(std::move(log)),
      control_(std::move(ground.control)),
      random_(std::move(ground.random)),
      settings_(std::move(settings)),
      link_keys_(std::move(ground.link_keys)),
      store_(std::move(ground.store)),
      blobs_(std::move(ground.blobs)),
      http_(net::make_http_client(user_agent())),
      api_(credentials_from(config), *http_),
      deliveries_(world()),
      fetcher_(world(), *http_, *blobs_, [this] { deliveries_.poke(Target::phone); }),
      logins_(world(), config.api_password, login_realms(config)),
      keeper_(world(), api_,
              [this, wants_login = config.upload_login](const std::vector<formats::AccountSetup>& read) {
                if (wants_login) logins_.learn(read);
              }),
      hook_tokens_(world()),
      hook_check_(world(), api_),
      inbound_(world(), hook_tokens_, hook_check_, deliveries_, [this] { poke_all(); }),
      catch_up_(world(), api_, [this] { poke_all(); }),
      move_in_(world(), *blobs_, {.database = config.database, .media_folder = config.media_folder},
               [this](const Result<gateway::MovedIn>& moved) { on_moved_in(moved); }),
      retention_(world(), *blobs_),
      outbound_(world(), deliveries_),
      site_(world(), hook_tokens_, logins_, inbound_, *blobs_, deliveries_, [this] { keeper_.look_now(); }),
      carrier_(world(), api_) {
  clock_.on_step([this](Duration by) { on_clock_set(by); });
}

gateway::World House::world() {
  return {.clock = clock_,
          .random = *random_,
          .log = *log_,
          .store = *store_,
          .loop = loop_,
          .work = work_,
          .book = book_,
          .settings = settings_,
          .link_keys = link_keys_};
}

void House::reload(const ops::Config& config) {
  gateway::Settings settings = settings_from(config);
  // What is bound to what we listen at.
  const auto before = settings_.read();
  settings.proxy_route = before->proxy_route;
  settings.media_base = before->media_base;
  settings_.replace(std::move(settings));
  api_.replace(credentials_from(config));
  logins_.replace_password(config.api_password);
  keeper_.look_now();
  if (const auto read = hook_tokens_.read_again(); !read) {
    log_->error("the tokens of the web hook are not read again: {}", read.error().detail);
  }
  if (const auto read = read_link_keys(); !read) {
    log_->error("what signs links is not read again: {}", read.error().detail);
  }
  if (const auto opened = trace_->reopen(); !opened) log_->error("{}", opened.error().detail);
  trace_->set_levels(config.sip_trace, config.sip_file_trace);
  endpoint_->follow_trace();
}

void House::join(runtime::RollCall& roll) {
  roll.add("gateway", [this](auto present) { loop_.post(std::move(present)); });
  roll.add("store", [this](auto present) {
    store_->turn([present = std::move(present)](const Result<bool>& /*written*/) mutable { present(); });
  });
  roll.add("sip", [this](auto present) { endpoint_->post(std::move(present)); });
  roll.add("net", [this](auto present) { http_->post(std::move(present)); });
  roll.add("web", [this](auto present) { server_->post(std::move(present)); });
}

void House::look_at_condition() {
  if (is_looking_.exchange(true)) return;
  work_.post([this] {
    const auto health = site_.health();
    condition_.replace(health ? "serves" : health.error().detail);
    is_looking_ = false;
  });
}

Result<bool> House::read_link_keys() {
  auto keys = gateway::read_link_keys(*store_);
  if (!keys) return std::unexpected(keys.error());
  link_keys_.replace(*std::move(keys));
  return true;
}

Result<bool> House::listen(const ops::Config& config) {
  auto trace = sip::Trace::open(
      {.log_level = config.sip_trace, .file = config.sip_trace_file, .file_level = config.sip_file_trace}, clock_,
      log_);
  if (!trace) return std::unexpected(trace.error());
  trace_ = *std::move(trace);
  if (const auto ready = start_logins(config); !ready) return ready;  // before the keeper brings news
  if (const auto known = keeper_.start(); !known) return known;
  if (const auto ready = hook_tokens_.start(); !ready) return ready;
  // Before sofia-sip takes a port of the kernel's choice: it might be this one.
  auto server = web::listen({.address = config.web.host,
                             .port = config.web.port,
                             .certificate = config.certificate,
                             .key = config.key,
                             .hook_path = config.hook_path,
                             .media_path = config.media_path,
                             .upload_path = config.upload_path,
                             .handout_path = config.handout_path,
                             .wants_login = config.upload_login,
                             .login_domain = config.domain,
                             .login_secret = crypto::make_secret(*random_),
                             .trusted_proxies = config.trusted_proxies,
                             .most_known = 100 * config.hook_rate,
                             .most_unproven = config.hook_rate,
                             .most_lost = config.hook_rate,
                             .most_connections = web_connections(*log_)},
                            site_, log_);
  if (!server) return std::unexpected(server.error());
  server_ = std::move(*server);
  auto sip = sip_options(config, settings_.read()->proxy_route, *random_, *log_);
  if (!sip) return std::unexpected(sip.error());
  sip->trace = trace_;
  if (are_callers_usual(config)) {
    sip->look_up_callers = [this, config](auto learn) {
      // Whoever looks already tells; and name servers may take their time.
      if (names_.is_busy()) return learn({});
      const auto told = std::make_shared<decltype(learn)>(std::move(learn));
      const bool looks =
          names_.start([config, told] { (*told)(usual_callers(config).value_or(std::vector<formats::IpNetwork>())); });
      if (!looks) (*told)({});
    };
  }
  auto endpoint = sip::listen(*std::move(sip), outbound_, log_);
  if (!endpoint) return std::unexpected(endpoint.error());
  endpoint_ = std::move(*endpoint);
  registrations_ = locator(config);
  phones_ = std::make_unique<gateway::PhoneSender>(world(), *registrations_, *endpoint_);
  deliveries_.start(*phones_, carrier_);
  outbound_.start(*phones_);
  fetcher_.poke();
  catch_up_.start();
  move_in_.start_if_needed();
  retention_.start();
  runtime::keep_giving_back_memory(work_);
  control_->start(
      [this](const std::string& line, ops::Control::Answer answer) { on_command(line, std::move(answer)); });
  return server_->start();
}

Result<bool> House::start_logins(const ops::Config& config) {
  if (config.upload_login) return logins_.start();
  log_->warning("[web] uploadlogin = off: everybody who finds {}{} can store files here", config.public_url,
                config.upload_path);
  return true;
}

void House::on_command(const std::string& line, ops::Control::Answer answer) {
  const auto reply = std::make_shared<ops::Control::Answer>(std::move(answer));
  const auto tell_count = [reply](const Result<int>& count) {
    (*reply)(count ? Result<std::string>(fmt::to_string(*count)) : std::unexpected(count.error()));
  };
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  if (verb == "wake") {
    poke_all();
    return (*reply)(std::string());
  }
  if (verb == "health") return (*reply)(site_.health());
  if (verb == "hook-tokens") {
    const auto read = hook_tokens_.read_again();
    return (*reply)(read ? Result<std::string>(std::string()) : std::unexpected(read.error()));
  }
  if (verb == "links") {
    const auto read = read_link_keys();
    return (*reply)(read ? Result<std::string>(std::string()) : std::unexpected(read.error()));
  }
  if (verb == "reconcile") {
    std::optional<Duration> back;
    if (int days = 0; words >> days) back = std::chrono::hours(24) * days;
    return catch_up_.look_now(back, [reply](const Result<gateway::CaughtUp>& done) {
      if (!done) return (*reply)(std::unexpected(done.error()));
      (*reply)(fmt::format("{} {} {}", done->received, done->sent_elsewhere, done->found));
    });
  }
  if (verb == "prune") {
    std::string how;
    words >> how;
    return retention_.prune(how == "rehearse", [reply](const Result<gateway::Pruned>& pruned) {
      if (!pruned) return (*reply)(std::unexpected(pruned.error()));
      (*reply)(fmt::format("{} files ({:.1f} MB) and {} messages", pruned->files,
                           static_cast<double>(pruned->bytes) / 1e6, pruned->messages));
    });
  }
  if (verb == "replay") {
    MessageId id;
    words >> id.value;
    return store_->replay(id, clock_.now(), [this, tell_count](const Result<int>& replayed) {
      if (replayed) poke_all();
      tell_count(replayed);
    });
  }
  (*reply)(
      fail(ErrorKind::rejected, fmt::format("this gateway knows no command \"{}\": is it an older version?", verb)));
}

void House::on_clock_set(Duration by) {
  log_->warning("the machine's clock was set {} by {} s; what waits moves with it", by > by.zero() ? "forward" : "back",
                std::chrono::abs(std::chrono::round<std::chrono::seconds>(by)).count());
  store_->shift(by, [this](const Result<int>& shifted) {
    if (!shifted) return log_->error("what waits could not be moved with the clock: {}", shifted.error().detail);
    poke_all();
  });
}

void House::on_moved_in(const Result<gateway::MovedIn>& moved) {
  if (!moved) {
    return log_->error("what the first MMSGate left cannot be taken over, and will be at the next start: {}",
                       moved.error().detail);
  }
  log_->warning("taken over from the first MMSGate: {} messages and {} files; {} deliveries go on",
                moved->rows.messages, moved->files, moved->rows.waiting);
  if (moved->lost_files > 0) {
    log_->warning("{} of its files could not be taken over; the next start tries again", moved->lost_files);
  }
  poke_all();
}

void House::poke_all() {
  fetcher_.poke();
  deliveries_.poke(Target::phone);
  deliveries_.poke(Target::carrier);
}

std::unique_ptr<sip::Registrations> House::locator(const ops::Config& config) {
  using enum ops::Config::Locator;
  const auto on_proxy = [this](std::string name) { deliveries_.on_proxy(std::move(name)); };
  sip::FlexisipOptions flexisip_options{.socket = config.flexisip_socket, .form = config.contact_route};
  switch (config.locator) {
    case kamailio:
      return sip::ask_kamailio({.domain = config.domain, .rpc_socket = config.kamailio_rpc}, on_proxy);
    case proxy:
      return sip::ask_nobody(config.domain);
    case automatic:
      flexisip_options.domain_without = config.domain;
      break;
    case flexisip:
      break;
  }
  return sip::ask_flexisip(
      std::move(flexisip_options), [this](const std::string& account) { deliveries_.on_registered(account); },
      on_proxy);
}

House::~House() {
  // First nobody brings anything new, then nothing is begun, then what is under way is cut off. The store is the last
  // to go: what could still be written down is, and the next start puts the rest right. On its thread, what waited for
  // it may still ask VoIP.ms for something: the client must be there then, and not listen.
  control_.reset();
  server_.reset();
  if (endpoint_) endpoint_->drain();
  deliveries_.stop();
  fetcher_.stop();
  loop_.stop();
  work_.stop();
  registrations_.reset();
  endpoint_.reset();
  http_->stop();
  store_.reset();
}

}  // namespace mmsgate::cli
