// SPDX-License-Identifier: Apache-2.0
#include "backup/restore.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "backup/building_site.hpp"
#include "backup/part_file.hpp"
#include "backup/room.hpp"
#include "backup/unpack.hpp"
#include "runtime/failpoint.hpp"
#include "runtime/files.hpp"
#include "store/copy.hpp"

namespace mmsgate::backup {
namespace {

std::size_t media_files(const formats::BackupManifest& manifest) {
  return static_cast<std::size_t>(std::ranges::count_if(manifest.files, [](const formats::BackupFile& file) {
    return formats::blob_of_backup_name(file.name).has_value();
  }));
}

/// The same text that is there already is as good as ours: a restore that was cut off may have put it there.
Result<bool> put_config(const std::string& path, const std::string& text) {
  if (runtime::read_file(path) == text) return true;
  auto part = PartFile::make(path);
  if (!part) return std::unexpected(part.error());
  if (!runtime::write_all(part->fd(), text)) {
    return fail(ErrorKind::transient, fmt::format("cannot write {}: {}", path, std::strerror(errno)));
  }
  return part->keep(/*may_replace=*/false);
}

class Restorer {
 public:
  Restorer(const ChooseHome& choose, TimePoint now, Random& random) : choose_(choose), now_(now), random_(random) {}

  Result<Restored> run(int archive) {
    auto manifest = unpack(
        archive, [this](const std::optional<std::string>& config) { return on_config(config); },
        [this](const ArchiveReader::Entry& entry) { return open_for(entry); });
    if (!manifest) return std::unexpected(manifest.error());
    runtime::failpoint("restore: all is unpacked");
    if (auto good = check_database(site_->database(), *manifest); !good) return std::unexpected(good.error());
    const auto asked = store::make_ready(site_->database(), now_, now_ + home_.carrier_settles);
    if (!asked) return std::unexpected(asked.error());
    if (auto put = site_->put_files(); !put) return std::unexpected(put.error());
    if (!home_.config_file.empty()) {
      if (auto put = put_config(home_.config_file, config_); !put) return std::unexpected(put.error());
    }
    if (auto decided = site_->decide(); !decided) return std::unexpected(decided.error());
    const std::size_t files = media_files(*manifest);
    return Restored{.manifest = *std::move(manifest), .files = files, .asked_first = *asked};
  }

 private:
  Result<bool> on_config(const std::optional<std::string>& config) {
    auto home = choose_(config);
    if (!home) return std::unexpected(home.error());
    home_ = *std::move(home);
    config_ = config.value_or("");
    auto site = BuildingSite::open(home_.database, home_.media_folder, random_);
    if (!site) return std::unexpected(site.error());
    site_ = *std::move(site);
    return true;
  }

  Result<runtime::Descriptor> open_for(const ArchiveReader::Entry& entry) {
    const auto id = formats::blob_of_backup_name(entry.name);
    return id ? site_->make_file(*id, entry.size) : site_->make_database(entry.size);
  }

  const ChooseHome& choose_;
  const TimePoint now_;
  Random& random_;
  Home home_;
  std::string config_;
  std::unique_ptr<BuildingSite> site_;
};

}  // namespace

Result<Restored> restore(int archive, const ChooseHome& choose, TimePoint now, Random& random) {
  return Restorer(choose, now, random).run(archive);
}

Result<Restored> check_backup(int archive, const std::string& folder) {
  remove_leftovers(folder);
  const auto part = PartFile::make(fmt::format("{}/mmsgate-{}", folder, ::getpid()));
  if (!part) return std::unexpected(part.error());
  auto manifest = unpack(
      archive, [](const std::optional<std::string>&) { return true; },
      [&](const ArchiveReader::Entry& entry) -> Result<runtime::Descriptor> {
        if (entry.name != formats::kBackupDatabase) return runtime::Descriptor();
        if (auto room = check_room(folder, entry.size); !room) return std::unexpected(room.error());
        runtime::Descriptor file(
            ::open(part->database().c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (file.is_open()) return file;
        return fail(ErrorKind::transient, fmt::format("cannot make a file in {}: {}", folder, std::strerror(errno)));
      });
  if (!manifest) return std::unexpected(manifest.error());
  if (auto good = check_database(part->database(), *manifest); !good) return std::unexpected(good.error());
  const std::size_t files = media_files(*manifest);
  return Restored{.manifest = *std::move(manifest), .files = files};
}

}  // namespace mmsgate::backup
