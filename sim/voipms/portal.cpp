// SPDX-License-Identifier: Apache-2.0
#include "voipms/portal.hpp"

#include <stdexcept>

namespace mmsgate_sim {
namespace {

// As in the answers of the real interface: everything a string.
const Json& usual_account() {
  static const Json account = {{"description", ""},     {"auth_type", "1"},         {"password", "secret"},
                               {"callerid_number", ""}, {"internal_extension", ""}, {"internal_voicemail", ""},
                               {"internal_cnam", ""},   {"sip_traffic", "0"},       {"max_expiry", "3600"},
                               {"protocol", "1"},       {"device_type", "2"}};
  return account;
}

const Json& usual_did() {
  static const Json did = {{"description", ""},
                           {"routing", ""},
                           {"pop", "1"},
                           {"dialtime", "60"},
                           {"sms_available", "1"},
                           {"sms_enabled", "1"},
                           {"mms_available", "1"},
                           {"sms_email", ""},
                           {"sms_email_enabled", "0"},
                           {"sms_forward", ""},
                           {"sms_forward_enabled", "0"},
                           {"sms_url_callback", ""},
                           {"sms_url_callback_enabled", "0"},
                           {"sms_url_callback_retry", "1"},
                           {"sms_sipaccount", ""},
                           {"sms_sipaccount_enabled", "0"}};
  return did;
}

const Json& usual_server() {
  static const Json server = {{"server_name", ""},          {"server_shortname", ""}, {"server_hostname", ""},
                              {"server_ip", "203.0.113.1"}, {"server_country", ""},   {"server_recommended", false}};
  return server;
}

/// POP 1 is where numbers are that say nothing else.
const Json& first_servers() {
  static const Json servers = {
      {{"server_pop", "1"}, {"server_name", "Montreal, QC"}, {"server_hostname", "montreal.voip.ms"}},
      {{"server_pop", "2"}, {"server_name", "Atlanta, GA"}, {"server_hostname", "atlanta.voip.ms"}}};
  return servers;
}

Json completed(const Json& list, const char* key, const Json& usual) {
  if (!list.is_array()) throw std::invalid_argument("must be a list of objects");
  Json whole = Json::array();
  for (const Json& given : list) {
    if (!given.is_object() || text_of(given, key).empty()) {
      throw std::invalid_argument(std::string("an object without \"") + key + "\"");
    }
    Json object = usual;
    object["id"] = std::to_string(100001 + whole.size());
    object.update(given);
    whole.push_back(std::move(object));
  }
  return whole;
}

std::size_t size_of(const Json& object, const char* name, std::size_t fallback) {
  const auto value = number_of(object, name, static_cast<std::int64_t>(fallback));
  if (value < 0) throw std::invalid_argument(std::string(name) + " must not be negative");
  return static_cast<std::size_t>(value);
}

}  // namespace

Portal::Portal(std::string user, std::string password)
    : user_(std::move(user)),
      password_(std::move(password)),
      servers_(completed(first_servers(), "server_pop", usual_server())) {}

bool Portal::lets_in(std::string_view user, std::string_view password) const {
  const std::lock_guard lock(mutex_);
  return user == user_ && password == password_;
}

bool Portal::owns(const std::string& number) const {
  const std::lock_guard lock(mutex_);
  return numbers_.contains(number) || numbers_of_accounts_.contains(number);
}

bool Portal::take_from_day() {
  constexpr std::size_t kDayLength = 10;
  const std::string today = provider_date(std::chrono::system_clock::now(), std::nullopt).substr(0, kDayLength);
  const std::lock_guard lock(mutex_);
  if (day_ != today) sent_today_ = 0;
  day_ = today;
  if (limits_.daily > 0 && sent_today_ >= limits_.daily) return false;
  ++sent_today_;
  return true;
}

Json Portal::accounts(std::string_view account) const {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const Json& each : accounts_) {
    if (account.empty() || text_of(each, "account") == account) list.push_back(each);
  }
  return list;
}

Json Portal::dids(const std::string& did) const {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (Json each : dids_) {
    if (!did.empty() && national(text_of(each, "did")) != did) continue;
    each["webhook"] = webhook_.form == WebhookSettings::Form::json ? webhook_.url : "";
    each["webhook_enabled"] = text_of(each, "webhook").empty() ? "0" : "1";
    list.push_back(std::move(each));
  }
  return list;
}

Json Portal::servers() const {
  const std::lock_guard lock(mutex_);
  return servers_;
}

Limits Portal::limits() const {
  const std::lock_guard lock(mutex_);
  return limits_;
}

WebhookSettings Portal::webhook() const {
  const std::lock_guard lock(mutex_);
  return webhook_;
}

void Portal::set_accounts(const Json& list) {
  Json whole = completed(list, "account", usual_account());
  const std::lock_guard lock(mutex_);
  numbers_of_accounts_.clear();
  for (Json& account : whole) {
    const std::string name = text_of(account, "account");
    if (!account.contains("username")) account["username"] = name.substr(name.find('_') + 1);
    numbers_of_accounts_.insert(national(text_of(account, "callerid_number")));
  }
  numbers_of_accounts_.erase("");
  accounts_ = std::move(whole);
}

void Portal::set_dids(const Json& list) {
  Json whole = completed(list, "did", usual_did());
  const std::lock_guard lock(mutex_);
  numbers_.clear();
  for (const Json& did : whole) numbers_.insert(national(text_of(did, "did")));
  dids_ = std::move(whole);
}

void Portal::set_servers(const Json& list) {
  Json whole = completed(list, "server_pop", usual_server());
  const std::lock_guard lock(mutex_);
  servers_ = std::move(whole);
}

void Portal::set_limits(const Json& object) {
  if (!object.is_object()) throw std::invalid_argument("must be an object");
  const std::lock_guard lock(mutex_);
  Limits limits = limits_;
  limits.daily = number_of(object, "daily", limits.daily);
  limits.media_bytes = size_of(object, "media_bytes", limits.media_bytes);
  limits.sms_bytes = size_of(object, "sms_bytes", limits.sms_bytes);
  limits.mms_bytes = size_of(object, "mms_bytes", limits.mms_bytes);
  limits.any_media_type = number_of(object, "any_media_type", limits.any_media_type ? 1 : 0) != 0;
  limits_ = limits;
}

void Portal::set_webhook(const Json& object) {
  if (!object.is_object()) throw std::invalid_argument("must be an object");
  const std::string form = text_of(object, "form");
  if (!form.empty() && form != "json" && form != "get") throw std::invalid_argument("form is \"json\" or \"get\"");
  const std::lock_guard lock(mutex_);
  if (object.contains("url")) webhook_.url = text_of(object, "url");
  if (!form.empty()) webhook_.form = form == "get" ? WebhookSettings::Form::get : WebhookSettings::Form::json;
  const auto retry = object.find("retry_seconds");  // may be a fraction: tests do not wait for half an hour
  if (retry == object.end()) return;
  if (!retry->is_number() || retry->get<double>() < 0) throw std::invalid_argument("retry_seconds is no number");
  constexpr double kMsPerSecond = 1000;
  webhook_.retry = std::chrono::milliseconds(static_cast<std::int64_t>(retry->get<double>() * kMsPerSecond));
}

void Portal::reset_limits() {
  const std::lock_guard lock(mutex_);
  limits_ = Limits();
  sent_today_ = 0;
}

}  // namespace mmsgate_sim
