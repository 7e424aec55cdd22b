// SPDX-License-Identifier: Apache-2.0
#include "web/errand.hpp"

#include <strings.h>

#include <string>
#include <utility>

namespace mmsgate::web {
namespace {

/// "Bearer KEY" (RFC 6750 2.1); the scheme's name is of no case (RFC 9110 11.1).
std::string bearer_of(const std::string& authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  if (::strncasecmp(authorization.c_str(), kScheme.data(), kScheme.size()) != 0) return "";
  const auto first = authorization.find_first_not_of(' ', kScheme.size());
  return first == std::string::npos ? "" : authorization.substr(first);
}

std::string key_of(const Head& head, const std::map<std::string, std::string>& query) {
  if (auto key = head.header("X-Upload-Key"); !key.empty()) return key;
  if (auto key = bearer_of(head.header(MHD_HTTP_HEADER_AUTHORIZATION)); !key.empty()) return key;
  const auto key = query.find("key");
  return key == query.end() ? "" : key->second;
}

}  // namespace

std::optional<Errand> errand_of(const Head& head) {
  auto query = head.query();
  const auto to = query.find("to");
  if (to == query.end()) return std::nullopt;
  Errand errand{.to = to->second, .key = key_of(head, query)};
  if (const auto from = query.find("from"); from != query.end()) errand.from = std::move(from->second);
  if (const auto text = query.find("text"); text != query.end()) errand.text = std::move(text->second);
  return errand;
}

}  // namespace mmsgate::web
