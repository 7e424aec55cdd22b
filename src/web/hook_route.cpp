// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "web/routes.hpp"

namespace mmsgate::web {
namespace {

/// What a message needs is far less. Larger bodies share a budget, so that many of them at once fill no memory, and
/// none of them is in the way of a message.
constexpr std::size_t kSmallBody = 64 << 10;

class Hook final : public Handler {
 public:
  Hook(Head head, std::string token, std::size_t most, Site& site, Budget& large_bodies)
      : head_(std::move(head)), token_(std::move(token)), most_(most), site_(site), large_bodies_(large_bodies) {}
  ~Hook() override { drop_body(); }

  std::optional<Answer> begin() override {
    if (head_.content_length.value_or(0) > most_) return say(413, "the body is too large");
    return std::nullopt;
  }
  std::optional<Answer> take(std::string_view bytes) override {
    if (body_.size() + bytes.size() > most_) return refuse(413, "the body is too large");
    if (body_.size() + bytes.size() > kSmallBody) {
      if (!large_bodies_.take(bytes.size())) return refuse(503, "too many large bodies at once");
      taken_ += bytes.size();
    }
    body_ += bytes;
    return std::nullopt;
  }
  std::optional<Answer> finish(Reply reply) override {
    site_.on_hook({.post = head_.method == "POST",
                   .token = token_,
                   .content_type = head_.header(MHD_HTTP_HEADER_CONTENT_TYPE),
                   .body = std::move(body_),
                   .query = head_.query(),
                   .source = head_.client},
                  std::move(reply));
    drop_body();
    return std::nullopt;
  }

 private:
  Answer refuse(int status, std::string_view text) {
    drop_body();  // its rest may take a while to come
    return say(status, text);
  }
  void drop_body() {
    std::string().swap(body_);
    large_bodies_.give(std::exchange(taken_, 0));
  }

  const Head head_;
  const std::string token_;
  const std::size_t most_;
  Site& site_;
  Budget& large_bodies_;
  std::string body_;
  std::size_t taken_ = 0;  ///< Of the budget.
};

}  // namespace

std::unique_ptr<Handler> make_hook(Head head, std::string token, const Options& options, Site& site,
                                   Budget& large_bodies) {
  return std::make_unique<Hook>(std::move(head), std::move(token), options.most_hook_bytes, site, large_bodies);
}

}  // namespace mmsgate::web
