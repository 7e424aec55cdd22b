// SPDX-License-Identifier: Apache-2.0
#include "crypto/secret.hpp"

#include <cstdint>

namespace mmsgate::crypto {
namespace {

constexpr std::string_view kCharacters = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr int kBits = 5;  // of a character
static_assert(kCharacters.size() == 1U << kBits);
constexpr int kOfOneNumber = 64 / kBits;
constexpr int kNumbers = 3;

}  // namespace

std::string make_secret(Random& random) {
  std::string secret;
  for (int number = 0; number < kNumbers; ++number) {
    std::uint64_t bits = random.next();
    for (int i = 0; i < kOfOneNumber; ++i, bits >>= kBits) secret += kCharacters[bits % kCharacters.size()];
  }
  return secret;
}

bool looks_like_secret(std::string_view text) {
  return text.size() == kNumbers * kOfOneNumber && text.find_first_not_of(kCharacters) == std::string_view::npos;
}

}  // namespace mmsgate::crypto
