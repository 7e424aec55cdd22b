// SPDX-License-Identifier: Apache-2.0
#include "crypto/same.hpp"

#include <openssl/crypto.h>

namespace mmsgate::crypto {

bool same(std::string_view one, std::string_view other) {
  return one.size() == other.size() && CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace mmsgate::crypto
