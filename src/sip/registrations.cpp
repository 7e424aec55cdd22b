// SPDX-License-Identifier: Apache-2.0
#include "sip/registrations.hpp"

#include <utility>

#include <fmt/format.h>

namespace mmsgate::sip {
namespace {

class AskNobody final : public Registrations {
 public:
  explicit AskNobody(std::string domain) : domain_(std::move(domain)) {}
  void find(const std::string& account, Found done) override { done(plain_contact(account, domain_)); }

 private:
  const std::string domain_;
};

}  // namespace

Contact plain_contact(const std::string& account, const std::string& domain) {
  return {.request_uri = fmt::format("sip:{}@{}", account, domain), .domain = domain};
}

std::unique_ptr<Registrations> ask_nobody(std::string domain) { return std::make_unique<AskNobody>(std::move(domain)); }

}  // namespace mmsgate::sip
