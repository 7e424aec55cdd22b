// SPDX-License-Identifier: Apache-2.0
#include "crypto/stretch.hpp"

#include <openssl/evp.h>

namespace mmsgate::crypto {

Result<std::string> stretch(std::string_view password, std::string_view salt) {
  constexpr int kRounds = 300'000;  // about a tenth of a second
  constexpr std::size_t kBytes = 32;
  std::string secret(kBytes, '\0');
  const bool done =
      PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                        reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()), kRounds,
                        EVP_sha256(), static_cast<int>(kBytes), reinterpret_cast<unsigned char*>(secret.data())) == 1;
  if (!done) return fail(ErrorKind::bug, "OpenSSL cannot make a key of a password");
  return secret;
}

}  // namespace mmsgate::crypto
