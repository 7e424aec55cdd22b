// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.hpp"

#include <openssl/evp.h>

#include <array>
#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

namespace mmsgate::crypto {
namespace {

std::string digest(std::string_view bytes, const EVP_MD* kind) {
  std::array<char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  // It fails without memory only; a hash that is none would let anybody in.
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(out.data()), &length, kind, nullptr) !=
      1) {
    std::abort();
  }
  return to_hex({out.data(), length});
}

}  // namespace

std::string sha256_hex(std::string_view bytes) { return digest(bytes, EVP_sha256()); }

std::string md5_hex(std::string_view bytes) { return digest(bytes, EVP_md5()); }

std::string to_hex(std::string_view bytes) {
  std::string text;
  text.reserve(2 * bytes.size());
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  bytes.reserve(hex.size() / 2);
  for (; !hex.empty(); hex.remove_prefix(2)) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

}  // namespace mmsgate::crypto
