// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "web/routes.hpp"

namespace mmsgate::web {
namespace {

class Hook final : public Handler {
 public:
  Hook(Head head, std::size_t most, Site& site) : head_(std::move(head)), most_(most), site_(site) {}

  std::optional<Answer> begin() override {
    if (head_.content_length.value_or(0) > most_) return say(413, "the body is too large");
    return std::nullopt;
  }
  std::optional<Answer> take(std::string_view bytes) override {
    if (body_.size() + bytes.size() > most_) return say(413, "the body is too large");
    body_ += bytes;
    return std::nullopt;
  }
  std::optional<Answer> finish(Reply reply) override {
    site_.on_hook({.post = head_.method == "POST",
                   .content_type = head_.header(MHD_HTTP_HEADER_CONTENT_TYPE),
                   .body = std::move(body_),
                   .query = head_.query(),
                   .source = head_.source()},
                  std::move(reply));
    return std::nullopt;
  }

 private:
  const Head head_;
  const std::size_t most_;
  Site& site_;
  std::string body_;
};

}  // namespace

std::unique_ptr<Handler> make_hook(Head head, const Options& options, Site& site) {
  return std::make_unique<Hook>(std::move(head), options.most_hook_bytes, site);
}

}  // namespace mmsgate::web
