// SPDX-License-Identifier: Apache-2.0
#include "formats/voipms_answer.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "formats/lenient_json.hpp"
#include "formats/printable.hpp"

namespace mmsgate::formats {
namespace {

struct Meaning {
  std::string_view word;
  ErrorKind kind;
  std::string_view sentence;
};

/// Words that say more than their form does.
constexpr Meaning kMeanings[] = {
    {"invalid_credentials", ErrorKind::auth, "the API user or password is wrong"},
    {"missing_credentials", ErrorKind::auth, "the API user or password is missing"},
    {"ip_not_enabled", ErrorKind::auth,
     "the address of this server is not among those that may use the API; add it in the portal"},
    {"api_not_enabled", ErrorKind::auth, "the API is switched off; switch it on in the portal"},
    {"limit_reached", ErrorKind::limit, "the daily limit of messages by API is reached; it can be raised on request"},
    {"no_did", ErrorKind::rejected, "the account has no such number"},
    {"invalid_did", ErrorKind::rejected, "the sending number is not one of the account, or may not send messages"},
    {"invalid_dst", ErrorKind::rejected, "the number is none that VoIP.ms sends to: ten digits, in the USA or Canada"},
    {"message_empty", ErrorKind::rejected, "the message is empty"},
    {"missing_sms", ErrorKind::rejected, "the message is empty"},
    {"sms_toolong", ErrorKind::rejected, "the text is too long for an SMS"},
    {"invalid_media", ErrorKind::rejected, "it does not take this kind of file"},
    {"media_too_large", ErrorKind::rejected, "the file is too large"},
    {"sms_failed", ErrorKind::corrupt, "it could not send the SMS, and does not say why"},
    {"mms_failed", ErrorKind::corrupt, "it could not send the MMS, and does not say why"},
};

const Meaning* find_meaning(std::string_view word) {
  const auto it = std::ranges::find(kMeanings, word, &Meaning::word);
  return it == std::end(kMeanings) ? nullptr : it;
}

std::string_view sentence_of(std::string_view word) {
  if (const Meaning* meaning = find_meaning(word)) return meaning->sentence;
  return kind_of_status(word) == ErrorKind::rejected ? "the request was wrong"
                                                     : "nobody has documented what that means";
}

/// It stands between quotes.
std::string quotable(std::string_view word) {
  constexpr std::size_t kMost = 64;
  std::string out = printable_ascii(word, kMost);
  std::ranges::replace(out, '"', '?');
  return out;
}

struct Answer {
  Json json;
  std::string status;
};

Result<Answer> parse_answer(std::string_view text) {
  auto json = parse_json(text);
  // A page of something between us and their interface: an outage, which says nothing about the request.
  if (!json) return fail(ErrorKind::unanswered, fmt::format("VoIP.ms' answer cannot be read: {}", json.error().detail));
  std::string status = word_of(*json, "status");
  if (status.empty()) return fail(ErrorKind::unanswered, "VoIP.ms' answer has no status");
  return Answer{std::move(*json), std::move(status)};
}

std::unexpected<Error> refused(std::string_view word) {
  return fail(kind_of_status(word), fmt::format("VoIP.ms answered \"{}\": {}", quotable(word), sentence_of(word)));
}

std::unexpected<Error> without(std::string_view field) {
  return fail(ErrorKind::corrupt, fmt::format("VoIP.ms answered \"success\" without \"{}\"", field));
}

/// The list `field` of an answer; empty when its status is `none`. An answer that lacks the list must not pass for an
/// account that lacks what is listed: it would cut everybody off.
Result<Json> parse_list(std::string_view json, const char* field, std::string_view none) {
  const auto answer = parse_answer(json);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == none) return Json::array();
  if (answer->status != "success") return refused(answer->status);
  const Json& list = field_of(answer->json, field);
  return list.is_structured() ? Result<Json>(list) : without(field);
}

SubAccount read_account(const Json& entry) {
  SubAccount account{.id = {word_of(entry, "account")}};
  if (auto number = Number::parse(word_of(entry, "callerid_number"))) account.caller_id = std::move(*number);
  const std::string extension = word_of(entry, "internal_extension");
  const bool is_number = extension.find_first_not_of("0123456789") == std::string::npos;
  const bool is_none = extension.find_first_not_of('0') == std::string::npos;  // also when empty
  if (is_number && !is_none) account.extension = std::string(kExtensionPrefix) + extension;
  return account;
}

/// `fallback` for all that is no number of seconds.
int seconds_of(const Json& entry, const char* name, int fallback) {
  const std::string word = word_of(entry, name);
  int seconds = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seconds);
  return error == std::errc() && end == word.data() + word.size() && seconds > 0 ? seconds : fallback;
}

AccountSetup read_setup(const Json& entry) {
  AccountSetup setup{.account = read_account(entry),
                     .password = text_of(entry, "password"),
                     .description = word_of(entry, "description")};
  const std::string traffic = word_of(entry, "sip_traffic");
  setup.is_encrypted = !traffic.empty() && traffic != "0";
  setup.max_expiry = seconds_of(entry, "max_expiry", setup.max_expiry);
  return setup;
}

