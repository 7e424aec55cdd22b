// SPDX-License-Identifier: Apache-2.0
#include "gateway/handout.hpp"

#include <utility>

#include "crypto/digest.hpp"
#include "crypto/seal.hpp"

namespace mmsgate::gateway {
namespace {

constexpr std::string_view kLabel = "mmsgate handout";

}  // namespace

std::string contacts_name(std::string_view token) { return std::string(token) + ".vcf"; }

std::string handout_id(std::string_view name) { return crypto::sha256(name); }

Result<store::Handout> pack(store::Handout handout, std::string_view name, std::string_view document, Random& random) {
  auto sealed = crypto::seal(name, kLabel, document, random);
  if (!sealed) return std::unexpected(sealed.error());
  handout.id = handout_id(name);
  handout.sealed = *std::move(sealed);
  return handout;
}

Result<std::string> unpack(const store::Handout& handout, std::string_view name) {
  return crypto::unseal(name, kLabel, handout.sealed);
}

}  // namespace mmsgate::gateway
