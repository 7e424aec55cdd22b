// SPDX-License-Identifier: Apache-2.0
// Answers of VoIP.ms' REST interface (JSON; numbers as strings or numbers, fields missing: all is taken). Pure; any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/directory.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace mmsgate::formats {

/// The id that the carrier gave to what we sent; `field` is "sms" or "mms". Otherwise the error that the status word
/// means, with the word in its detail: rejected for what will never work, limit and auth for what waits for a person.
/// corrupt: not JSON, no id, or a word that nobody has documented or that leaves open what happened: the caller asks
/// the log, tries a few times, then gives up with that detail.
[[nodiscard]] Result<std::string> parse_sent(std::string_view json, std::string_view field);

/// getDIDsInfo, errors as above. Messages are on unless the answer says that they are off. `no_did` is an empty list.
[[nodiscard]] Result<std::vector<Did>> parse_dids(std::string_view json);

/// A sub account as a phone is set up for it. It holds the password: never log it.
struct AccountSetup {
  SubAccount account;
  std::string password;  ///< Empty: the answer has none.
  std::string description;
  bool is_encrypted = false;  ///< Encrypted SIP traffic: TLS and SRTP are wanted.
  int max_expiry = 3600;      ///< Seconds that a registration may last.
};

/// The server that a number has chosen.
struct DidPlace {
  Number number;
  std::string pop;
};

struct PopServer {
  std::string pop;
  std::string host;  ///< "montreal.voip.ms"
};

/// getSubAccounts, getDIDsInfo and getServersInfo, as far as phones are set up by them; errors as above. What is
/// missing is at its usual value; who has no name, number or place is left out. An account without a Caller ID number
/// or with one that cannot be read has none. `no_account` is an empty list.
[[nodiscard]] Result<std::vector<AccountSetup>> parse_account_setups(std::string_view json);
[[nodiscard]] Result<std::vector<DidPlace>> parse_did_places(std::string_view json);
[[nodiscard]] Result<std::vector<PopServer>> parse_servers(std::string_view json);

struct LoggedMessage {
  std::string id;
  std::string date;       ///< "YYYY-MM-DD HH:MM:SS" in the time zone that was asked for.
  bool received = false;  ///< type 1; else sent.
  std::string did;
  std::string contact;
  std::string text;
  std::vector<std::string> media_urls;
};

/// getSMS and getMMS. `no_sms` and `no_mms` are an empty list.
[[nodiscard]] Result<std::vector<LoggedMessage>> parse_log(std::string_view json);

/// The date of an entry that was asked for in UTC. Nothing: not of that form, or no such day.
[[nodiscard]] std::optional<TimePoint> parse_log_date(std::string_view date);

/// What a status word of VoIP.ms means for us.
[[nodiscard]] ErrorKind kind_of_status(std::string_view word);

}  // namespace mmsgate::formats
