// SPDX-License-Identifier: Apache-2.0
#include "phone/phone.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "phone/lines.hpp"

namespace mmsgate_sim {
namespace {

using Address = std::unique_ptr<LinphoneAddress, Unref<linphone_address_unref>>;

Address address(const std::string& uri) {
  return Address(linphone_factory_create_address(linphone_factory_get(), uri.c_str()));
}

constexpr int kAnyPort = -2;  // liblinphone's word for a random one
constexpr int kNoPort = 0;

}  // namespace

Phone::Phone(PhoneOptions options) : options_(std::move(options)) {
  make_folders();
  start_core();
  add_account();
}

Phone::~Phone() { linphone_core_stop(core_.get()); }

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
  // No sound card, no cameras, no encryption end to end, no certificate of a public authority: it lives in a test.
  std::unique_ptr<LinphoneConfig, Unref<linphone_config_unref>> config(
      linphone_config_new_from_buffer("[sip]\nverify_server_certs=0\nkeepalive_period=600000\n[lime]\nenabled=0\n[misc]"
                                      "\nlog_collection_upload_server_url=\n"));
  linphone_config_set_string(config.get(), "misc", "file_transfer_server_url", options_.upload_url.c_str());
  linphone_config_set_string(config.get(), "storage", "uri", (options_.home + "/chat.db").c_str());
  linphone_config_set_string(config.get(), "storage", "backend", "sqlite3");
  core_.reset(linphone_factory_create_core_with_config_3(factory, config.get(), nullptr));
  std::unique_ptr<LinphoneTransports, Unref<linphone_transports_unref>> transports(
      linphone_factory_create_transports(factory));
  linphone_transports_set_udp_port(transports.get(), kAnyPort);
  linphone_transports_set_tcp_port(transports.get(), kAnyPort);
  linphone_transports_set_tls_port(transports.get(), kNoPort);
  linphone_core_set_transports(core_.get(), transports.get());
  linphone_core_set_user_agent(core_.get(), "LinphoneSandbox", "5.1");  // the proxy's rule looks for "Linphone"
  linphone_core_enable_ipv6(core_.get(), FALSE);
  linphone_core_start(core_.get());
}

void Phone::add_account() {
  LinphoneFactory* factory = linphone_factory_get();
  std::unique_ptr<LinphoneCoreCbs, Unref<linphone_core_cbs_unref>> cbs(linphone_factory_create_core_cbs(factory));
  linphone_core_cbs_set_account_registration_state_changed(cbs.get(), &Phone::on_registration);
  linphone_core_add_callbacks(core_.get(), cbs.get());

  std::unique_ptr<LinphoneAccountParams, Unref<linphone_account_params_unref>> params(
      linphone_core_create_account_params(core_.get()));
  const Address identity = address("sip:" + options_.name + "@" + options_.domain);
  const Address proxy = address(options_.proxy);
  linphone_account_params_set_identity_address(params.get(), identity.get());
  linphone_account_params_set_server_address(params.get(), proxy.get());
  bctbx_list_t* routes = bctbx_list_append(nullptr, proxy.get());
  linphone_account_params_set_routes_addresses(params.get(), routes);
  bctbx_list_free(routes);
  linphone_account_params_set_register_enabled(params.get(), options_.registers ? TRUE : FALSE);

  std::unique_ptr<LinphoneAuthInfo, Unref<linphone_auth_info_unref>> login(
      linphone_factory_create_auth_info(factory, options_.name.c_str(), nullptr, options_.password.c_str(), nullptr,
                                        options_.domain.c_str(), options_.domain.c_str()));
  linphone_core_add_auth_info(core_.get(), login.get());
  account_ = linphone_core_create_account(core_.get(), params.get());
  linphone_core_add_account(core_.get(), account_);
  linphone_core_set_default_account(core_.get(), account_);
  linphone_account_unref(account_);  // the core keeps it
}

void Phone::set_registered(bool wanted) {
  std::unique_ptr<LinphoneAccountParams, Unref<linphone_account_params_unref>> params(
      linphone_account_params_clone(linphone_account_get_params(account_)));
  linphone_account_params_set_register_enabled(params.get(), wanted ? TRUE : FALSE);
  linphone_account_set_params(account_, params.get());
}

// Deprecated in favour of a call that can also make group rooms with encryption; this one makes what the apps make for
// a number: a basic room.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
LinphoneChatRoom* Phone::room(const std::string& peer) const {
  return linphone_core_get_chat_room(core_.get(), address("sip:" + peer + "@" + options_.domain).get());
}
#pragma GCC diagnostic pop

void Phone::on_registration(LinphoneCore* /*core*/, LinphoneAccount* /*account*/, LinphoneRegistrationState state,
                            const char* text) {
  switch (state) {
    case LinphoneRegistrationOk:
      return say({{"event", "registered"}});
    case LinphoneRegistrationCleared:
      return say({{"event", "unregistered"}});
    case LinphoneRegistrationFailed:
      return say({{"event", "registration_failed"}, {"reason", text == nullptr ? "" : text}});
    default:
      return;
  }
}

}  // namespace mmsgate_sim
