// SPDX-License-Identifier: Apache-2.0
// How a phone is set up, from what VoIP.ms says of its sub account and what the owner wants. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/lpconfig.hpp"
#include "formats/vcard.hpp"
#include "formats/voipms_answer.hpp"

namespace mmsgate::gateway {

/// What VoIP.ms says. It holds passwords: never log it.
struct CarrierLists {
  std::vector<formats::AccountSetup> accounts;
  // Needed only where the domain is the VoIP.ms server's.
  std::vector<formats::DidPlace> dids;
  std::vector<formats::PopServer> servers;
};

/// How a phone gets to know its password.
enum class LoginForm {
  ha1,    ///< As a hash that is good for this domain alone.
  plain,  ///< As it is.
  none    ///< It asks its owner.
};

struct PhoneWishes {
  LoginForm login = LoginForm::ha1;
  std::string proxy;                                 ///< HOST or HOST:PORT.
  std::optional<formats::PhoneTransport> transport;  ///< Nothing: as the sub account wants it.
  std::string domain;                                ///< Empty: the VoIP.ms server of the number.
  std::string stun_server;                           ///< Empty: none.
  std::string upload_url;
};

using Accounts = std::vector<const formats::AccountSetup*>;

/// rejected: why there can be none for this account, as the end of a sentence.
[[nodiscard]] Result<formats::PhoneAccount> set_up(const formats::AccountSetup& account, const CarrierLists& lists,
                                                   const PhoneWishes& wishes);

/// One phone with these accounts, each of which set_up() takes. rejected: no phone can have them all.
[[nodiscard]] Result<formats::PhoneConfig> set_up_phone(const Accounts& accounts, const CarrierLists& lists,
                                                        const PhoneWishes& wishes);

/// The other extensions of the house, for a phone with these accounts.
[[nodiscard]] std::vector<formats::Contact> contacts_for(const Accounts& accounts, const formats::PhoneConfig& phone,
                                                         const CarrierLists& lists);

}  // namespace mmsgate::gateway
