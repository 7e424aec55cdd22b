// SPDX-License-Identifier: Apache-2.0
#include "media/hold.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include <fmt/format.h>

namespace mmsgate::media {
namespace {

/// Asked again so often: flock(2) can wait, but not for a while only.
constexpr auto kPause = std::chrono::milliseconds(50);

Result<runtime::Descriptor> open_folder_itself(const std::string& folder) {
  runtime::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) return opened;
  return fail(ErrorKind::transient,
              fmt::format("cannot open the media folder {} ([web] localmedia): {}", folder, std::strerror(errno)));
}

}  // namespace

Result<runtime::Descriptor> hold_files(const std::string& folder, std::chrono::seconds patience) {
  auto opened = open_folder_itself(folder);
  if (!opened) return opened;
  const auto limit = std::chrono::steady_clock::now() + patience;
  while (::flock(opened->get(), LOCK_SH | LOCK_NB) != 0) {
    if (std::chrono::steady_clock::now() >= limit) {
      return fail(ErrorKind::transient,
                  fmt::format("files of the media folder {} are being removed, for more than {} s: try again later",
                              folder, patience.count()));
    }
    std::this_thread::sleep_for(kPause);
  }
  return opened;
}

Result<runtime::Descriptor> hold_for_removal(const std::string& folder) {
  auto opened = open_folder_itself(folder);
  if (!opened) return opened;
  if (::flock(opened->get(), LOCK_EX | LOCK_NB) == 0) return opened;
  return fail(ErrorKind::limit, "a backup is being made, and nothing is removed meanwhile: try again when it is done");
}

}  // namespace mmsgate::media
