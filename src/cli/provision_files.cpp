// SPDX-License-Identifier: Apache-2.0
#include "cli/provision_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "runtime/descriptor.hpp"
#include "runtime/files.hpp"

namespace mmsgate::cli {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> cannot_write(const std::string& path, int error) {
  return fail(ErrorKind::transient, fmt::format("cannot write {}: {}", path, std::strerror(error)));
}

/// Without links and dots, also where its end is not there yet.
fs::path resolved(const std::string& path) {
  std::error_code ignored;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  return whole.has_filename() ? whole : whole.parent_path();
}

/// Nothing is there, or an earlier one of the same kind: it begins alike. A slip of the hand must not cost a database.
bool is_free_for(const std::string& path, std::string_view bytes) {
  constexpr std::size_t kBeginning = 4;
  const runtime::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0) return errno == ENOENT;
  std::array<char, kBeginning> there{};
  const ssize_t n = ::read(file.get(), there.data(), there.size());
  return n == static_cast<ssize_t>(kBeginning) && bytes.starts_with(std::string_view(there.data(), there.size()));
}

}  // namespace

Result<bool> check_is_private(const std::string& path, const std::string& media_folder) {
  const fs::path wanted = resolved(path);
  const fs::path media = resolved(media_folder);
  const auto [end_of_media, rest] = std::ranges::mismatch(media, wanted);
  if (end_of_media != media.end()) return true;
  return fail(ErrorKind::rejected,
              fmt::format("{} is in the media folder {} ([web] localmedia), whose files the gateway gives to everybody "
                          "who asks, and this would hold a login: name another folder",
                          path, media_folder));
}

Result<bool> write_private(const std::string& path, std::string_view bytes) {
  if (const auto trouble = runtime::make_private_folder(fs::path(path).parent_path())) {
    return cannot_write(trouble->folder, trouble->error);
  }
  if (!is_free_for(path, bytes)) {
    return fail(ErrorKind::rejected, fmt::format("{} is there, and something else: name another file", path));
  }
  // A new file that takes the old one's place: nobody has it open, and it is no link to elsewhere.
  const std::string draft = path + ".new";
  if (!runtime::write_new_file(draft, bytes)) return cannot_write(path, errno);
  if (!runtime::move_file(draft, path)) {
    const int error = errno;
    ::unlink(draft.c_str());
    return cannot_write(path, error);
  }
  return true;
}

std::string file_at(const std::string& path, const std::string& name, bool is_one_of_several) {
  std::error_code ignored;
  const bool is_folder = is_one_of_several || path.ends_with('/') || fs::is_directory(path, ignored);
  return is_folder ? (fs::path(path) / name).string() : path;
}

}  // namespace mmsgate::cli
