// SPDX-License-Identifier: Apache-2.0
#include "gateway/handout.hpp"

#include <utility>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "crypto/secret.hpp"

namespace mmsgate::gateway {
namespace {

constexpr std::string_view kLabel = "mmsgate handout";
constexpr std::string_view kContacts = ".vcf";

}  // namespace

std::string contacts_name(std::string_view token) { return fmt::format("{}{}", token, kContacts); }

bool could_be_handed_out(std::string_view name) {
  if (name.ends_with(kContacts)) name.remove_suffix(kContacts.size());
  return crypto::looks_like_secret(name);
}

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
