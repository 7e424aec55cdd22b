// SPDX-License-Identifier: Apache-2.0
#include "sip/registrar_list.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "formats/flexisip_answer.hpp"
#include "formats/kamailio_answer.hpp"
#include "sip/kamailio_rpc.hpp"

namespace mmsgate::sip {
namespace {

/// Asks for the addresses, then for each of them.
class OneByOne : public RegistrarList {
 public:
  Result<Listing> read() final {
    // Each that fails may have been waited for.
    constexpr std::size_t kMostTroubles = 3;
    const auto all = addresses();
    if (!all) return std::unexpected(all.error());
    Listing listing{.who = who()};
    for (const std::string& address : *all) {
      auto phones = look_at(address);
      if (phones) {
        std::ranges::move(*phones, std::back_inserter(listing.registrations));
        continue;
      }
      if (listing.troubles.size() == kMostTroubles) return std::unexpected(phones.error());
      listing.troubles.push_back(fmt::format("{}: {}", address, phones.error().detail));
    }
    return listing;
  }

 protected:
  virtual Result<std::vector<std::string>> addresses() = 0;
  virtual Result<std::vector<Registration>> look_at(const std::string& address) = 0;
  [[nodiscard]] virtual std::string who() const = 0;
};

class OfFlexisip final : public OneByOne {
 public:
  explicit OfFlexisip(FlexisipSocket::Options options) : socket_(std::move(options)) {}
  [[nodiscard]] std::string name() const override { return "Flexisip"; }

 private:
  Result<std::vector<std::string>> addresses() override {
    const auto answer = socket_.ask("REGISTRAR_DUMP");
    if (!answer) return std::unexpected(answer.error());
    return formats::parse_registrar_dump(*answer);
  }
  Result<std::vector<Registration>> look_at(const std::string& address) override {
    const auto answer = socket_.ask("REGISTRAR_GET sip:" + address);
    if (!answer) return std::unexpected(answer.error());
    const auto contacts = formats::parse_registrar_get(*answer);
    if (!contacts) return std::unexpected(contacts.error());
    std::vector<Registration> phones;
    for (const auto& contact : *contacts) phones.push_back(formats::registration_of(contact, address));
    return phones;
  }
  [[nodiscard]] std::string who() const override {
    return fmt::format("{} (process {})", socket_.peer().path, socket_.peer().pid);
  }

  FlexisipSocket socket_;
};

class OfKamailio final : public OneByOne {
 public:
  OfKamailio(std::string domain, std::string rpc_socket) : domain_(std::move(domain)), rpc_(std::move(rpc_socket)) {}
  [[nodiscard]] std::string name() const override { return "Kamailio"; }

 private:
  Result<std::vector<std::string>> addresses() override {
    const auto answer = rpc_.ask("ul.dump", {"brief"});
    if (!answer) return std::unexpected(answer.error());
    return formats::parse_ul_dump(*answer);
  }
  Result<std::vector<Registration>> look_at(const std::string& address) override {
    const auto answer = rpc_.ask("ul.lookup", {"location", address});
    if (!answer) return std::unexpected(answer.error());
    const TimePoint now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    return formats::parse_ul_lookup(*answer, now, domain_);
  }
  [[nodiscard]] std::string who() const override { return {}; }

  const std::string domain_;
  KamailioRpc rpc_;
};

}  // namespace

std::unique_ptr<RegistrarList> list_flexisip(FlexisipSocket::Options options) {
  return std::make_unique<OfFlexisip>(std::move(options));
}

std::unique_ptr<RegistrarList> list_kamailio(std::string domain, std::string rpc_socket) {
  return std::make_unique<OfKamailio>(std::move(domain), std::move(rpc_socket));
}

}  // namespace mmsgate::sip
