// SPDX-License-Identifier: Apache-2.0
// What phones log in with: the sub accounts' SIP passwords, as VoIP.ms shows them. The passwords are in memory alone.
// On the disk is H(user:realm:password), which is good for one SIP domain and no other, for the domains that are
// configured and those in which a phone has logged in; and that is sealed with a key made of the API password. So a
// start without internet knows who may log in, and who has the database alone can do nothing with it.
//
// hash() and used() may be called from any thread, learn() and replace_password() from any as well; the rest lives on
// the gateway's loop.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "formats/phone_login.hpp"
#include "formats/voipms_answer.hpp"
#include "gateway/world.hpp"

namespace mmsgate::gateway {

class PhoneLogins {
 public:
  /// `realms`: the SIP domains that are configured.
  PhoneLogins(World world, std::string api_password, std::vector<std::string> realms)
      : world_(world), api_password_(std::move(api_password)), realms_(std::move(realms)) {}

  /// Publishes what the store knows, before it returns. Once, before anything else. The error is the store's.
  [[nodiscard]] Result<bool> start();
  /// VoIP.ms has shown these, and no others. The log is told of those without a password.
  void learn(const std::vector<formats::AccountSetup>& accounts);
  /// H(user:realm:password) in hex digits; nothing: there is no such account. transient: nobody knows yet.
  [[nodiscard]] Result<std::optional<std::string>> hash(formats::DigestHash kind, const std::string& user,
                                                        const std::string& realm) const;
  /// A phone has logged in there: from now on a start without internet knows it too.
  void used(const std::string& user, const std::string& realm);
  /// VoIP.ms' API password is another one now.
  void replace_password(std::string api_password);

 private:
  using Place = std::pair<std::string, std::string>;  ///< Account and realm.
  struct Hashes {
    std::string md5, sha256;
    bool operator==(const Hashes&) const = default;
  };
  using Kept = std::map<Place, Hashes>;
  struct Known {
    bool was_read = false;                         ///< Since we were started.
    std::map<std::string, std::string> passwords;  ///< By account.
    Kept kept;                                     ///< As on the disk.
  };

  void publish();
  void write();
  void seal(const std::string& text);
  [[nodiscard]] Kept to_keep() const;
  [[nodiscard]] static Hashes hashes_of(const Place& place, const std::string& password);
  [[nodiscard]] static std::string text_of(const Kept& kept);
  [[nodiscard]] static Kept read(const std::string& text);

  World world_;
  Book<Known> book_;
  // From here on the loop's alone, once it runs.
  std::string api_password_;
  const std::vector<std::string> realms_;
  std::string salt_;
  std::string key_;  ///< Empty: it has not been made yet.
  Known known_;
  std::vector<Place> places_;                  ///< Where phones have logged in, the latest last; a few of an account.
  std::vector<std::string> without_password_;  ///< As it was logged last.
  std::string written_;                        ///< The text on the disk; empty: none, or one that we cannot read.
};

}  // namespace mmsgate::gateway