std::vector<std::string> media_of(const Json& entry) {
  std::vector<std::string> urls = words_of(field_of(entry, "media"), "url");
  if (!urls.empty()) return urls;
  for (const char* name : {"col_media1", "col_media2", "col_media3"}) {
    if (std::string url = word_of(entry, name); !url.empty()) urls.push_back(std::move(url));
  }
  return urls;
}

LoggedMessage read_logged(const Json& entry) {
  return {.id = word_of(entry, "id"),
          .date = word_of(entry, "date"),
          .received = word_of(entry, "type") == "1",
          .did = word_of(entry, "did"),
          .contact = word_of(entry, "contact"),
          .text = text_of(entry, "message"),
          .media_urls = media_of(entry)};
}

}  // namespace

ErrorKind kind_of_status(std::string_view word) {
  if (const Meaning* meaning = find_meaning(word)) return meaning->kind;
  const bool wrong = word.starts_with("invalid_") || word.starts_with("missing_") || word.ends_with("_toolong") ||
                     word.ends_with("_empty");
  return wrong ? ErrorKind::rejected : ErrorKind::corrupt;
}

Result<std::string> parse_sent(std::string_view json, std::string_view field) {
  const auto answer = parse_answer(json);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status != "success") return refused(answer->status);
  std::string id = word_of(answer->json, std::string(field).c_str());
  if (id.empty() || id == "0") return without(field);
  return id;
}

Result<std::vector<Did>> parse_dids(std::string_view json) {
  const auto list = parse_list(json, "dids", "no_did");
  if (!list) return std::unexpected(list.error());
  std::vector<Did> dids;
  for (const Json* entry : items_of(*list)) {
    auto number = Number::parse(word_of(*entry, "did"));
    if (number) dids.push_back({*std::move(number), word_of(*entry, "sms_enabled") != "0"});
  }
  return dids;
}

Result<std::vector<AccountSetup>> parse_account_setups(std::string_view json) {
  const auto list = parse_list(json, "accounts", "no_account");
  if (!list) return std::unexpected(list.error());
  std::vector<AccountSetup> setups;
  for (const Json* entry : items_of(*list)) {
    if (AccountSetup setup = read_setup(*entry); !setup.account.id.value.empty()) setups.push_back(std::move(setup));
  }
  return setups;
}

Result<std::vector<DidPlace>> parse_did_places(std::string_view json) {
  const auto list = parse_list(json, "dids", "no_did");
  if (!list) return std::unexpected(list.error());
  std::vector<DidPlace> places;
  for (const Json* entry : items_of(*list)) {
    auto number = Number::parse(word_of(*entry, "did"));
    std::string pop = word_of(*entry, "pop");
    if (number && !pop.empty()) places.push_back({*std::move(number), std::move(pop)});
  }
  return places;
}

Result<std::vector<PopServer>> parse_servers(std::string_view json) {
  const auto list = parse_list(json, "servers", "no_server");
  if (!list) return std::unexpected(list.error());
  std::vector<PopServer> servers;
  for (const Json* entry : items_of(*list)) {
    PopServer server{word_of(*entry, "server_pop"), word_of(*entry, "server_hostname")};
    if (!server.pop.empty() && !server.host.empty()) servers.push_back(std::move(server));
  }
  return servers;
}

Result<std::vector<LoggedMessage>> parse_log(std::string_view json) {
  const auto answer = parse_answer(json);
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == "no_sms" || answer->status == "no_mms") return std::vector<LoggedMessage>();
  if (answer->status != "success") return refused(answer->status);
  const Json& sms = field_of(answer->json, "sms");
  const Json& mms = field_of(answer->json, "mms");
  if (!sms.is_structured() && !mms.is_structured()) return without("sms");
  std::vector<LoggedMessage> log;
  for (const Json* list : {&sms, &mms}) {
    for (const Json* entry : items_of(*list)) {
      if (LoggedMessage message = read_logged(*entry); !message.id.empty()) log.push_back(std::move(message));
    }
  }
  return log;
}

std::optional<TimePoint> parse_log_date(std::string_view date) {
  constexpr std::string_view kForm = "0000-00-00 00:00:00";
  if (date.size() != kForm.size()) return std::nullopt;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    const bool is_digit = date[i] >= '0' && date[i] <= '9';
    if (kForm[i] == '0' ? !is_digit : date[i] != kForm[i]) return std::nullopt;
  }
  const auto number = [date](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(date.data() + at, date.data() + at + size, value);
    return value;
  };
  const std::chrono::year_month_day day(std::chrono::year(number(0, 4)),
                                        std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(number(8, 2))));
  if (!day.ok()) return std::nullopt;
  return TimePoint(std::chrono::sys_days(day).time_since_epoch() + std::chrono::hours(number(11, 2)) +
                   std::chrono::minutes(number(14, 2)) + std::chrono::seconds(number(17, 2)));
}

}  // namespace mmsgate::formats
