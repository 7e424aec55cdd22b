// SPDX-License-Identifier: Apache-2.0
#include "web/handler.hpp"

#include <netinet/in.h>
#include <strings.h>

#include <cstring>

namespace mmsgate::web {

Answer make_answer(const Response& response) {
  // MHD copies the bytes and, whatever the name of the mode says, does not write into them.
  Answer answer{static_cast<unsigned>(response.status), {}};
  answer.response.reset(MHD_create_response_from_buffer(response.body.size(), const_cast<char*>(response.body.data()),
                                                        MHD_RESPMEM_MUST_COPY));
  if (!response.body.empty()) add_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE, response.content_type);
  for (const auto& [name, value] : response.headers) add_header(answer, name.c_str(), value);
  return answer;
}

Answer say(int status, std::string_view text) {
  return make_answer({.status = status, .body = std::string(text) + "\n"});
}

void add_header(Answer& answer, const char* name, const std::string& value) {
  MHD_add_response_header(answer.response.get(), name, value.c_str());
}

std::string Head::header(const char* name) const {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? "" : value;
}

std::map<std::string, std::string> Head::query() const {
  std::map<std::string, std::string> query;
  const auto add = [](void* to, MHD_ValueKind /*kind*/, const char* name, std::size_t name_size, const char* value,
                      std::size_t value_size) {
    auto& map = *static_cast<std::map<std::string, std::string>*>(to);
    map.emplace(std::string(name, name_size), value == nullptr ? std::string() : std::string(value, value_size));
    return MHD_YES;
  };
  MHD_get_connection_values_n(connection, MHD_GET_ARGUMENT_KIND, add, &query);
  return query;
}

std::string Head::headers(const char* name) const {
  struct Found {
    const char* name;
    std::string joined;
  } found{.name = name};
  const auto add = [](void* to, MHD_ValueKind /*kind*/, const char* key, const char* value) {
    auto& all = *static_cast<Found*>(to);
    if (strcasecmp(key, all.name) != 0 || value == nullptr) return MHD_YES;
    if (!all.joined.empty()) all.joined += ", ";
    all.joined += value;
    return MHD_YES;
  };
  MHD_get_connection_values(connection, MHD_HEADER_KIND, add, &found);
  return found.joined;
}

formats::IpAddress peer_of(MHD_Connection* connection) {
  const MHD_ConnectionInfo* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == nullptr || info->client_addr == nullptr) return {};
  formats::IpAddress::Bytes bytes{};
  if (info->client_addr->sa_family == AF_INET6) {
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6*>(info->client_addr)->sin6_addr, bytes.size());
  } else if (info->client_addr->sa_family == AF_INET) {
    constexpr std::size_t kV4At = 12;
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(&bytes[kV4At], &reinterpret_cast<const sockaddr_in*>(info->client_addr)->sin_addr, sizeof(in_addr));
  }
  return formats::IpAddress(bytes);
}

}  // namespace mmsgate::web
