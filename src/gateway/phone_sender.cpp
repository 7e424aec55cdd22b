// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_sender.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "gateway/phone_text.hpp"

namespace mmsgate::gateway {

Verdict verdict_of_sip(int status, const std::string& phrase) {
  const std::string said = fmt::format("{} {}", status, phrase);
  if (status >= 200 && status < 300) return {.event = Event::accepted, .reason = said};
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

sip::Outgoing PhoneSender::compose(const store::Job& job, const sip::Contact& contact) const {
  const std::string peer_uri = fmt::format("{}:{}@{}", contact.scheme, job.peer, contact.domain);
  formats::Body body = phone_body(job, world_.settings, world_.clock.now(), peer_uri);
  std::vector<std::pair<std::string, std::string>> headers;
  if (!job.own.empty()) headers.emplace_back("X-SMS-To", job.own);
  return {.request_uri = contact.request_uri,
          .route = world_.settings.proxy_route,
          .from = fmt::format("\"{}\" <{}>", job.peer, peer_uri),
          .to = fmt::format("<{}:{}@{}>", contact.scheme, job.destination, contact.domain),
          .call_id = job.call_id,
          .headers = std::move(headers),
          .content_type = std::move(body.content_type),
          .body = std::move(body.bytes)};
}

}  // namespace mmsgate::gateway
