// SPDX-License-Identifier: Apache-2.0
// A gateway's belongings in a folder of their own, as a backup finds them; and archives of any kind.
#pragma once

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "backup/make.hpp"
#include "backup/restore.hpp"
#include "media/blob_store.hpp"
#include "runtime/files.hpp"
#include "store/sqlite_store.hpp"
#include "support/fake_random.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::backup::kit {

namespace fs = std::filesystem;

inline const TimePoint kNow = from_unix_ms(1'790'000'000'000);
inline constexpr const char* kConfigText = "[api]\napipw = secret\n";

/// What the messages have to do: a delivery each.
[[nodiscard]] NewMessage message(const std::string& id, Target target);
/// One command that is waited for.
void accept(store::Store& store, std::vector<NewMessage> messages);

/// A database, a media folder and a config below one folder.
class Belongings {
 public:
  explicit Belongings(const fs::path& folder) : folder_(folder) { fs::create_directories(folder); }

  [[nodiscard]] Source source() const {
    return {.database = database(), .media_folder = media(), .config_file = (folder_ / "mmsgate.conf").string()};
  }
  [[nodiscard]] Home home() const { return {.database = database(), .media_folder = media()}; }
  [[nodiscard]] std::string database() const { return (folder_ / "mmsgate.sqlite").string(); }
  [[nodiscard]] std::string media() const { return (folder_ / "media").string(); }

  [[nodiscard]] std::unique_ptr<store::Store> open(bool read_only = false) const;
  /// A file of these bytes with its row; its name.
  BlobId keep(store::Store& store, const std::string& bytes);
  [[nodiscard]] fs::path path_of(const BlobId& id) const {
    return fs::path(media()) / id.str().substr(0, 2) / id.str();
  }
  void write_config() const { std::ofstream(source().config_file) << kConfigText; }

 private:
  fs::path folder_;
  testing_support::CountingRandom random_;
};

/// All that stands in a folder and below, as relative paths.
[[nodiscard]] std::vector<std::string> everything_in(const fs::path& folder);

struct Member {
  enum class Kind { file, link, hard_link, folder };
  std::string name;
  std::string bytes;
  Kind kind = Kind::file;
};
/// A tar of these, one after the other, whatever they are.
void write_tar(const std::string& path, const std::vector<Member>& members);
/// Its members, by libarchive alone.
[[nodiscard]] std::vector<Member> read_tar(const std::string& path);

}  // namespace mmsgate::backup::kit
