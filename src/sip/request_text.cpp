// SPDX-License-Identifier: Apache-2.0
#include "sip/request_text.hpp"

#include <netdb.h>
#include <sofia-sip/sip_extra.h>

#include <strings.h>

#include "formats/inflate.hpp"

namespace mmsgate::sip {
namespace {

/// Whoever wants more of us hears of these; an answer is not to be as long as a request.
constexpr std::size_t kMostRequired = 1000;

/// A user part as people mean it: %23 is #.
std::string user_of(const url_t* url) {
  if (url == nullptr || url->url_user == nullptr) return {};
  std::string user = url->url_user;
  url_unescape(user.data(), url->url_user);
  user.resize(std::char_traits<char>::length(user.c_str()));
  return user;
}

std::string unquoted(const char* display) {
  std::string name = text(display);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return name;
}

/// The user of an identity that is SIP's; a telephone number beside one says nothing of accounts.
void add_user(std::vector<std::string>& users, const url_t* url) {
  if (url->url_type == url_sip || url->url_type == url_sips) users.push_back(user_of(url));
}

void add_identities(std::vector<std::string>& users, const sip_unknown_t& header) {
  if (header.un_name == nullptr || header.un_value == nullptr) return;
  su_home_t home[1] = {SU_HOME_INIT(home)};
  if (strcasecmp(header.un_name, "P-Asserted-Identity") == 0) {
    const auto* each = sip_p_asserted_identity_make(home, header.un_value);
    for (; each != nullptr; each = each->paid_next) add_user(users, each->paid_url);
  } else if (strcasecmp(header.un_name, "P-Preferred-Identity") == 0) {
    const auto* each = sip_p_preferred_identity_make(home, header.un_value);
    for (; each != nullptr; each = each->ppid_next) add_user(users, each->ppid_url);
  }
  su_home_deinit(home);
}

std::vector<std::string> identities_of(const sip_t& sip) {
  std::vector<std::string> users;
  for (const sip_unknown_t* each = sip.sip_unknown; each != nullptr; each = each->un_next) add_identities(users, *each);
  return users;
}

}  // namespace

std::string required_of(const sip_t& sip) {
  std::string tags;
  if (sip.sip_require == nullptr) return tags;
  for (const msg_param_t* each = sip.sip_require->k_items; each != nullptr && *each != nullptr; ++each) {
    const std::string tag = text(*each);
    if (tags.size() + tag.size() > kMostRequired) return tags.empty() ? "..." : tags;
    tags += (tags.empty() ? "" : ", ") + tag;
  }
  return tags;
}

Source source_of(nta_incoming_t* incoming) {
  // The message is ours to give back.
  msg_t* message = nta_incoming_getrequest(incoming);
  if (message == nullptr) return {};
  char host[NI_MAXHOST] = {};
  char port[NI_MAXSERV] = {};
  const su_addrinfo_t* info = msg_addrinfo(message);
  if (info->ai_addr != nullptr) {
    getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
  }
  const bool is_connected = info->ai_socktype == SOCK_STREAM;
  msg_destroy(message);
  return {.address = host,
          .port = static_cast<std::uint16_t>(std::strtoul(port, nullptr, 10)),
          .is_connected = is_connected};
}

std::string content_type_of(const sip_t& sip) {
  if (sip.sip_content_type == nullptr) return {};
  std::string type = text(sip.sip_content_type->c_type);
  for (const msg_param_t* each = sip.sip_content_type->c_params; each != nullptr && *each != nullptr; ++each) {
    type.append(";").append(*each);
  }
  return type;
}

Result<std::string> body_of(const sip_t& sip, const Options& options) {
  std::string body;
  if (sip.sip_payload != nullptr) body.assign(sip.sip_payload->pl_data, sip.sip_payload->pl_len);
  if (body.size() > options.most_body) return fail(ErrorKind::limit, "the body is too large");
  if (sip.sip_content_encoding == nullptr) return body;
  int deflated = 0;
  for (const msg_param_t* each = sip.sip_content_encoding->k_items; each != nullptr && *each != nullptr; ++each) {
    if (strcasecmp(*each, "identity") == 0) continue;
    // Each could be as much work as a whole body; twice is once more than anybody does it.
    if (++deflated > 2) return fail(ErrorKind::rejected, "it is encoded too many times");
    if (strcasecmp(*each, "deflate") != 0) return fail(ErrorKind::rejected, "this Content-Encoding is not taken");
    auto inflated = formats::inflate(body, options.most_inflated);
    if (!inflated) return inflated;
    body = std::move(*inflated);
  }
  return body;
}

Request request_of(const sip_t& sip, nta_incoming_t* incoming) {
  Request request;
  request.from_user = user_of(sip.sip_from->a_url);
  request.from_host = text(sip.sip_from->a_url->url_host);
  request.from_display = unquoted(sip.sip_from->a_display);
  request.from_tag = text(sip.sip_from->a_tag);
  request.to_user = user_of(sip.sip_to->a_url);
  request.to_host = text(sip.sip_to->a_url->url_host);
  request.target_user = user_of(sip.sip_request->rq_url);
  request.call_id = text(sip.sip_call_id->i_id);
  request.cseq = sip.sip_cseq->cs_seq;
  if (sip.sip_user_agent != nullptr) request.user_agent = text(sip.sip_user_agent->g_string);
  request.content_type = content_type_of(sip);
  request.source = source_of(incoming).address;
  request.asserted = identities_of(sip);
  return request;
}

std::string header_of(const sip_t& sip, std::string_view name) {
  for (const sip_unknown_t* each = sip.sip_unknown; each != nullptr; each = each->un_next) {
    const std::string_view here = each->un_name == nullptr ? "" : each->un_name;
    if (here.size() == name.size() && strncasecmp(here.data(), name.data(), name.size()) == 0)
      return text(each->un_value);
  }
  return {};
}

}  // namespace mmsgate::sip
