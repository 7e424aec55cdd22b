// SPDX-License-Identifier: Apache-2.0
// A Linphone without a screen: liblinphone's core with one account. One thread, which calls iterate() often; nothing is
// read, sent or said in between.
#pragma once

#include <string>

#include "phone/linphone_ptr.hpp"

namespace mmsgate_sim {

struct PhoneOptions {
  std::string provision;  ///< The URL of a configuration; then the next four are not needed.
  std::string name;       ///< "100000_alice"
  std::string domain;
  std::string proxy;  ///< "sip:127.0.0.1:5060;transport=tcp"
  std::string upload_url;
  std::string home;   ///< A folder of its own: messages, received files.
  std::string trust;  ///< A PEM file: the authorities whose certificates it believes; empty: the system's.
  std::string password = "secret";
  bool registers = true;
};

class Phone {
 public:
  /// Says `registered`, `unregistered`, `registration_failed`, `configured`, `password_asked`, `contacts` as they
  /// happen. Throws std::runtime_error when
  /// liblinphone does not start with such options.
  explicit Phone(PhoneOptions options);
  ~Phone();
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  void iterate() { linphone_core_iterate(core_.get()); }
  void set_registered(bool wanted);
  /// The person writes the password that was asked for.
  void log_in(const std::string& password);
  /// The proxy has an address of ours, or may have one when what is under way has ended.
  [[nodiscard]] bool is_known_to_proxy() const;

  [[nodiscard]] LinphoneCore* core() const { return core_.get(); }
  [[nodiscard]] const PhoneOptions& options() const { return options_; }
  /// The conversation with a number or a name of our domain; the core's. Null: there can be no such name.
  [[nodiscard]] LinphoneChatRoom* room(const std::string& peer) const;

 private:
  void make_folders() const;
  void start_core();
  void listen();
  void add_account();
  void adopt_account();
  static void on_registration(LinphoneCore* core, LinphoneAccount* account, LinphoneRegistrationState state,
                              const char* reason);
  static void on_configured(LinphoneCore* core, LinphoneConfiguringState state, const char* reason);
  static void on_state(LinphoneCore* core, LinphoneGlobalState state, const char* reason);
  static void on_password_asked(LinphoneCore* core, LinphoneAuthInfo* login, LinphoneAuthMethod method);
  static void on_contacts(LinphoneCore* core, LinphoneFriendList* list);
  static void on_contacts_fetched(LinphoneFriendList* list, LinphoneFriendListSyncStatus state, const char* reason);

  PhoneOptions options_;
  CoreCallbacks callbacks_;
  Core core_;
  Account account_;
  bool is_configured_ = false;  ///< By a URL.
};

}  // namespace mmsgate_sim
