// SPDX-License-Identifier: Apache-2.0
#include "backup/target.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::backup {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBegin = "mmsgate-";
constexpr std::string_view kEnding = ".tar";

/// What SQLite and the gateway have there.
constexpr const char* kBesideDatabase[] = {"", "-wal", "-shm", "-journal", ".lock", ".control", ".restoring"};

/// "mmsgate-20261127T023000Z.tar": by name is by time.
std::string name_for(TimePoint now) {
  std::string time = rfc3339(now);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  return fmt::format("{}{}{}", kBegin, time, kEnding);
}

bool is_such_a_name(std::string_view name) {
  constexpr std::string_view kForm =
      "dddddddd"
      "T"
      "dddddd"
      "Z";
  if (!name.starts_with(kBegin) || !name.ends_with(kEnding)) return false;
  name = name.substr(kBegin.size(), name.size() - kBegin.size() - kEnding.size());
  return std::ranges::equal(name, kForm,
                            [](char c, char form) { return form == 'd' ? c >= '0' && c <= '9' : c == form; });
}

bool is_below(const fs::path& path, const fs::path& folder) {
  return std::ranges::mismatch(folder, path).in1 == folder.end();
}

/// What the gateway works with must not be written over, nor be a part of itself.
Result<bool> check_is_apart(const Source& source, const fs::path& file) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(file, ignored);
  fs::path media = fs::weakly_canonical(source.media_folder, ignored);
  if (!media.has_filename()) media = media.parent_path();
  if (is_below(real, media)) {
    return fail(ErrorKind::rejected,
                fmt::format("{} is in the media folder, which it is a copy of: name another place", file.string()));
  }
  const std::string database = fs::weakly_canonical(source.database, ignored).string();
  const auto is_beside = [&](const char* ending) { return real.string() == database + ending; };
  const bool is_used =
      std::ranges::any_of(kBesideDatabase, is_beside) || real == fs::weakly_canonical(source.config_file, ignored);
  if (!is_used) return true;
  return fail(ErrorKind::rejected, fmt::format("{} is what the gateway itself uses: name another file", file.string()));
}

Packing packing_of(std::string_view file) {
  if (file.ends_with(".gz") || file.ends_with(".tgz")) return Packing::gzip;
  return file.ends_with(".zst") ? Packing::zstd : Packing::none;
}

}  // namespace

Result<Target> choose_target(const Source& source, const Wish& wish, TimePoint now) {
  std::error_code error;
  const bool is_folder = wish.to != "-" && fs::is_directory(wish.to, error);
  if (wish.keep > 0 && !is_folder) {
    return fail(ErrorKind::rejected, fmt::format("--keep wants a folder that is there: {} is none", wish.to));
  }
  if (wish.to == "-") return Target{.folder = runtime::folder_for_temporary_files()};
  const fs::path file = fs::absolute(is_folder ? fs::path(wish.to) / name_for(now) : fs::path(wish.to), error);
  if (error) return fail(ErrorKind::rejected, fmt::format("{}: {}", wish.to, error.message()));
  const fs::file_status there = fs::symlink_status(file, error);
  if (fs::exists(there) && !wish.may_replace) {
    return fail(ErrorKind::rejected,
                fmt::format("{} is there already: name another file, or say --force", file.string()));
  }
  if (fs::exists(there) && !fs::is_regular_file(there)) {
    return fail(ErrorKind::rejected,
                fmt::format("{} is not a plain file: name another one, or - for standard output", file.string()));
  }
  if (auto apart = check_is_apart(source, file); !apart) return std::unexpected(apart.error());
  return Target{.file = file.string(), .folder = file.parent_path().string(), .packing = packing_of(file.string())};
}

std::vector<std::string> remove_old(const std::string& folder, int keep) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error); !error && it != fs::directory_iterator(); it.increment(error)) {
    std::string name = it->path().filename().string();
    if (is_such_a_name(name)) names.push_back(std::move(name));
  }
  std::ranges::sort(names, std::greater());
  std::vector<std::string> removed;
  for (auto name = names.begin() + std::min<std::ptrdiff_t>(keep, std::ssize(names)); name != names.end(); ++name) {
    std::error_code ignored;
    if (fs::remove(fs::path(folder) / *name, ignored)) removed.push_back(std::move(*name));
  }
  return removed;
}

}  // namespace mmsgate::backup
