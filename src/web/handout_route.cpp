// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "web/routes.hpp"

namespace mmsgate::web {
namespace {

class Handout final : public Handler {
 public:
  Handout(Head head, std::string name, Site& site) : head_(std::move(head)), name_(std::move(name)), site_(site) {}

  std::optional<Answer> finish(Reply reply) override {
    site_.on_handout({.name = name_, .is_asking = head_.method == "HEAD", .source = head_.client.str()},
                     std::move(reply));
    return std::nullopt;
  }

 private:
  const Head head_;
  const std::string name_;
  Site& site_;
};

}  // namespace

std::unique_ptr<Handler> make_handout(Head head, const Options& options, Site& site) {
  std::string name = head.path.substr(options.handout_path.size() + 1);
  return std::make_unique<Handout>(std::move(head), std::move(name), site);
}

}  // namespace mmsgate::web
