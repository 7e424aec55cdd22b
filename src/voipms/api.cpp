// SPDX-License-Identifier: Apache-2.0
#include "voipms/api.hpp"

#include <utility>

#include <fmt/format.h>

namespace mmsgate::voipms {
namespace {

constexpr std::uint64_t kMostAnswerBytes = 4U << 20;
constexpr int kClientErrors = 400;
constexpr int kServerErrors = 500;

std::string day_of(TimePoint t) { return rfc3339(t).substr(0, 10); }

/// Turns the answer's text into what the caller asked for.
template <typename T, typename Parse>
Api::Done<std::string> reading(Api::Done<T> done, Parse parse) {
  return [done = std::move(done), parse = std::move(parse)](Result<std::string> body) mutable {
    if (body) {
      done(parse(*body));
    } else {
      done(std::unexpected(std::move(body.error())));
    }
  };
}

}  // namespace

void Api::replace(Credentials credentials) {
  const std::lock_guard lock(mutex_);
  credentials_ = std::move(credentials);
}

void Api::call(const std::string& method, Form form, Done<std::string> done) {
  net::HttpRequest request;
  {
    const std::lock_guard lock(mutex_);
    request.url = credentials_.url;
    request.form = {{"api_username", credentials_.user}, {"api_password", credentials_.password}};
  }
  request.reach = net::Reach::anywhere;
  request.most_bytes = kMostAnswerBytes;
  request.stall_timeout = request.total_timeout;  // it fetches our files before it answers
  request.form.emplace_back("method", method);
  request.form.emplace_back("content_type", "json");
  for (auto& field : form) request.form.push_back(std::move(field));
  http_.start(std::move(request), [method, done = std::move(done)](Result<net::HttpResponse> response) mutable {
    if (!response) return done(std::unexpected(std::move(response.error())));
    // An error page is no answer of the interface, whatever it says. What stands before their servers may have given up
    // waiting for one that goes on.
    if (response->status >= kClientErrors) {
      const auto kind = response->status >= kServerErrors ? ErrorKind::unanswered : ErrorKind::transient;
      return done(fail(kind, fmt::format("VoIP.ms answered {} with HTTP {}", method, response->status)));
    }
    done(std::move(response->body));
  });
}

void Api::send(const Sending& what, Done<std::string> done) {
  Form form{{"did", what.did}, {"dst", what.to}, {"message", what.text}};
  for (std::size_t i = 0; i < what.media_urls.size(); ++i) {
    form.emplace_back(fmt::format("media{}", i + 1), what.media_urls[i]);
  }
  const std::string field = what.mms ? "mms" : "sms";
  call(what.mms ? "sendMMS" : "sendSMS", std::move(form),
       reading(std::move(done), [field](const std::string& body) { return formats::parse_sent(body, field); }));
}

void Api::find_sent(const std::string& did, const std::string& to, TimePoint since, TimePoint now,
                    Done<std::vector<formats::LoggedMessage>> done) {
  read_log({{"type", "0"}, {"did", did}, {"contact", to}, {"limit", "500"}}, since, now, std::move(done));
}

void Api::find_received(TimePoint since, TimePoint now, Done<std::vector<formats::LoggedMessage>> done) {
  read_log({{"type", "1"}, {"limit", "10000"}}, since, now, std::move(done));
}

void Api::find_all_sent(TimePoint since, TimePoint now, Done<std::vector<formats::LoggedMessage>> done) {
  read_log({{"type", "0"}, {"limit", "10000"}}, since, now, std::move(done));
}

void Api::read_log(Form filter, TimePoint since, TimePoint now, Done<std::vector<formats::LoggedMessage>> done) {
  // Their day may begin hours before ours: a day more on both sides, in UTC, is a short list all the same.
  constexpr auto kDay = std::chrono::hours(24);
  filter.emplace_back("from", day_of(since - kDay));
  filter.emplace_back("to", day_of(now + kDay));
  filter.emplace_back("timezone", "0");
  filter.emplace_back("all_messages", "1");
  call("getMMS", std::move(filter),
       reading(std::move(done), [](const std::string& body) { return formats::parse_log(body); }));
}

void Api::dids(Done<std::vector<Did>> done) {
  call("getDIDsInfo", {}, reading(std::move(done), [](const std::string& body) { return formats::parse_dids(body); }));
}

void Api::account_setups(Done<std::vector<formats::AccountSetup>> done) {
  call("getSubAccounts", {},
       reading(std::move(done), [](const std::string& body) { return formats::parse_account_setups(body); }));
}

void Api::did_places(Done<std::vector<formats::DidPlace>> done) {
  call("getDIDsInfo", {},
       reading(std::move(done), [](const std::string& body) { return formats::parse_did_places(body); }));
}

void Api::servers(Done<std::vector<formats::PopServer>> done) {
  call("getServersInfo", {},
       reading(std::move(done), [](const std::string& body) { return formats::parse_servers(body); }));
}

}  // namespace mmsgate::voipms
