// SPDX-License-Identifier: Apache-2.0
#include "cli/messages.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/printable.hpp"
#include "cli/say.hpp"
#include "ops/control.hpp"

namespace mmsgate::cli {
namespace {

using nlohmann::ordered_json;

/// "5145550199 -> 5145550100", in the direction of travel.
std::string way(const store::Summary& message) {
  const bool is_out = message.direction == Direction::outbound;
  return fmt::format("{} -> {}", is_out ? message.own : message.peer, is_out ? message.peer : message.own);
}

ordered_json to_json(const store::Summary& message) {
  return {{"id", message.id.value},
          {"at", rfc3339(message.received_at)},
          {"direction", to_string(message.direction)},
          {"kind", to_string(message.kind)},
          {"own", message.own},
          {"peer", message.peer},
          {"account", message.account},
          {"parts", message.parts},
          {"states", message.states}};
}

std::string_view word_for(PartState state) {
  switch (state) {
    case PartState::wanted:
      return "wanted";
    case PartState::stored:
      return "stored";
    case PartState::lost:
      return "lost";
  }
  return "?";
}

ordered_json to_json(const store::History& history) {
  ordered_json out = to_json(history.summary);
  out["provider"] = history.provider;
  out["provider_id"] = history.provider_id;
  out["participants"] = history.participants;
  out["files"] = ordered_json::array();
  for (const Part& part : history.parts) {
    out["files"].push_back({{"name", part.name},
                            {"type", part.type},
                            {"size", part.size},
                            {"state", word_for(part.state)},
                            {"reason", part.reason}});
  }
  out["deliveries"] = ordered_json::array();
  for (const store::DeliveryLine& line : history.deliveries) {
    ordered_json delivery{{"id", line.id.value},
                          {"target", to_string(line.target)},
                          {"destination", line.destination},
                          {"state", to_string(line.state)},
                          {"tries", line.tries},
                          {"result_id", line.result_id}};
    if (line.next_try) delivery["next_try"] = rfc3339(*line.next_try);
    out["deliveries"].push_back(std::move(delivery));
  }
  out["events"] = ordered_json::array();
  for (const store::EventLine& line : history.events) {
    out["events"].push_back(
        {{"at", rfc3339(line.at)}, {"delivery", line.delivery.value}, {"state", line.state}, {"reason", line.reason}});
  }
  return out;
}

void print_events(const store::History& history, DeliveryId of) {
  for (const store::EventLine& event : history.events) {
    if (event.delivery == of)
      fmt::print("    {}  {:<11}  {}\n", rfc3339(event.at), event.state, printable(event.reason));
  }
}

void print_table(const store::History& history) {
  const store::Summary& message = history.summary;
  fmt::print("Message {}  {}  {} {}  {}\n", message.id.value, rfc3339(message.received_at),
             to_string(message.direction), to_string(message.kind), way(message));
  fmt::print("  came as {} {}\n", history.provider, printable(history.provider_id));
  if (!message.account.empty()) fmt::print("  sent by {}\n", message.account);
  if (!history.participants.empty()) fmt::print("  also sent to {}\n", history.participants);
  for (const Part& part : history.parts) {
    fmt::print("  file \"{}\" {} {} bytes: {} {}\n", printable(part.name), printable(part.type), part.size,
               word_for(part.state), printable(part.reason));
  }
  print_events(history, DeliveryId{});
  for (const store::DeliveryLine& line : history.deliveries) {
    fmt::print("\n  Delivery {} to {} {}: {}, tries {}{}\n", line.id.value, to_string(line.target), line.destination,
               to_string(line.state), line.tries, line.next_try ? ", next try " + rfc3339(*line.next_try) : "");
    print_events(history, line.id);
  }
}

}  // namespace

int list_messages(const ops::Config& config, const MessagesOptions& options) {
  const auto store = read_database(config);
  if (!store) return say(store.error().detail);
  const auto messages = (*store)->list(options.limit, options.only_open);
  if (!messages) return say(messages.error().detail);
  if (options.json) {
    ordered_json all = ordered_json::array();
    for (const store::Summary& message : *messages) all.push_back(to_json(message));
    print_json(all);
    return 0;
  }
  fmt::print("{:>8}  {:<20}  {:<9}  {:<7}  {:<28}  {:>5}  {}\n", "ID", "TIME", "DIRECTION", "KIND", "FROM -> TO",
             "FILES", "STATE");
  for (const store::Summary& message : *messages) {
    fmt::print("{:>8}  {:<20}  {:<9}  {:<7}  {:<28}  {:>5}  {}\n", message.id.value, rfc3339(message.received_at),
               to_string(message.direction), to_string(message.kind), way(message), message.parts, message.states);
  }
  return 0;
}

int show_message(const ops::Config& config, const MessagesOptions& options) {
  const auto store = read_database(config);
  if (!store) return say(store.error().detail);
  const auto history = (*store)->history(MessageId{options.id});
  if (!history) return say(history.error().detail);
  if (!*history)
    return say(fmt::format("there is no message {}; `mmsgate messages list` shows what is there", options.id));
  if (options.json) {
    print_json(to_json(**history));
  } else {
    print_table(**history);
  }
  return 0;
}

int replay_message(const ops::Config& config, const MessagesOptions& options) {
  constexpr auto kPatience = std::chrono::seconds(20);
  const auto replayed = ops::ask_running(config.database, fmt::format("replay {}", options.id), kPatience);
  if (!replayed) return say(replayed.error().detail);
  if (*replayed == "0") return say(fmt::format("there is no message {} of which anything has failed", options.id));
  fmt::print("{} deliveries are tried again; `mmsgate messages show {}` tells how they fare.\n", *replayed, options.id);
  return 0;
}

}  // namespace mmsgate::cli
