// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_sender.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "gateway/phone_text.hpp"

namespace mmsgate::gateway {
namespace {

std::string uri_of(const std::string& user, const sip::Contact& contact) {
  return fmt::format("{}:{}@{}", contact.scheme, user, contact.domain);
}

}  // namespace

Verdict verdict_of_sip(int status, const std::string& phrase) {
  const std::string said = fmt::format("{} {}", status, phrase);
  // 202: the proxy keeps it (RFC 3428 7); any other is the phone's own answer.
  constexpr int kKept = 202;
  if (status >= 200 && status < 300) return {.event = Event::accepted, .reason = said, .kept = status == kKept};
  switch (status) {
    case 400:
    case 405:
    case 406:
    case 410:
    case 413:
    case 414:
    case 415:
    case 416:
    case 420:
    case 488:
    case 493:
    case 501:
    case 505:
    case 513:
    case 603:
    case 604:
    case 606:
      return {.event = Event::refused, .reason = fmt::format("the phone's side refused it: {}", said)};
    case 401:
    case 403:
    case 407:
      return {.event = Event::postponed, .reason = fmt::format("the proxy does not let us in: {}", said), .slow = true};
    case 404:
    case 480:
      return {.event = Event::postponed, .reason = fmt::format("the phone is not registered: {}", said)};
    case 408:
      return {.event = Event::postponed, .reason = "the proxy or the phone did not answer"};
    default:
      return {.event = Event::postponed, .reason = fmt::format("the proxy answered {}", said)};
  }
}

void PhoneSender::send(const store::Job& job, Report report) {
  auto shared = std::make_shared<Report>(std::move(report));
  registrations_.find(job.destination, [this, job, shared](Result<sip::Contact> contact) {
    if (!contact) return shared->ended({.event = Event::postponed, .reason = contact.error().detail});
    endpoint_.send(compose(job, *contact), {.on_provisional = [shared] { shared->in_hand(); },
                                            .on_final =
                                                [shared](int status, const std::string& phrase) {
                                                  shared->ended(verdict_of_sip(status, phrase));
                                                }});
  });
}

void PhoneSender::tell_typing(const std::string& account, const std::string& peer,
                              const formats::Composing& composing) {
  registrations_.find(account, [this, account, peer, composing](const Result<sip::Contact>& contact) {
    if (!contact) return;
    sip::Outgoing message = address(account, peer, *contact);
    message.call_id = make_call_id(world_.random, world_.clock.now());
    // No proxy is to keep it (RFC 3428 8), nor to wake a phone for it (RFC 3261 20.26).
    message.headers = {{"Expires", "0"}, {"Priority", "non-urgent"}};
    message.content_type = formats::kComposingType;
    message.body = formats::write_composing(composing);
    endpoint_.send(std::move(message),
                   {.on_provisional = [] {}, .on_final = [](int /*status*/, const std::string& /*phrase*/) {}});
  });
}

sip::Outgoing PhoneSender::compose(const store::Job& job, const sip::Contact& contact) const {
  sip::Outgoing message = address(job.destination, job.peer, contact);
  formats::Body body = phone_body(job, Links(world_), world_.clock.now(), uri_of(job.peer, contact));
  if (!job.own.empty()) message.headers.emplace_back("X-SMS-To", job.own);
  message.call_id = job.call_id;
  message.content_type = std::move(body.content_type);
  message.body = std::move(body.bytes);
  return message;
}

sip::Outgoing PhoneSender::address(const std::string& account, const std::string& peer,
                                   const sip::Contact& contact) const {
  return {.request_uri = contact.request_uri,
          .route = world_.settings.read()->proxy_route,
          .from = fmt::format("\"{}\" <{}>", peer, uri_of(peer, contact)),
          .to = fmt::format("<{}>", uri_of(account, contact))};
}

}  // namespace mmsgate::gateway
