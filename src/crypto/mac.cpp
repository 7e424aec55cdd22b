// SPDX-License-Identifier: Apache-2.0
#include "crypto/mac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <new>

namespace mmsgate::crypto {

std::string hmac_sha256(std::string_view secret, std::string_view text) {
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned length = 0;
  const auto* made = HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                          reinterpret_cast<unsigned char*>(mac.data()), &length);
  if (made == nullptr) throw std::bad_alloc();
  mac.resize(length);
  return mac;
}

}  // namespace mmsgate::crypto
