// SPDX-License-Identifier: Apache-2.0
#include "core/hook.hpp"

#include <string_view>

namespace mmsgate {

std::string make_hook_token(Random& random) {
  constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  constexpr std::size_t kLength = 26;
  constexpr unsigned kBits = 5;
  constexpr unsigned kOfOneNumber = 64 / kBits;
  static_assert(kAlphabet.size() == 1U << kBits && kLength * kBits >= 128);
  std::string token;
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < kLength; ++i) {
    if (i % kOfOneNumber == 0) bits = random.next();
    token += kAlphabet[bits % kAlphabet.size()];
    bits >>= kBits;
  }
  return token;
}

}  // namespace mmsgate
