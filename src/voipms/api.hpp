// SPDX-License-Identifier: Apache-2.0
// VoIP.ms' REST interface, as far as messages need it. Each call is a POST, so that the password stands in no URL and
// in no log. May be called from any thread; `done` is called on the HTTP client's thread and must only post().
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/directory.hpp"
#include "core/error.hpp"
#include "core/time.hpp"
#include "formats/voipms_answer.hpp"
#include "net/http_client.hpp"

namespace mmsgate::voipms {

struct Credentials {
  std::string url = "https://voip.ms/api/v1/rest.php";
  std::string user;      ///< The portal account (an e-mail address).
  std::string password;  ///< The API password.
};

/// What one call of sendSMS or sendMMS sends.
struct Sending {
  std::string did;  ///< National.
  std::string to;   ///< National.
  std::string text;
  std::vector<std::string> media_urls;  ///< Three at most.
  bool mms = false;
};

class Api {
 public:
  template <typename T>
  using Done = std::move_only_function<void(Result<T>)>;

  /// `http` must outlive the Api.
  Api(Credentials credentials, net::HttpClient& http) : credentials_(std::move(credentials)), http_(http) {}

  /// From the next call on. Any thread.
  void replace(Credentials credentials);

  /// Answers the carrier's id. The kinds of error: rejected = never try this again; auth, limit = a person or time must
  /// help; corrupt = an answer that nobody has documented; transient = the network or their server; unanswered = the
  /// same, and the call may be under way there still. Ask find_sent() before trying again after any of the last three.
  void send(const Sending& what, Done<std::string> done);

  /// What their log says we sent from this number to that one, SMS and MMS, since `since` (rounded down to their day).
  void find_sent(const std::string& did, const std::string& to, TimePoint since, TimePoint now,
                 Done<std::vector<formats::LoggedMessage>> done);

  /// What their log says that came for any of our numbers, SMS and MMS, since `since` (rounded down to their day).
  void find_received(TimePoint since, TimePoint now, Done<std::vector<formats::LoggedMessage>> done);

  /// What their log says that was sent from any of our numbers, by whatever means, SMS and MMS, since `since`
  /// (likewise).
  void find_all_sent(TimePoint since, TimePoint now, Done<std::vector<formats::LoggedMessage>> done);

  void dids(Done<std::vector<Did>> done);

  // What phones are set up by. The first holds passwords: never log it.
  void account_setups(Done<std::vector<formats::AccountSetup>> done);
  void did_places(Done<std::vector<formats::DidPlace>> done);
  void servers(Done<std::vector<formats::PopServer>> done);

 private:
  using Form = std::vector<std::pair<std::string, std::string>>;
  void read_log(Form filter, TimePoint since, TimePoint now, Done<std::vector<formats::LoggedMessage>> done);
  void call(const std::string& method, Form form, Done<std::string> done);

  std::mutex mutex_;
  Credentials credentials_;  ///< Guarded by mutex_.
  net::HttpClient& http_;
};

}  // namespace mmsgate::voipms
