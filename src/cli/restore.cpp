// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include "backup/restore.hpp"
#include "cli/backup.hpp"
#include "cli/identity.hpp"
#include "cli/say.hpp"
#include "ops/control.hpp"
#include "runtime/descriptor.hpp"
#include "runtime/files.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {
namespace {

Result<runtime::Descriptor> open_archive(const std::string& from) {
  const int fd = from == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return fail(ErrorKind::transient, fmt::format("cannot read {}: {}", from, std::strerror(errno)));
  return runtime::Descriptor(fd);
}

int say_checked(const backup::Restored& checked) {
  const formats::BackupManifest& manifest = checked.manifest;
  fmt::print("It is whole: made on {} by mmsgate {}, with the database{}.\n", manifest.made_at, manifest.version,
             manifest.has_media ? fmt::format(" and {} files", checked.files) : " and without files");
  if (!manifest.missing.empty()) fmt::print("{} files were missing even then.\n", manifest.missing.size());
  return 0;
}

/// Where this machine keeps things: as its config says, or the backup's own where that is wanted.
class Chooser {
 public:
  Chooser(const std::string& config_file, const RestoreOptions& options)
      : config_file_(config_file), options_(options) {}

  Result<backup::Home> choose(const std::optional<std::string>& theirs) {
    const bool wants_theirs = !options_.into_config.empty();
    auto config = wants_theirs ? read_theirs(theirs) : ops::load_config(config_file_);
    if (!config && !wants_theirs) {
      return fail(config.error().kind,
                  fmt::format("{} (--into-config FILE takes the config that is in the backup)", config.error().detail));
    }
    if (!config) return std::unexpected(config.error());
    // Also keeps a gateway from beginning while we work.
    auto control = ops::Control::open(config->database);
    if (!control) return std::unexpected(control.error());
    control_ = *std::move(control);
    home_ = {.database = config->database,
             .media_folder = config->media_folder,
             .config_file = options_.into_config,
             .carrier_settles = config->carrier_settles};
    return home_;
  }

  [[nodiscard]] const backup::Home& home() const { return home_; }

 private:
  [[nodiscard]] Result<ops::Config> read_theirs(const std::optional<std::string>& theirs) const {
    if (!theirs)
      return fail(ErrorKind::rejected, "there is no config in the backup: write one, and leave --into-config");
    const auto there = runtime::read_file(options_.into_config);
    if (there && there != theirs) {
      return fail(ErrorKind::rejected, fmt::format("{} is there, and nothing is written over: move it away, or leave "
                                                   "--into-config and name it with --config-file",
                                                   options_.into_config));
    }
    return ops::read_config(*theirs, "the config in the backup");
  }

  const std::string& config_file_;
  const RestoreOptions& options_;
  std::unique_ptr<ops::Control> control_;
  backup::Home home_;
};

}  // namespace

int restore(const std::string& config_file, const RestoreOptions& options) {
  const auto archive = open_archive(options.from);
  if (!archive) return say(archive.error().detail);
  // Root's file is open; what is made of it is the gateway's.
  if (const auto gone = go_by_the_gateway(config_file, Rights::gateways); !gone) return say(gone.error().detail);
  if (options.check) {
    const auto checked = backup::check_backup(archive->get(), runtime::folder_for_temporary_files());
    return checked ? say_checked(*checked) : say(checked.error().detail);
  }
  Chooser chooser(config_file, options);
  runtime::SystemRandom random;
  const auto restored = backup::restore(
      archive->get(), [&](const std::optional<std::string>& config) { return chooser.choose(config); },
      runtime::SystemClock().now(), random);
  if (!restored) return say(restored.error().detail);
  const backup::Home& home = chooser.home();
  fmt::print("Restored as of {}: the database {}", restored->manifest.made_at, home.database);
  if (restored->manifest.has_media) fmt::print(" and {} files in {}", restored->files, home.media_folder);
  fmt::print(".\n");
  if (!home.config_file.empty()) fmt::print("The config is in {}, with its passwords.\n", home.config_file);
  if (!restored->manifest.has_media)
    fmt::print("The files are not in this backup: put them into {}.\n", home.media_folder);
  if (restored->asked_first > 0) {
    fmt::print("{} deliveries were open towards VoIP.ms then; it is asked about each before it is sent.\n",
               restored->asked_first);
  }
  fmt::print("Now start the gateway. What came since then it fetches from VoIP.ms' log.\n");
  return 0;
}

}  // namespace mmsgate::cli
