// SPDX-License-Identifier: Apache-2.0
#include "media/measure.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "media/sha256.hpp"

namespace mmsgate::media {
namespace {

constexpr std::size_t kReadBytes = 64 << 10;

}  // namespace

std::optional<Kept> measure(int fd, const BlobId& id) {
  Sha256 hash;
  Kept kept{.id = id};
  const auto buffer = std::make_unique<std::array<char, kReadBytes>>();
  for (;;) {
    const ssize_t n = ::pread(fd, buffer->data(), buffer->size(), static_cast<off_t>(kept.size));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return std::nullopt;
    if (n == 0) break;
    hash.add({buffer->data(), static_cast<std::size_t>(n)});
    kept.size += static_cast<std::uint64_t>(n);
  }
  kept.sha256 = hash.hex();
  if (!kept.sha256.empty()) return kept;
  errno = ENOMEM;
  return std::nullopt;
}

}  // namespace mmsgate::media
