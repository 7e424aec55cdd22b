// SPDX-License-Identifier: Apache-2.0
#include "voipms/control_api.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "voipms/media.hpp"

namespace mmsgate_sim {
namespace {

constexpr std::string_view kPrefix = "/sim/";

Answer json_answer(const Json& json) {
  Answer answer;
  answer.body = bytes_of(dump(json) + "\n");
  return answer;
}

Answer complaint(int status, std::string_view words) {
  Answer answer = json_answer({{"error", words}});
  answer.status = status;
  return answer;
}

std::int64_t query_number(const Request& request, const char* name, std::int64_t fallback) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? fallback : parse_number(found->second).value_or(fallback);
}

std::string query_text(const Request& request, const char* name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : national(found->second);
}

Json to_json(const Message& message, const std::string& media_base) {
  Json media = Json::array();
  for (std::size_t n = 0; n < message.media.size(); ++n) {
    const Media& each = message.media[n];
    media.push_back({{"url", message.received ? media_url(media_base, message, n) : each.url},
                     {"name", each.name},
                     {"type", each.type},
                     {"size", each.bytes ? each.bytes->size() : 0},
                     {"sha256", each.sha256},
                     {"status", each.status}});
  }
  Json json = {{"id", message.id},   {"index", message.index},    {"kind", message.mms ? "mms" : "sms"},
               {"did", message.did}, {"media", std::move(media)}, {"at", rfc3339(message.at)}};
  json[message.received ? "from" : "dst"] = message.contact;
  json[message.received ? "text" : "message"] = message.text;
  if (message.received) json["to"] = message.to;
  return json;
}

}  // namespace

void ControlApi::handle(const Request& request, Reply reply) {
  const std::string what = request.method + " " + request.path.substr(std::min(request.path.size(), kPrefix.size()));
  try {
    route(what, request, reply);
  } catch (const std::exception& error) {
    reply.answer(complaint(400, error.what()));
  }
}

void ControlApi::route(const std::string& what, const Request& request, Reply& reply) {
  constexpr std::string_view kSentMedia = "GET sent/";
  if (what == "POST incoming") return post_incoming(request, reply);
  if (what == "POST bench") return post_bench(request, reply);
  if (what == "GET sent") return get_sent(request, std::move(reply));
  if (what.starts_with(kSentMedia)) return get_sent_media(what.substr(kSentMedia.size()), std::move(reply));
  if (what == "GET incoming") return reply.answer(json_answer(incoming()));
  if (what == "GET calls") return reply.answer(json_answer(world_.calls.list()));
  if (what == "GET faults") return reply.answer(json_answer(world_.faults.list()));
  if (what == "GET accounts") return reply.answer(json_answer(world_.portal.accounts("")));
  if (what == "GET dids") return reply.answer(json_answer(world_.portal.dids("")));
  if (what == "GET servers") return reply.answer(json_answer(world_.portal.servers()));
  if (what == "GET tally") return reply.answer({.type = "text/plain", .body = bytes_of(world_.tally.digits())});
  if (what == "GET healthz") return reply.answer(json_answer(health()));
  if (what == "DELETE faults") {
    world_.faults.clear();
  } else if (what == "POST reset") {
    reset();
  } else if (what.starts_with("POST ")) {
    set(what.substr(what.find(' ') + 1), Json::parse(request.body));
  } else {
    return reply.answer(complaint(404, fmt::format("nobody knows \"{}\"; see sim/voipms/README.md", what)));
  }
  reply.answer(json_answer({{"status", "ok"}}));
}

void ControlApi::set(const std::string& what, const Json& body) {
  if (what == "accounts") return world_.portal.set_accounts(body);
  if (what == "dids") return world_.portal.set_dids(body);
  if (what == "servers") return world_.portal.set_servers(body);
  if (what == "webhook") return world_.portal.set_webhook(body);
  if (what == "faults") return world_.faults.add(body);
  if (what == "tally") {
    return world_.tally.begin(static_cast<std::size_t>(std::max<std::int64_t>(0, number_of(body, "count", 0))));
  }
  if (what != "limits") throw std::invalid_argument(fmt::format("nobody knows \"{}\"", what));
  world_.portal.set_limits(body);
  const auto keep = number_of(body, "keep", -1);
  if (keep >= 0) world_.log.keep(static_cast<std::size_t>(keep));
}

