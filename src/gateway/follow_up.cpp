// SPDX-License-Identifier: Apache-2.0
#include "gateway/follow_up.hpp"

#include <fmt/format.h>

namespace mmsgate::gateway {
namespace {

std::string day_of(TimePoint t) { return rfc3339(t).substr(0, 10); }

bool is_lost(State state) { return state == State::failed || state == State::dead; }

NewMessage ours(Kind kind, Direction direction, std::string key, std::string own, std::string peer, TimePoint now) {
  NewMessage message;
  message.direction = direction;
  message.kind = kind;
  message.provider = "mmsgate";
  message.provider_id = std::move(key);
  message.own = std::move(own);
  message.peer = std::move(peer);
  message.received_at = now;
  return message;
}

NewDelivery to_phone(const std::string& account, const NewMessage& row, Random& random) {
  return {.target = Target::phone,
          .destination = account,
          .slice = {.text_bytes = row.text.size()},
          .call_id = make_call_id(random, row.received_at)};
}

/// The conversation as the sender's phone has it: who it wrote to stands on the other side.
struct Sides {
  std::string own;
  std::string peer;
};
Sides sides_of_sender(const store::Recorded& outcome) {
  if (outcome.direction == Direction::extension) return {outcome.peer, outcome.own};
  return {outcome.own, outcome.peer};
}

NewMessage make_receipt(const store::Recorded& outcome, const char* word, TimePoint now, Random& random) {
  const Sides sides = sides_of_sender(outcome);
  NewMessage receipt = ours(Kind::receipt, Direction::inbound,
                            fmt::format("receipt:{}:{}", outcome.message.value, word), sides.own, sides.peer, now);
  receipt.text = word;
  receipt.subject_id = outcome.subject_id;
  receipt.deliveries.push_back(to_phone(outcome.account, receipt, random));
  return receipt;
}

std::vector<NewMessage> tell_phone(const store::Recorded& outcome, const Settings& settings, TimePoint now,
                                   Random& random) {
  std::vector<NewMessage> news;
  // What was taken over from the first MMSGate has lost the id that its sender's phone knows it by.
  const bool receipts = settings.receipts && !outcome.subject_id.empty();
  if (is_lost(outcome.state)) {
    const Sides sides = sides_of_sender(outcome);
    if (receipts) news.push_back(make_receipt(outcome, "error", now, random));
    news.push_back(make_notice(fmt::format("notice:{}", outcome.message.value), sides.own, sides.peer, outcome.account,
                               fmt::format("Not delivered to {}: {}", sides.peer, outcome.reason), now, random));
    return news;
  }
  // The carrier's yes is the most that will ever be known; another phone says itself that it has the message (promise
  // 8).
  const bool reached = outcome.direction == Direction::outbound || outcome.state == State::delivered;
  const bool all_of_it = outcome.message_settled && outcome.lost == 0;
  if (receipts && reached && all_of_it) {
    news.push_back(make_receipt(outcome, outcome.displayed ? "displayed" : "delivered", now, random));
  }
  if (outcome.found && all_of_it) {
    const std::string text = fmt::format("Your message of {} went to {} after all, as VoIP.ms' log shows",
                                         day_of(outcome.accepted_at), outcome.peer);
    news.push_back(make_notice(fmt::format("found:{}", outcome.message.value), outcome.own, outcome.peer,
                               outcome.account, text, now, random));
  }
  return news;
}

std::vector<NewMessage> tell_stranger(const store::Recorded& outcome, const Settings& settings, TimePoint now) {
  if (!is_lost(outcome.state) || !outcome.message_settled || outcome.reached > 0) return {};
  const auto word = word_to_stranger(outcome.own, outcome.peer, outcome.accepted_at, settings, now);
  return word ? std::vector{*word} : std::vector<NewMessage>{};
}

}  // namespace

NewMessage make_notice(std::string key, std::string own, std::string peer, const std::string& account, std::string text,
                       TimePoint now, Random& random) {
  NewMessage notice = ours(Kind::notice, Direction::inbound, std::move(key), std::move(own), std::move(peer), now);
  notice.text = std::move(text);
  notice.deliveries.push_back(to_phone(account, notice, random));
  return notice;
}

std::optional<NewMessage> word_to_stranger(const std::string& own, const std::string& peer, TimePoint accepted_at,
                                           const Settings& settings, TimePoint now) {
  if (!settings.notify_strangers) return std::nullopt;
  const auto number = Number::parse(peer);
  // A short code is a machine: it would answer us.
  if (!number || number->kind() != Number::Kind::nanp) return std::nullopt;
  // One a day to the same number: a phone that is gone for long must not make us a spammer.
  NewMessage notice =
      ours(Kind::notice, Direction::outbound, fmt::format("undelivered:{}:{}", peer, day_of(now)), own, peer, now);
  notice.text = fmt::format("Your message of {} to {} could not be delivered.", day_of(accepted_at), own);
  notice.deliveries.push_back(
      {.target = Target::carrier, .destination = peer, .slice = {.text_bytes = notice.text.size()}});
  return notice;
}

std::vector<NewMessage> follow_up(const store::Recorded& outcome, const Settings& settings, TimePoint now,
                                  Random& random) {
  if (!outcome.tells_sender || outcome.kind != Kind::message) return {};
  switch (outcome.direction) {
    case Direction::inbound:
      return tell_stranger(outcome, settings, now);
    case Direction::outbound:
    case Direction::extension:
      if (outcome.account.empty()) return {};  // a script has sent it, which has no phone to be told by
      return tell_phone(outcome, settings, now, random);
  }
  return {};
}

}  // namespace mmsgate::gateway
