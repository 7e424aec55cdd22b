// SPDX-License-Identifier: Apache-2.0
#include "web/routes.hpp"

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

}  // namespace

std::unique_ptr<Handler> route(Head head, const Options& options, Site& site, Budget& large_bodies) {
  if (!head.fault.empty()) {
    Answer answer = say(400, head.fault);
    add_header(answer, MHD_HTTP_HEADER_CONNECTION, "close");  // where the next one begins, nobody can be sure of
    return std::make_unique<Refusal>(std::move(answer));
  }
  const bool is_get = head.method == "GET" || head.method == "HEAD";
  const bool is_post = head.method == "POST";
  if (head.path == options.hook_path) {
    // No HEAD: a GET brings a message, and a HEAD may change nothing (RFC 9110 9.2.1).
    return is_post || head.method == "GET" ? make_hook(std::move(head), options, site, large_bodies)
                                           : method_not_allowed("GET, POST");
  }
  if (head.path == options.upload_path)
    return is_post ? make_upload(std::move(head), options, site) : method_not_allowed("POST");
  if (head.path.starts_with(options.media_path + "/")) {
    return is_get ? make_media(std::move(head), options, site) : method_not_allowed("GET, HEAD");
  }
  if (head.path.starts_with(options.handout_path + "/")) {
    return is_get ? make_handout(std::move(head), options, site) : method_not_allowed("GET, HEAD");
  }
  if (head.path == "/healthz") {
    return is_get ? std::make_unique<Health>(site) : method_not_allowed("GET, HEAD");
  }
  return std::make_unique<Refusal>(say(404, "there is nothing here"));
}

}  // namespace mmsgate::web
