// SPDX-License-Identifier: Apache-2.0
#include "media/measure.hpp"

#include <openssl/evp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include <fmt/format.h>

namespace mmsgate::media {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

std::string hex(std::string_view bytes) {
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

std::optional<Kept> measure(int fd, const BlobId& id) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> hash(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!hash || EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) != 1) {
    errno = ENOMEM;
    return std::nullopt;
  }
  Kept kept{.id = id};
  const auto buffer = std::make_unique<std::array<char, kReadBytes>>();
  for (;;) {
    const ssize_t n = ::pread(fd, buffer->data(), buffer->size(), static_cast<off_t>(kept.size));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) break;
    EVP_DigestUpdate(hash.get(), buffer->data(), static_cast<std::size_t>(n));
    kept.size += static_cast<std::uint64_t>(n);
  }
  std::array<char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_DigestFinal_ex(hash.get(), reinterpret_cast<unsigned char*>(digest.data()), &length);
  kept.sha256 = hex({digest.data(), length});
  return kept;
}

}  // namespace mmsgate::media
