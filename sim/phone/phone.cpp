// SPDX-License-Identifier: Apache-2.0
#include "phone/phone.hpp"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "phone/lines.hpp"

namespace mmsgate_sim {
namespace {

constexpr int kAnyPort = -2;  // liblinphone's word for a random one
constexpr int kNoPort = 0;

// No encryption end to end, no certificate of a public authority, no logs sent away: it lives in a test. The ports,
// since a configuration that is fetched has all of this read again.
constexpr const char* kConfig =
    "[sip]\nverify_server_certs=0\nkeepalive_period=600000\nuse_ipv6=0\n"
    "sip_port=-2\nsip_tcp_port=-2\nsip_tls_port=0\n"
    "[lime]\nenabled=0\n"
    "[misc]\nlog_collection_upload_server_url=\n"
    "[storage]\nbackend=sqlite3\n";

Address address(const std::string& uri) {
  return Address(linphone_factory_create_address(linphone_factory_get(), uri.c_str()));
}

Address address_or_throw(const std::string& uri) {
  Address parsed = address(uri);
  if (parsed == nullptr) throw std::runtime_error("not a SIP address: " + uri);
  return parsed;
}

}  // namespace

Phone::Phone(PhoneOptions options) : options_(std::move(options)) {
  make_folders();
  start_core();
  if (options_.provision.empty()) add_account();
}

Phone::~Phone() {
  linphone_core_remove_callbacks(core_.get(), callbacks_.get());
  linphone_core_stop(core_.get());
}

/// liblinphone crashes at the first message when the folders of its database are missing.
void Phone::make_folders() const {
  std::filesystem::create_directories(std::filesystem::path(options_.home) / ".local/share/linphone");
  std::filesystem::create_directories(std::filesystem::path(options_.home) / "received");
  ::setenv("HOME", options_.home.c_str(), 1);
}

void Phone::start_core() {
  LinphoneFactory* factory = linphone_factory_get();
  const bool is_loud = std::getenv("MMSGATE_PHONE_DEBUG") != nullptr;
  linphone_logging_service_set_log_level(linphone_logging_service_get(),
                                         is_loud ? LinphoneLogLevelDebug : LinphoneLogLevelFatal);
  const Config config(linphone_config_new_from_buffer(kConfig));
  if (options_.provision.empty()) {
    linphone_config_set_string(config.get(), "misc", "file_transfer_server_url", options_.upload_url.c_str());
  }
  linphone_config_set_string(config.get(), "storage", "uri", (options_.home + "/chat.db").c_str());
  core_.reset(linphone_factory_create_core_with_config_3(factory, config.get(), nullptr));
  if (core_ == nullptr) throw std::runtime_error("liblinphone made no core");
  if (!options_.trust.empty()) linphone_core_set_root_ca(core_.get(), options_.trust.c_str());

  const Transports transports(linphone_factory_create_transports(factory));
  linphone_transports_set_udp_port(transports.get(), kAnyPort);
  linphone_transports_set_tcp_port(transports.get(), kAnyPort);
  const bool has_tls = options_.proxy.find("transport=tls") != std::string::npos;
  linphone_transports_set_tls_port(transports.get(), has_tls ? kAnyPort : kNoPort);
  linphone_core_set_transports(core_.get(), transports.get());
  linphone_core_set_user_agent(core_.get(), "LinphoneSandbox", "5.1");  // the proxy's rule looks for "Linphone"
  linphone_core_enable_ipv6(core_.get(), FALSE);
  listen();
  if (!options_.provision.empty()) linphone_core_set_provisioning_uri(core_.get(), options_.provision.c_str());
  if (linphone_core_start(core_.get()) != 0) throw std::runtime_error("liblinphone does not start");
}

void Phone::listen() {
  callbacks_.reset(linphone_factory_create_core_cbs(linphone_factory_get()));
  linphone_core_cbs_set_user_data(callbacks_.get(), this);
  linphone_core_cbs_set_account_registration_state_changed(callbacks_.get(), &Phone::on_registration);
  linphone_core_cbs_set_configuring_status(callbacks_.get(), &Phone::on_configured);
  linphone_core_cbs_set_global_state_changed(callbacks_.get(), &Phone::on_state);
  linphone_core_cbs_set_authentication_requested(callbacks_.get(), &Phone::on_password_asked);
  linphone_core_cbs_set_friend_list_created(callbacks_.get(), &Phone::on_contacts);
  linphone_core_add_callbacks(core_.get(), callbacks_.get());
}

void Phone::add_account() {
  LinphoneFactory* factory = linphone_factory_get();
  const AccountParams params(linphone_core_create_account_params(core_.get()));
  const Address identity = address_or_throw("sip:" + options_.name + "@" + options_.domain);
  const Address proxy = address_or_throw(options_.proxy);
  linphone_account_params_set_identity_address(params.get(), identity.get());
  linphone_account_params_set_server_address(params.get(), proxy.get());
  bctbx_list_t* routes = bctbx_list_append(nullptr, proxy.get());
  linphone_account_params_set_routes_addresses(params.get(), routes);
  bctbx_list_free(routes);
  linphone_account_params_set_register_enabled(params.get(), options_.registers ? TRUE : FALSE);

  // Also what answers the upload server when it asks who we are.
  const AuthInfo login(linphone_factory_create_auth_info(factory, options_.name.c_str(), nullptr,
                                                         options_.password.c_str(), nullptr, options_.domain.c_str(),
                                                         options_.domain.c_str()));
  linphone_core_add_auth_info(core_.get(), login.get());
  account_.reset(linphone_core_create_account(core_.get(), params.get()));
  linphone_core_add_account(core_.get(), account_.get());
  linphone_core_set_default_account(core_.get(), account_.get());
}

/// The account that the configuration has brought.
void Phone::adopt_account() {
  LinphoneAccount* account = linphone_core_get_default_account(core_.get());
  if (account == nullptr) return complain("the configuration has no account");
  account_.reset(linphone_account_ref(account));
  const LinphoneAddress* own = linphone_account_params_get_identity_address(linphone_account_get_params(account));
  options_.name = text(linphone_address_get_username(own));
  options_.domain = text(linphone_address_get_domain(own));
  say({{"event", "configured"},
       {"name", options_.name},
       {"domain", options_.domain},
       {"accounts", bctbx_list_size(linphone_core_get_account_list(core_.get()))}});
}

void Phone::log_in(const std::string& password) {
  const AuthInfo login(linphone_factory_create_auth_info(linphone_factory_get(), options_.name.c_str(), nullptr,
                                                         password.c_str(), nullptr, options_.domain.c_str(),
                                                         options_.domain.c_str()));
  linphone_core_add_auth_info(core_.get(), login.get());
}

void Phone::set_registered(bool wanted) {
  if (account_ == nullptr) return;
  const AccountParams params(linphone_account_params_clone(linphone_account_get_params(account_.get())));
  linphone_account_params_set_register_enabled(params.get(), wanted ? TRUE : FALSE);
  linphone_account_set_params(account_.get(), params.get());
}

// No switches over registration states: their list grows with each release of liblinphone.
bool Phone::is_known_to_proxy() const {
  if (account_ == nullptr) return false;
  const auto state = linphone_account_get_state(account_.get());
  return state != LinphoneRegistrationNone && state != LinphoneRegistrationCleared &&
         state != LinphoneRegistrationFailed;
}

// Deprecated in favour of a call that can also make group rooms with encryption; this one makes what the apps make for
// a number: a basic room.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
LinphoneChatRoom* Phone::room(const std::string& peer) const {
  const Address with = address("sip:" + peer + "@" + options_.domain);
  if (with == nullptr || peer.empty() || text(linphone_address_get_username(with.get())) != peer) return nullptr;
  return linphone_core_get_chat_room(core_.get(), with.get());
}
#pragma GCC diagnostic pop

void Phone::on_registration(LinphoneCore* /*core*/, LinphoneAccount* /*account*/, LinphoneRegistrationState state,
                            const char* reason) {
  if (state == LinphoneRegistrationOk) say({{"event", "registered"}});
  if (state == LinphoneRegistrationCleared) say({{"event", "unregistered"}});
  if (state == LinphoneRegistrationFailed) say({{"event", "registration_failed"}, {"reason", text(reason)}});
}

void Phone::on_configured(LinphoneCore* core, LinphoneConfiguringState state, const char* reason) {
  auto& self = *static_cast<Phone*>(linphone_core_cbs_get_user_data(linphone_core_get_current_callbacks(core)));
  if (state == LinphoneConfiguringSuccessful) self.is_configured_ = true;
  if (state == LinphoneConfiguringFailed) say({{"event", "configuring_failed"}, {"reason", text(reason)}});
}

void Phone::on_state(LinphoneCore* core, LinphoneGlobalState state, const char* /*reason*/) {
  auto& self = *static_cast<Phone*>(linphone_core_cbs_get_user_data(linphone_core_get_current_callbacks(core)));
  if (state == LinphoneGlobalOn && self.is_configured_) self.adopt_account();
}

void Phone::on_password_asked(LinphoneCore* /*core*/, LinphoneAuthInfo* login, LinphoneAuthMethod /*method*/) {
  say({{"event", "password_asked"},
       {"name", text(linphone_auth_info_get_username(login))},
       {"realm", text(linphone_auth_info_get_realm(login))}});
}

void Phone::on_contacts(LinphoneCore* /*core*/, LinphoneFriendList* list) {
  LinphoneFriendListCbs* callbacks = linphone_factory_create_friend_list_cbs(linphone_factory_get());
  linphone_friend_list_cbs_set_sync_status_changed(callbacks, &Phone::on_contacts_fetched);
  linphone_friend_list_add_callbacks(list, callbacks);
  linphone_friend_list_cbs_unref(callbacks);
}

void Phone::on_contacts_fetched(LinphoneFriendList* list, LinphoneFriendListSyncStatus state, const char* reason) {
  if (state == LinphoneFriendListSyncFailure) say({{"event", "contacts_failed"}, {"reason", text(reason)}});
  if (state != LinphoneFriendListSyncSuccessful) return;
  Json contacts = Json::array();
  for (const bctbx_list_t* each = linphone_friend_list_get_friends(list); each != nullptr; each = each->next) {
    const auto* contact = static_cast<const LinphoneFriend*>(each->data);
    const LinphoneAddress* address = linphone_friend_get_address(contact);
    char* uri = address == nullptr ? nullptr : linphone_address_as_string_uri_only(address);
    contacts.push_back({{"name", text(linphone_friend_get_name(contact))}, {"address", text(uri)}});
    bctbx_free(uri);
  }
  say({{"event", "contacts"}, {"contacts", contacts}});
}

}  // namespace mmsgate_sim
