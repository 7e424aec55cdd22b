// SPDX-License-Identifier: Apache-2.0
#include "crypto/seal.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>
#include <memory>

#include "crypto/digest.hpp"

namespace mmsgate::crypto {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

using Key = std::array<unsigned char, kKeyBytes>;
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* in(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* out(std::string& bytes, std::size_t at = 0) { return reinterpret_cast<unsigned char*>(&bytes[at]); }
int length(std::string_view bytes) { return static_cast<int>(bytes.size()); }

std::unexpected<Error> failed() { return fail(ErrorKind::bug, "the cipher of OpenSSL does not work"); }

Result<Key> derive(std::string_view secret, std::string_view label) {
  const std::unique_ptr<EVP_KDF, decltype(&EVP_KDF_free)> kind(EVP_KDF_fetch(nullptr, "HKDF", nullptr), EVP_KDF_free);
  const std::unique_ptr<EVP_KDF_CTX, decltype(&EVP_KDF_CTX_free)> context(
      kind == nullptr ? nullptr : EVP_KDF_CTX_new(kind.get()), EVP_KDF_CTX_free);
  std::string hash = "SHA256";
  std::string from(secret);
  std::string info(label);
  const std::array params{OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
                          OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, from.data(), from.size()),
                          OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
                          OSSL_PARAM_construct_end()};
  Key key{};
  if (context == nullptr || EVP_KDF_derive(context.get(), key.data(), key.size(), params.data()) != 1) return failed();
  return key;
}

std::string make_nonce(Random& random) {
  std::string nonce;
  while (nonce.size() < kNonceBytes) {
    for (std::uint64_t bits = random.next(), left = sizeof bits; left > 0; --left, bits >>= 8U) {
      nonce += static_cast<char>(bits & 0xFFU);
    }
  }
  nonce.resize(kNonceBytes);
  return nonce;
}

}  // namespace

Result<std::string> seal(std::string_view secret, std::string_view label, std::string_view plain, Random& random) {
  const auto key = derive(secret, label);
  if (!key) return std::unexpected(key.error());
  std::string sealed = make_nonce(random);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  const bool done =
      cipher != nullptr && EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key->data(), in(sealed)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), out(sealed, kNonceBytes), &written, in(plain), length(plain)) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), out(sealed, kNonceBytes + plain.size()), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                          out(sealed, kNonceBytes + plain.size())) == 1;
  if (!done) return failed();
  return to_hex(sealed);
}

Result<std::string> unseal(std::string_view secret, std::string_view label, std::string_view sealed) {
  const auto key = derive(secret, label);
  if (!key) return std::unexpected(key.error());
  auto bytes = from_hex(sealed);
  if (!bytes || bytes->size() < kNonceBytes + kTagBytes) return fail(ErrorKind::corrupt, "this was never sealed");
  const std::string_view body = std::string_view(*bytes).substr(kNonceBytes, bytes->size() - kNonceBytes - kTagBytes);
  std::string plain(body.size(), '\0');
  const Cipher cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  const bool opened = cipher != nullptr &&
                      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, key->data(), in(*bytes)) == 1 &&
                      EVP_DecryptUpdate(cipher.get(), out(plain), &written, in(body), length(body)) == 1 &&
                      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes),
                                          out(*bytes, bytes->size() - kTagBytes)) == 1 &&
                      EVP_DecryptFinal_ex(cipher.get(), out(plain, plain.size()), &written) == 1;
  if (!opened) return fail(ErrorKind::corrupt, "it was sealed with another secret, or has been changed");
  return plain;
}

}  // namespace mmsgate::crypto
