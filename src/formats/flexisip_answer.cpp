// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_answer.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <tuple>

#include <fmt/format.h>

#include "formats/contact_uri.hpp"
#include "formats/header_text.hpp"
#include "formats/lenient_json.hpp"
#include "formats/printable.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::string_view kComplaint = "Error";

/// It goes into request lines and commands, so nothing that could end or split them.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@.-_+:[]").contains(c);
  });
}

std::unexpected<Error> complaint(std::string_view answer) {
  constexpr std::size_t kMost = 200;
  const std::string_view first_line = answer.substr(0, answer.find_first_of("\r\n"));
  return fail(ErrorKind::transient, fmt::format("Flexisip answered: {}", printable_ascii(first_line, kMost)));
}

Result<Json> parse_answer(std::string_view answer, const char* list) {
  if (answer.starts_with(kComplaint)) return complaint(answer);
  auto json = parse_json(answer);
  if (!json) return fail(ErrorKind::corrupt, fmt::format("Flexisip's answer cannot be read: {}", json.error().detail));
  if (!field_of(*json, list).is_array()) {
    return fail(ErrorKind::corrupt, fmt::format("Flexisip's answer has no \"{}\"", list));
  }
  return json;
}

/// "<sip:127.0.0.1:5090;lr>" -> "127.0.0.1:5090"
std::string_view host_port_of(std::string_view uri) {
  if (uri.starts_with('<')) uri.remove_prefix(1);
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos) return {};
  uri.remove_prefix(colon + 1);
  uri = uri.substr(0, uri.find_first_of(";>?,"));
  const auto user = uri.find('@');
  return user == std::string_view::npos ? uri : uri.substr(user + 1);
}

}  // namespace

Result<std::vector<std::string>> parse_registrar_dump(std::string_view answer) {
  const auto json = parse_answer(answer, "aors");
  if (!json) return std::unexpected(json.error());
  std::vector<std::string> addresses = words_of(field_of(*json, "aors"), "aor");
  std::erase_if(addresses, [](const std::string& each) { return !is_plain(each); });
  return addresses;
}

Result<std::vector<FlexisipContact>> parse_registrar_get(std::string_view answer) {
  const bool is_nobody = answer.contains("404") || answer.contains("does not contain");
  if (answer.starts_with(kComplaint) && is_nobody) return std::vector<FlexisipContact>();
  const auto json = parse_answer(answer, "contacts");
  if (!json) return std::unexpected(json.error());
  std::vector<FlexisipContact> contacts;
  for (const Json* entry : items_of(field_of(*json, "contacts"))) {
    FlexisipContact contact{.uri = word_of(*entry, "contact"),
                            .path = words_of(field_of(*entry, "path"), "path"),
                            .accept = words_of(field_of(*entry, "accept"), "accept"),
                            .unique_id = word_of(*entry, "unique-id"),
                            .user_agent = word_of(*entry, "user-agent")};
    const std::string expires = word_of(*entry, "expires-at");
    std::from_chars(expires.data(), expires.data() + expires.size(), contact.expires_at);
    if (!contact.uri.empty()) contacts.push_back(std::move(contact));
  }
  return contacts;
}

bool is_usable(const FlexisipContact& contact, std::int64_t now) {
  const bool takes_text = contact.accept.empty() || std::ranges::any_of(contact.accept, [](std::string_view type) {
                            const std::string word = lower(trim(type.substr(0, type.find(';'))));
                            return word == "text/plain" || word == "*/*" || word == "text/*";
                          });
  return takes_text && (contact.expires_at == 0 || contact.expires_at > now);
}

std::optional<FlexisipContact> choose_contact(const std::vector<FlexisipContact>& contacts, std::int64_t now,
                                              std::string_view scheme_before) {
  const auto rank = [scheme_before](const FlexisipContact& each) {
    const std::string_view scheme = scheme_of(each);
    // One that does not say when it expires comes last: 0.
    return std::tuple(scheme == scheme_before, scheme == "sips", each.expires_at);
  };
  const FlexisipContact* best = nullptr;
  for (const FlexisipContact& each : contacts) {
    if (is_usable(each, now) && (best == nullptr || rank(each) > rank(*best))) best = &each;
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

std::vector<std::string> find_addresses(const std::vector<std::string>& addresses, std::string_view account) {
  std::vector<std::string> found;
  std::ranges::copy_if(addresses, std::back_inserter(found), [account](std::string_view each) {
    return each.size() > account.size() + 1 && each.starts_with(account) && each[account.size()] == '@';
  });
  return found;
}

std::string contact_route(const FlexisipContact& contact, std::string_view address, ContactRoute form) {
  const auto at = address.find('@');
  const std::string_view user = address.substr(0, at);
  const std::string_view domain = at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
  if (form == ContactRoute::ctrt) {
    for (const std::string_view path : contact.path) {
      const std::string_view proxy = host_port_of(path);
      const std::string_view id = uri_parameter(path, "fs-proxy-id");
      if (proxy.empty() || id.empty() || !is_plain(proxy) || !is_plain(id)) continue;
      return fmt::format("sip:{}@{};CtRt{}=udp:{}", user, proxy, id, domain);
    }
  }
  return fmt::format("sip:{}@{};doroute", user, domain);
}

std::string_view scheme_of(const FlexisipContact& contact) { return contact.uri.starts_with("sips:") ? "sips" : "sip"; }

Registration registration_of(const FlexisipContact& contact, std::string_view address) {
  Registration one = registration_of(address, contact.uri, contact.unique_id);
  one.user_agent = contact.user_agent;
  constexpr std::int64_t kLatest = 100'000'000'000;  // the year 5138: beyond it, milliseconds would overflow one day
  if (contact.expires_at != 0) {
    one.expires_at = TimePoint(std::chrono::seconds(std::clamp<std::int64_t>(contact.expires_at, 0, kLatest)));
  }
  return one;
}

}  // namespace mmsgate::formats
