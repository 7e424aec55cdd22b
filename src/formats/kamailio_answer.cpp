// SPDX-License-Identifier: Apache-2.0
#include "formats/kamailio_answer.hpp"

#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "formats/contact_uri.hpp"
#include "formats/lenient_json.hpp"
#include "formats/printable.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

std::string quote(std::string_view said) {
  constexpr std::size_t kMost = 200;
  return printable(cut_utf8(said, kMost));
}

/// In the answer's field "result". Null: Kamailio says that nobody is there.
Result<Json> result_of(std::string_view answer) {
  auto json = parse_json(answer);
  if (!json || !json->is_object()) return fail(ErrorKind::corrupt, "Kamailio's answer is no JSON");
  const Json& error = field_of(*json, "error");
  if (error.is_null()) {
    if (field_of(*json, "result").is_null()) return fail(ErrorKind::corrupt, "Kamailio's answer is empty");
    return field_of(*json, "result");
  }
  const std::string said = word_of(error, "message");
  // Only the words tell: usrloc's code is 500 for everything (ul_rpc.c of 5.x and 6.x).
  if (said.starts_with("AOR not found") || said == "AOR has no contacts") return Json();
  return fail(ErrorKind::transient, fmt::format("Kamailio answered: {}", quote(said.empty() ? "?" : said)));
}

/// "[not set]" is how it writes that there is nothing.
std::string value_of(const Json& contact, const char* name) {
  std::string word = word_of(contact, name);
  return word == "[not set]" ? std::string() : word;
}

/// Nothing: it is no phone, or is being removed.
std::optional<Registration> phone_of(const Json& contact, std::string_view address, TimePoint now,
                                     std::string_view domain) {
  const std::string uri = value_of(contact, "Address");
  const std::string expires = value_of(contact, "Expires");
  if (uri.empty() || expires == "deleted") return std::nullopt;
  Registration phone = registration_of(address, uri, value_of(contact, "Instance"), domain);
  phone.user_agent = value_of(contact, "User-Agent");
  if (expires == "permanent") return phone;
  std::int32_t seconds = 0;  // "expired": it does not say since when
  std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  phone.expires_at = now + std::chrono::seconds(seconds);
  return phone;
}

}  // namespace

Result<std::vector<std::string>> parse_ul_dump(std::string_view answer) {
  const auto result = result_of(answer);
  if (!result) return std::unexpected(result.error());
  const Json& domains = field_of(*result, "Domains");
  if (!domains.is_array()) return fail(ErrorKind::corrupt, "Kamailio's answer has no \"Domains\"");
  std::vector<std::string> addresses;
  for (const Json* each : items_of(domains)) {
    const Json& domain = field_of(*each, "Domain");
    if (word_of(domain, "Domain") != "location") continue;
    for (std::string& address : words_of(field_of(domain, "AoRs"), "AoR")) addresses.push_back(std::move(address));
  }
  return addresses;
}

Result<std::vector<Registration>> parse_ul_lookup(std::string_view answer, TimePoint now, std::string_view domain) {
  const auto result = result_of(answer);
  if (!result) return std::unexpected(result.error());
  std::vector<Registration> phones;
  const std::string address = word_of(*result, "AoR");
  for (const Json* each : items_of(field_of(*result, "Contacts"))) {
    if (auto phone = phone_of(field_of(*each, "Contact"), address, now, domain)) phones.push_back(*std::move(phone));
  }
  return phones;
}

Result<std::string> parse_uptime(std::string_view answer) {
  const auto result = result_of(answer);
  if (!result) return std::unexpected(result.error());
  const std::string since = word_of(*result, "up_since");
  if (since.empty()) return fail(ErrorKind::corrupt, "Kamailio's answer has no \"up_since\"");
  return quote(since);
}

}  // namespace mmsgate::formats
