// SPDX-License-Identifier: Apache-2.0
#include "voipms/webhook.hpp"

#include <array>
#include <memory>
#include <utility>

#include "voipms/media.hpp"

namespace mmsgate_sim {
namespace {

constexpr long kOk = 200;

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

/// The older form: the customer's URL with the blanks filled in.
std::string callback_url(std::string url, const std::string& media_base, const Message& message) {
  std::string media;
  for (const Json& each : media_urls(media_base, message))
    media += (media.empty() ? "" : ",") + each.get<std::string>();
  const std::array<std::pair<std::string_view, std::string>, 6> blanks = {{
      {"{ID}", std::to_string(message.id)},
      {"{FROM}", message.contact},
      {"{TO}", message.did},
      {"{MESSAGE}", message.text},
      {"{TIMESTAMP}", provider_date(message.at, std::nullopt)},
      {"{MEDIA}", media},
  }};
  for (const auto& [blank, value] : blanks) replace_all(url, blank, url_encode(value));
  return url;
}

}  // namespace

Json to_json(const Attempt& attempt) {
  return {{"status", attempt.status},
          {"body", attempt.body},
          {"error", attempt.error},
          {"ms", attempt.ms},
          {"at", rfc3339(attempt.at)}};
}

std::string webhook_body(const std::string& media_base, const Message& message, const Json& patch) {
  Json to = Json::array();
  for (const std::string& number : message.to) to.push_back({{"phone_number", number}});
  Json media = Json::array();
  for (std::size_t n = 0; n < message.media.size(); ++n) media.push_back({{"url", media_url(media_base, message, n)}});
  const Json payload = {{"id", message.id},
                        {"record_type", "message"},
                        {"from", {{"phone_number", message.contact}}},
                        {"to", to},
                        {"text", message.text},
                        {"received_at", rfc3339(message.at)},
                        {"type", message.mms ? "MMS" : "SMS"},
                        {"media", media}};
  Json data = {{"id", message.id}, {"event_type", "message.received"}, {"record_type", "event"}, {"payload", payload}};
  Json body = {{"data", std::move(data)}};
  if (patch.is_object()) body.merge_patch(patch);
  return dump(body);
}

struct Webhook::Job {
  MessagePtr message;
  Json patch;
  std::int64_t left;
  bool broken_json = false;
  std::uint64_t generation;
  std::vector<Attempt> attempts;
  Done done;
};

void Webhook::deliver(MessagePtr message, Json patch, std::int64_t times, Done done) {
  auto job = std::make_shared<Job>(Job{.message = std::move(message),
                                       .patch = std::move(patch),
                                       .left = times,
                                       .generation = generation(),
                                       .done = std::move(done)});
  const auto fault = world_.faults.take("webhook", job->message->did);
  const bool dropped = fault && fault->what == Fault::Do::drop;
  if (dropped || times < 1 || world_.portal.webhook().url.empty()) return job->done({});
  if (fault && fault->what == Fault::Do::duplicate) job->left = fault->amount;
  job->broken_json = fault && fault->what == Fault::Do::not_json;
  if (!fault || fault->what != Fault::Do::latency) return post(std::move(job));
  world_.outgoing.after(std::chrono::milliseconds(fault->amount), [this, job]() mutable { post(std::move(job)); });
}

void Webhook::post(std::shared_ptr<Job> job) {
  const WebhookSettings settings = world_.portal.webhook();
  OutRequest request{.url = settings.url};
  if (settings.form == WebhookSettings::Form::json) {
    request.post = webhook_body(world_.media_base, *job->message, job->patch);
    if (job->broken_json) request.post->pop_back();
  } else {
    request.url = callback_url(settings.url, world_.media_base, *job->message);
  }
  const Time at = std::chrono::system_clock::now();
  world_.outgoing.start(std::move(request), [this, job = std::move(job), at](OutResponse response) mutable {
    on_answer(std::move(job), std::move(response), at);
  });
}

void Webhook::on_answer(std::shared_ptr<Job> job, OutResponse response, Time at) {
  Attempt attempt{response.status, std::move(response.body), std::move(response.error), response.ms, at};
  job->attempts.push_back(attempt);
  {
    const std::lock_guard lock(mutex_);
    if (generation_ == job->generation) attempts_[job->message->id].push_back(std::move(attempt));
  }
  if (--job->left > 0) return post(std::move(job));
  if (job->attempts.back().status != kOk && generation() == job->generation) retry_later(job->message, job->patch);
  job->done(std::move(job->attempts));
}

void Webhook::retry_later(const MessagePtr& message, const Json& patch) {
  const auto retry = world_.portal.webhook().retry;
  if (retry.count() == 0) return;
  world_.outgoing.after(retry, [this, message, patch, generation = generation()] {
    if (generation == this->generation()) deliver(message, patch, 1, [](const std::vector<Attempt>&) {});
  });
}

std::vector<Attempt> Webhook::attempts(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? std::vector<Attempt>() : found->second;
}

void Webhook::reset() {
  const std::lock_guard lock(mutex_);
  attempts_.clear();
  ++generation_;
}

std::uint64_t Webhook::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

}  // namespace mmsgate_sim
