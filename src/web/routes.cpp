// SPDX-License-Identifier: Apache-2.0
#include "web/routes.hpp"

#include <string>
#include <utility>

namespace mmsgate::web {
namespace {

class Refusal final : public Handler {
 public:
  explicit Refusal(Answer answer) : answer_(std::move(answer)) {}
  std::optional<Answer> begin() override { return std::move(answer_); }
  std::optional<Answer> finish(Reply /*reply*/) override { return say(500, "internal error"); }

 private:
  Answer answer_;
};

std::unique_ptr<Handler> method_not_allowed(const char* allow) {
  Answer answer = say(405, "this method is not served here");
  add_header(answer, MHD_HTTP_HEADER_ALLOW, allow);
  return std::make_unique<Refusal>(std::move(answer));
}

class Health final : public Handler {
 public:
  explicit Health(Site& site) : site_(site) {}
  std::optional<Answer> finish(Reply /*reply*/) override {
    const auto health = site_.health();
    Response response{.status = health ? 200 : 503, .body = health ? *health : health.error().detail + "\n"};
    response.headers.emplace_back("Cache-Control", "no-store");
    return make_answer(response);
  }

 private:
  Site& site_;
};

/// An answer instead of the handler where this client has asked for too much.
std::unique_ptr<Handler> too_many(Limiter& limiter, const Head& head) {
  const auto wait = limiter.take(head.client.household(), std::chrono::steady_clock::now());
  if (!wait) return nullptr;
  Answer answer = say(429, "too many requests from this address");
  add_header(answer, MHD_HTTP_HEADER_RETRY_AFTER, std::to_string(wait->count()));
  return std::make_unique<Refusal>(std::move(answer));
}

std::unique_ptr<Handler> nothing_here(const Head& head, Shared& shared) {
  if (auto refused = too_many(shared.lost, head)) return refused;
  return std::make_unique<Refusal>(say(404, "there is nothing here"));
}

/// A token that is none of ours is a path like any other that there is not.
std::unique_ptr<Handler> hook(Head head, std::string token, const Options& options, Site& site, Shared& shared) {
  const HookCaller caller = site.hook_caller(token);
  if (caller == HookCaller::stranger) return nothing_here(head, shared);
  if (auto refused = too_many(caller == HookCaller::known ? shared.known : shared.unproven, head)) return refused;
  // No HEAD: a GET brings a message, and a HEAD may change nothing (RFC 9110 9.2.1).
  if (head.method != "POST" && head.method != "GET") return method_not_allowed("GET, POST");
  return make_hook(std::move(head), std::move(token), options, site, shared.large_bodies);
}

/// The one of our folders that the path lies in: the innermost, where one lies in another. Null: in none.
const std::string* folder_of(const std::string& path, const Options& options) {
  const std::string* innermost = nullptr;
  for (const std::string* folder : {&options.hook_path, &options.media_path, &options.handout_path}) {
    if (!path.starts_with(*folder + "/")) continue;
    if (innermost == nullptr || folder->size() > innermost->size()) innermost = folder;
  }
  return innermost;
}

}  // namespace

std::unique_ptr<Handler> route(Head head, const Options& options, Site& site, Shared& shared) {
  if (!head.fault.empty()) {
    Answer answer = say(400, head.fault);
    add_header(answer, MHD_HTTP_HEADER_CONNECTION, "close");  // where the next one begins, nobody can be sure of
    return std::make_unique<Refusal>(std::move(answer));
  }
  const bool is_get = head.method == "GET" || head.method == "HEAD";
  const bool is_post = head.method == "POST";
  if (head.path == options.hook_path) return hook(std::move(head), "", options, site, shared);
  if (head.path == options.upload_path)
    return is_post ? make_upload(std::move(head), options, site, shared.login) : method_not_allowed("POST");
  if (head.path == "/healthz") {
    return is_get ? std::make_unique<Health>(site) : method_not_allowed("GET, HEAD");
  }
  const std::string* folder = folder_of(head.path, options);
  if (folder == nullptr) return nothing_here(head, shared);
  if (folder == &options.media_path) {
    return is_get ? make_media(std::move(head), options, site) : method_not_allowed("GET, HEAD");
  }
  if (folder == &options.handout_path) {
    return is_get ? make_handout(std::move(head), options, site) : method_not_allowed("GET, HEAD");
  }
  std::string token = head.path.substr(folder->size() + 1);
  if (token.empty()) return nothing_here(head, shared);
  return hook(std::move(head), std::move(token), options, site, shared);
}

}  // namespace mmsgate::web
