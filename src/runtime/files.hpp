// SPDX-License-Identifier: Apache-2.0
// Reading and writing a file as a whole, folders for us alone, where temporary files go. Any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace mmsgate::runtime {

/// Nothing: it cannot be read; a folder cannot either.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path);

/// All of it, however little the kernel takes at once. False: errno says why not; some of it may be there.
[[nodiscard]] bool write_all(int fd, std::string_view bytes);

/// A new file for its owner alone, whole and on disk, or none. What was there goes first, and no link is followed.
/// False: errno says why not.
[[nodiscard]] bool write_new_file(const std::string& path, std::string_view bytes);

/// In the place of what is there: who looks finds the one or the other, whole. False: errno says why not.
[[nodiscard]] bool move_file(const std::string& from, const std::string& to);

/// The names in it are on disk. Empty: the folder that we are in. False: errno says why not.
[[nodiscard]] bool sync_folder(const std::filesystem::path& folder);

struct FolderTrouble {
  std::filesystem::path folder;
  int error = 0;
};
/// Made with all above it that is missing, for its owner alone, with no moment in between in which others may look.
/// Nothing: it is there.
[[nodiscard]] std::optional<FolderTrouble> make_private_folder(const std::filesystem::path& folder);

/// TMPDIR where it says something, else /var/tmp: /tmp may be memory, and a copy of a database is large.
[[nodiscard]] std::string folder_for_temporary_files();

}  // namespace mmsgate::runtime
