// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_answer.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "formats/lenient_json.hpp"

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
  std::string words(answer.substr(0, std::min(kMost, answer.find_first_of("\r\n"))));
  std::ranges::replace_if(
      words, [](char c) { return c < ' ' || c > '~'; }, '?');
  return fail(ErrorKind::transient, fmt::format("Flexisip answered: {}", words));
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

/// The value of ";NAME=VALUE" in a URI; empty: there is none.
std::string_view parameter(std::string_view uri, std::string_view name) {
  for (auto at = uri.find(';'); at != std::string_view::npos; at = uri.find(';', at + 1)) {
    std::string_view rest = uri.substr(at + 1);
    if (!rest.starts_with(name) || !rest.substr(name.size()).starts_with('=')) continue;
    rest.remove_prefix(name.size() + 1);
    return rest.substr(0, rest.find_first_of(";>?,"));
  }
  return {};
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
                            .accept = words_of(field_of(*entry, "accept"), "accept")};
    const std::string expires = word_of(*entry, "expires-at");
    std::from_chars(expires.data(), expires.data() + expires.size(), contact.expires_at);
    if (!contact.uri.empty()) contacts.push_back(std::move(contact));
  }
  return contacts;
}

std::optional<FlexisipContact> choose_contact(const std::vector<FlexisipContact>& contacts, std::int64_t now) {
  const FlexisipContact* best = nullptr;
  for (const FlexisipContact& each : contacts) {
    const bool takes_text = each.accept.empty() || std::ranges::any_of(each.accept, [](std::string_view type) {
                              return type.starts_with("text/plain") || type == "*/*" || type == "text/*";
                            });
    const bool is_over = each.expires_at != 0 && each.expires_at <= now;
    if (takes_text && !is_over && (best == nullptr || each.expires_at > best->expires_at)) best = &each;
  }
  return best == nullptr ? std::nullopt : std::optional(*best);
}

std::string find_address(const std::vector<std::string>& addresses, std::string_view account) {
  const auto it = std::ranges::find_if(addresses, [account](std::string_view each) {
    return each.size() > account.size() + 1 && each.starts_with(account) && each[account.size()] == '@';
  });
  return it == addresses.end() ? std::string() : *it;
}

std::string contact_route(const FlexisipContact& contact, std::string_view address, ContactRoute form) {
  const auto at = address.find('@');
  const std::string_view user = address.substr(0, at);
  const std::string_view domain = at == std::string_view::npos ? std::string_view() : address.substr(at + 1);
  if (form == ContactRoute::ctrt) {
    for (const std::string_view path : contact.path) {
      const std::string_view proxy = host_port_of(path);
      const std::string_view id = parameter(path, "fs-proxy-id");
      if (proxy.empty() || id.empty() || !is_plain(proxy) || !is_plain(id)) continue;
      return fmt::format("sip:{}@{};CtRt{}=udp:{}", user, proxy, id, domain);
    }
  }
  return fmt::format("sip:{}@{};doroute", user, domain);
}

std::string_view scheme_of(const FlexisipContact& contact) { return contact.uri.starts_with("sips:") ? "sips" : "sip"; }

}  // namespace mmsgate::formats
