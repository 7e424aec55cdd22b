// SPDX-License-Identifier: Apache-2.0
// A Linphone without a screen: liblinphone's core with one account. One thread, which calls iterate() often.
#pragma once

#include <linphone/core.h>

#include <memory>
#include <string>

namespace mmsgate_sim {

struct PhoneOptions {
  std::string name;  ///< "100000_alice"
  std::string domain;
  std::string proxy;  ///< "sip:127.0.0.1:5060;transport=tcp"
  std::string upload_url;
  std::string home;  ///< A folder of its own: messages, received files.
  std::string password = "secret";
  bool registers = true;
};

template <auto Function>
struct Unref {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Core = std::unique_ptr<LinphoneCore, Unref<linphone_core_unref>>;

class Phone {
 public:
  explicit Phone(PhoneOptions options);
  ~Phone();
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  void iterate() { linphone_core_iterate(core_.get()); }
  void set_registered(bool wanted);

  [[nodiscard]] LinphoneCore* core() const { return core_.get(); }
  [[nodiscard]] const PhoneOptions& options() const { return options_; }
  /// The conversation with a number or a name of our domain.
  [[nodiscard]] LinphoneChatRoom* room(const std::string& peer) const;

 private:
  void make_folders() const;
  void start_core();
  void add_account();
  static void on_registration(LinphoneCore* core, LinphoneAccount* account, LinphoneRegistrationState state,
                              const char* text);

  const PhoneOptions options_;
  Core core_;
  LinphoneAccount* account_ = nullptr;  // the core's
};

}  // namespace mmsgate_sim
