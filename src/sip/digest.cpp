// SPDX-License-Identifier: Apache-2.0
#include "sip/digest.hpp"

#include <sofia-sip/auth_client.h>
#include <sofia-sip/msg_header.h>

namespace mmsgate::sip {
namespace {

constexpr int kLongestAnswer = 8 << 10;

/// One by one: what cannot be answered (another algorithm) must not hide what can.
int take_each(auth_client_t** asked, su_home_t* home, const msg_auth_t* challenge, msg_hclass_t* answer) {
  int taken = 0;
  for (; challenge != nullptr; challenge = challenge->au_next) {
    msg_auth_t one = *challenge;
    one.au_next = nullptr;
    if (auc_challenge(asked, home, &one, answer) > 0) ++taken;
  }
  return taken;
}

bool has_stale(const msg_auth_t* challenge) {
  for (; challenge != nullptr; challenge = challenge->au_next) {
    const char* stale = msg_header_find_param(challenge->au_common, "stale=");
    if (stale != nullptr && su_casematch(stale, "true") != 0) return true;
  }
  return false;
}

}  // namespace

bool is_stale(const sip_t& answer) {
  return has_stale(answer.sip_www_authenticate) || has_stale(answer.sip_proxy_authenticate);
}

bool Digest::take(const sip_t& answer) {
  // With a new object the count of requests begins anew with the new nonce.
  asked_ = nullptr;
  home_.reset(su_home_create());
  const int taken = take_each(&asked_, home_.get(), answer.sip_www_authenticate, sip_authorization_class) +
                    take_each(&asked_, home_.get(), answer.sip_proxy_authenticate, sip_proxy_authorization_class);
  if (taken == 0) return false;
  return auc_all_credentials(&asked_, "Digest", nullptr, user_.c_str(), password_.c_str()) > 0;
}

std::vector<std::pair<std::string, std::string>> Digest::headers(const char* method, const std::string& uri) {
  std::vector<std::pair<std::string, std::string>> written;
  if (asked_ == nullptr) return written;
  const std::unique_ptr<su_home_t, Deleter<su_home_unref>> home(su_home_create());
  const url_t* url = url_make(home.get(), uri.c_str());
  msg_header_t* header = nullptr;
  if (auc_authorization_headers(&asked_, home.get(), method, url, nullptr, &header) <= 0) return written;
  for (; header != nullptr; header = header->sh_next) {
    // sip_header_as_string() loses the end of some.
    std::string value(kLongestAnswer, '\0');
    const issize_t size = sip_header_field_e(value.data(), kLongestAnswer, reinterpret_cast<sip_header_t*>(header), 0);
    if (size <= 0 || size >= kLongestAnswer) continue;
    value.resize(static_cast<std::size_t>(size));
    written.emplace_back(header->sh_class->hc_name, std::move(value));
  }
  return written;
}

}  // namespace mmsgate::sip