void ControlApi::set_scene(const Json& scene) {
  if (!scene.is_object()) throw std::invalid_argument("the scene is no JSON object");
  for (const auto& [what, body] : scene.items()) set(what, body);
}

void ControlApi::get_sent(const Request& request, Reply reply) {
  const SentQuery query{
      .since = static_cast<std::uint64_t>(std::max<std::int64_t>(0, query_number(request, "since", 0))),
      .count = static_cast<std::size_t>(std::max<std::int64_t>(0, query_number(request, "count", 1))),
      .did = query_text(request, "did"),
      .dst = query_text(request, "dst")};
  auto ready = [this, query, reply = std::move(reply)]() mutable {
    Json list = Json::array();
    for (const auto& message : world_.log.sent(query)) list.push_back(to_json(*message, world_.media_base));
    reply.answer(json_answer(list));
  };
  const auto wait = query_number(request, "wait_ms", 0);
  if (wait <= 0) return ready();
  const auto ticket = world_.log.when_sent(query, std::move(ready));
  world_.outgoing.after(std::chrono::milliseconds(wait), [this, ticket] { world_.log.expire(ticket); });
}

/// `rest` is {id}/media/{n}.
void ControlApi::get_sent_media(const std::string& rest, Reply reply) {
  constexpr std::string_view kMiddle = "/media/";
  const auto middle = rest.find(kMiddle);
  const std::string n = middle == std::string::npos ? "" : rest.substr(middle + kMiddle.size());
  reply.answer(media_answer(world_, rest.substr(0, middle), n));
}

void ControlApi::post_incoming(const Request& request, Reply& reply) {
  Arrival arrival = read_arrival(request, world_.portal);
  // An id that is known already is the provider repeating itself: one entry, one more web hook.
  const MessagePtr known = arrival.message.id == 0 ? nullptr : world_.log.find(arrival.message.id);
  const MessagePtr message = known ? known : world_.log.add(std::move(arrival.message));
  Json answer = {{"id", message->id}, {"media", media_urls(world_.media_base, *message)}};
  if (!arrival.wait) {
    reply.answer(json_answer(answer));
    return webhook_.deliver(message, std::move(arrival.patch), arrival.repeat, [](const std::vector<Attempt>&) {});
  }
  webhook_.deliver(
      message, std::move(arrival.patch), arrival.repeat,
      [answer = std::move(answer), reply = std::move(reply)](const std::vector<Attempt>& attempts) mutable {
        answer["webhook"] = attempts.empty() ? Json() : mmsgate_sim::to_json(attempts.front());
        answer["webhooks"] = Json::array();
        for (const auto& attempt : attempts) answer["webhooks"].push_back(mmsgate_sim::to_json(attempt));
        reply.answer(json_answer(answer));
      });
}

void ControlApi::post_bench(const Request& request, Reply& reply) {
  const BenchSpec spec = read_bench_spec(Json::parse(request.body), world_.portal);
  if (!bench_.reserve()) throw std::invalid_argument("a bench is running already");
  bench_.start(spec, [reply = std::move(reply)](const Json& figures) mutable { reply.answer(json_answer(figures)); });
}

void ControlApi::reset() {
  world_.log.clear();
  world_.calls.clear();
  world_.faults.clear();
  world_.portal.reset_limits();
  webhook_.reset();
}

Json ControlApi::incoming() const {
  Json list = Json::array();
  for (const auto& message : world_.log.incoming()) {
    Json json = to_json(*message, world_.media_base);
    json["webhooks"] = Json::array();
    for (const auto& attempt : webhook_.attempts(message->id))
      json["webhooks"].push_back(mmsgate_sim::to_json(attempt));
    list.push_back(std::move(json));
  }
  return list;
}

Json ControlApi::health() const {
  const auto [calls, get_calls] = world_.calls.counts();
  return {{"status", "ok"}, {"calls", calls}, {"get_calls", get_calls}, {"webhook", world_.portal.webhook().url}};
}

}  // namespace mmsgate_sim
