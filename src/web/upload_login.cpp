// SPDX-License-Identifier: Apache-2.0
#include "web/upload_login.hpp"

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "crypto/same.hpp"
#include "web/unescape.hpp"

namespace mmsgate::web {
namespace {

using formats::DigestHash;
using formats::DigestLogin;

std::string hash(DigestHash kind, const std::string& text) {
  switch (kind) {
    case DigestHash::md5:
      return crypto::md5(text);
    case DigestHash::sha256:
      return crypto::sha256(text);
  }
  return {};
}

/// RFC 7616 3.4.1, with qop=auth.
std::string response_for(const DigestLogin& login, const std::string& ha1, const std::string& method) {
  const std::string ha2 = hash(login.hash, fmt::format("{}:{}", method, login.uri));
  return hash(login.hash, fmt::format("{}:{}:{}:{}:auth:{}", ha1, login.nonce, login.nc, login.cnonce, ha2));
}

/// Nobody's: so that an account that there is not takes as long as one that there is.
std::string no_ha1(DigestHash kind) { return hash(kind, "nobody"); }

Response sentence(int status, std::string text) { return {.status = status, .body = std::move(text) + "\n"}; }

Response too_many(std::chrono::seconds wait) {
  Response later = sentence(429, "too many wrong passwords: wait, then try again");
  later.headers.emplace_back("Retry-After", fmt::to_string(wait.count()));
  return later;
}

Device device_of(const LoginTry& attempt, const DigestLogin& login) {
  return {attempt.client, login.user, attempt.agent};
}

}  // namespace

std::expected<std::string, Response> UploadLogin::check(const LoginTry& attempt, Clock::time_point now) {
  if (!formats::is_digest_login(attempt.authorization)) return std::unexpected(challenge(attempt, false, now));
  const auto login = formats::parse_digest_login(attempt.authorization);
  if (!login) return std::unexpected(sentence(400, login.error().detail));
  const Device device = device_of(attempt, *login);
  const auto wait = slow_down_.wait(device, now);
  if (wait && !slow_down_.may_prove(device, now)) return std::unexpected(too_many(*wait));
  if (unescaped(std::string(formats::path_of_uri(login->uri))) != attempt.path) {
    return std::unexpected(sentence(400, "the login is for another address than the file"));
  }
  // A realm that we would not have asked for now: the phone has another name than when it was asked.
  if (login->realm != realm_of(attempt)) return std::unexpected(challenge(attempt, false, now));
  if (const Verdict verdict = judge(*login, attempt.method); verdict != Verdict::right) {
    if (!wait) return std::unexpected(refuse(verdict, *login, attempt, now));
    if (verdict == Verdict::wrong) slow_down_.proved_nothing(device, now);
    return std::unexpected(too_many(*wait));
  }
  if (!nonces_.use(login->nonce, login->count, now)) return std::unexpected(challenge(attempt, true, now));
  slow_down_.right(device, now);
  if (!attempt.from.empty()) {
    const auto from = formats::parse_phone_address(attempt.from);
    if (!from || from->user != login->user) {
      return std::unexpected(sentence(403, "this login is not that of the address in the From header"));
    }
  }
  site_.on_login(login->user, login->realm, true);
  return login->user;
}

UploadLogin::Verdict UploadLogin::judge(const DigestLogin& login, const std::string& method) {
  const auto ha1 = site_.login_hash(login.hash, login.user, login.realm);
  if (!ha1) return Verdict::not_known_yet;
  const std::string expected = response_for(login, ha1->value_or(no_ha1(login.hash)), method);
  const bool is_same = crypto::same(expected, login.response);
  if (!ha1->has_value()) return Verdict::no_such_account;
  return is_same ? Verdict::right : Verdict::wrong;
}

Response UploadLogin::refuse(Verdict verdict, const DigestLogin& login, const LoginTry& attempt,
                             Clock::time_point now) {
  // Also where nothing is known of it yet: that alone tells whose login was kept, and whoever tries names would learn.
  slow_down_.wrong(device_of(attempt, login), now);
  if (verdict == Verdict::not_known_yet) {
    return sentence(503, "who may log in is not known yet: try again in a minute");
  }
  site_.on_login(login.user, login.realm, false);
  return challenge(attempt, false, now);
}

std::string UploadLogin::realm_of(const LoginTry& attempt) const {
  const auto from = formats::parse_phone_address(attempt.from);
  return from && !from->host.empty() ? from->host : domain_;
}

Response UploadLogin::challenge(const LoginTry& attempt, bool is_stale, Clock::time_point now) {
  Response answer = sentence(401, "log in with the name and the SIP password of a sub account");
  const std::string realm = realm_of(attempt);
  // The first that a client knows counts: MD5, since phones that were set up by a hash of their password have no other.
  for (const DigestHash each : {DigestHash::md5, DigestHash::sha256}) {
    answer.headers.emplace_back("WWW-Authenticate",
                                fmt::format("Digest realm=\"{}\", nonce=\"{}\", qop=\"auth\", algorithm={}{}", realm,
                                            nonces_.make(now), to_string(each), is_stale ? ", stale=true" : ""));
  }
  return answer;
}

}  // namespace mmsgate::web
