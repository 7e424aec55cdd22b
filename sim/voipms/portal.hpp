// SPDX-License-Identifier: Apache-2.0
// What a customer sets in the provider's portal: login, sub accounts, numbers, web hook; and the provider's own limits.
// Sub accounts and numbers are JSON objects, kept as given and completed with what the real answers have. Every method
// may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "voipms/text.hpp"

namespace mmsgate_sim {

struct Limits {
  std::int64_t daily = 100;             ///< Messages by API a day; 0: no limit.
  std::size_t media_bytes = 1'200'000;  ///< A file.
  std::size_t sms_bytes = 160;
  std::size_t mms_bytes = 2048;
  bool any_media_type = false;
};

struct WebhookSettings {
  enum class Form { json, get };
  std::string url;                             ///< Empty: none is called.
  std::chrono::milliseconds retry{1'800'000};  ///< 0: never again.
  Form form = Form::json;
};

class Portal {
 public:
  Portal(std::string user, std::string password);

  [[nodiscard]] bool lets_in(std::string_view user, std::string_view password) const;
  /// Is it one of the account's numbers: a DID, or a sub account's Caller ID?
  [[nodiscard]] bool owns(const std::string& number) const;
  /// True and counted, unless the day's limit (in the provider's time zone) is reached.
  [[nodiscard]] bool take_from_day();

  /// Those of that name; all of them for an empty one.
  [[nodiscard]] Json accounts(std::string_view account) const;
  [[nodiscard]] Json dids(const std::string& did) const;
  [[nodiscard]] Json servers() const;
  [[nodiscard]] Limits limits() const;
  [[nodiscard]] WebhookSettings webhook() const;

  // From the control API and the scene file; std::invalid_argument says what is wrong, and then nothing has changed.
  void set_accounts(const Json& list);
  void set_dids(const Json& list);
  void set_servers(const Json& list);
  void set_limits(const Json& object);  ///< Members that are missing stay.
  void set_webhook(const Json& object);
  void reset_limits();  ///< Also forgets how many were sent today.

 private:
  mutable std::mutex mutex_;  // guards everything below
  std::string user_;
  std::string password_;
  Json accounts_ = Json::array();
  Json dids_ = Json::array();
  Json servers_;
  std::set<std::string> numbers_of_accounts_;
  std::set<std::string> numbers_;
  Limits limits_;
  WebhookSettings webhook_;
  std::string day_;
  std::int64_t sent_today_ = 0;
};

}  // namespace mmsgate_sim
