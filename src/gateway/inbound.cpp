// SPDX-License-Identifier: Apache-2.0
#include "gateway/inbound.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "gateway/follow_up.hpp"
#include "gateway/phone_deliveries.hpp"

namespace mmsgate::gateway {
namespace {

NewMessage common_part(const formats::CarrierMessage& message, TimePoint now) {
  NewMessage row;
  row.direction = Direction::inbound;
  row.provider = "voipms";
  row.provider_id = message.id;
  row.peer = peer_form(message.from);
  row.text = message.text;
  row.received_at = now;
  for (const std::string& url : message.media_urls) row.parts.push_back({.source_url = url});
  return row;
}

/// The others of a group, as far as they are not the number itself.
std::string others(const std::vector<std::string>& to, const std::string& own) {
  std::string list;
  for (const std::string& each : to) {
    const std::string number = peer_form(each);
    if (number != own) list += (list.empty() ? "" : ", ") + number;
  }
  return list;
}

/// Kept, but nobody gets it.
NewMessage withheld(NewMessage row, std::string reason) {
  row.deliveries.push_back({.target = Target::phone, .state = State::failed, .reason = std::move(reason)});
  // Nothing will be delivered, so nothing is fetched either; the addresses stay in the row.
  for (Part& part : row.parts) {
    part.state = PartState::lost;
    part.reason = "not fetched: there was nobody to deliver it to";
  }
  return row;
}

NewMessage undeliverable(const formats::CarrierMessage& message, std::string_view raw, TimePoint now) {
  NewMessage row = common_part(message, now);
  row.raw = raw;
  row.own = peer_form(message.to.front());
  std::string reason = fmt::format("no sub account at VoIP.ms has {} as its Caller ID number", row.own);
  return withheld(std::move(row), std::move(reason));
}

web::Response text(int status, std::string body) { return {.status = status, .body = std::move(body)}; }

/// Anybody could have said it, so nothing is kept that VoIP.ms' log cannot show: who else was addressed, and what we do
/// not understand.
void forget_unprovable(Told& told, const Directory& directory) {
  told.raw.clear();
  std::erase_if(told.message.to, [&directory](const std::string& to) {
    const auto number = Number::parse(to);
    return !number || (directory.with_caller_id(*number).empty() && directory.find_did(*number) == nullptr);
  });
}

}  // namespace

std::vector<NewMessage> plan_inbound(const formats::CarrierMessage& message, std::string_view raw,
                                     const Directory& directory, const Settings& settings, TimePoint now,
                                     Random& random) {
  std::vector<NewMessage> rows;
  for (const std::string& to : message.to) {
    const auto did = Number::parse(to);
    if (!did || std::ranges::find(rows, did->national(), &NewMessage::own) != rows.end()) continue;
    auto accounts = directory.with_caller_id(*did);
    if (accounts.empty()) continue;
    std::erase_if(accounts, [&](const SubAccount* a) { return settings.copy_filter.keeps_from(*did, a->id.value); });
    NewMessage row = common_part(message, now);
    row.own = did->national();
    row.participants = others(message.to, row.own);
    if (!row.participants.empty()) row.raw = raw;
    if (accounts.empty()) row = withheld(std::move(row), "webfilter keeps it from every sub account of its number");
    for (const SubAccount* account : accounts) {
      add_phone_deliveries(row, account->id, settings.layout, random);
    }
    rows.push_back(std::move(row));
  }
  if (!rows.empty()) return rows;
  rows.push_back(undeliverable(message, raw, now));
  if (auto word = word_to_stranger(rows.front().own, rows.front().peer, now, settings, now)) {
    rows.push_back(std::move(*word));
  }
  return rows;
}

std::optional<bool> Inbound::is_believed(const web::HookRequest& request) {
  const auto settings = world_.settings.read();
  if (!request.token.empty()) {
    if (!tokens_.knows(request.token)) return std::nullopt;  // removed while the message came
    tokens_.used(request.token);
    return !settings->hook_check;
  }
  tokens_.missed(settings->hook_bare);
  switch (settings->hook_bare) {
    case HookBare::verify:
      return false;
    case HookBare::trust:
      return true;
    case HookBare::refuse:
      break;  // the web server has let it in before that was said
  }
  return std::nullopt;
}

void Inbound::on_hook(web::HookRequest request, web::Reply reply) {
  auto message = request.post ? formats::parse_webhook(request.body) : formats::parse_callback(request.query);
  if (!message) return reply.answer(text(400, message.error().detail + "\n"));
  const auto believed = is_believed(request);
  if (!believed) return reply.answer(text(404, "there is nothing here\n"));
  // Other events are reports about what was sent; nobody has documented them, and coming again would not help.
  if (!message->event_type.empty() && message->event_type != "message.received") return reply.answer(text(200, "ok"));
  const auto directory = world_.book.read();
  if (directory->accounts().empty()) {
    return reply.answer(text(503, "the sub accounts have not been read from VoIP.ms yet\n"));
  }
  if (deliveries_.is_behind(Target::phone)) {
    return reply.answer({.status = 503, .body = "too many messages wait\n", .headers = {{"Retry-After", "60"}}});
  }
  if (!*believed) {
    Told told{.message = *std::move(message),
              .raw = std::move(request.body),
              .source = request.source,
              .has_token = !request.token.empty()};
    if (!told.has_token) forget_unprovable(told, *directory);
    return prove(std::move(told), std::move(reply));
  }
  accept(plan_inbound(*message, request.body, *directory, *world_.settings.read(), world_.clock.now(), world_.random),
         std::move(reply));
}

void Inbound::prove(Told told, web::Reply reply) {
  check_.look_up(std::move(told), [this, reply = std::move(reply)](Result<std::vector<NewMessage>> proven) mutable {
    if (!proven) {
      return reply.answer({.status = 503, .body = "cannot look it up now\n", .headers = {{"Retry-After", "60"}}});
    }
    if (proven->empty()) return reply.answer(text(403, "VoIP.ms' log does not show this message\n"));
    accept(*std::move(proven), std::move(reply));
  });
}

void Inbound::accept(std::vector<NewMessage> messages, web::Reply reply) {
  world_.store.accept(
      std::move(messages), [this, reply = std::move(reply)](const Result<store::Accepted>& accepted) mutable {
        if (!accepted) {
          world_.log.error("a message of the carrier could not be stored: {}", accepted.error().detail);
          return reply.answer({.status = 503, .body = "cannot store it now\n", .headers = {{"Retry-After", "60"}}});
        }
        reply.answer(text(200, "ok"));
        if (accepted->added > 0) on_accepted_();
      });
}

}  // namespace mmsgate::gateway
