// SPDX-License-Identifier: Apache-2.0
#include "formats/backup_manifest.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

const std::string kSum(64, 'a');
const std::string kHex(32, 'b');

BackupManifest example() {
  return {.version = "1.2.3",
          .made_at = "2026-11-27T02:30:00Z",
          .missing = {*BlobId::parse(std::string(32, 'c'))},
          .files = {{"mmsgate.conf", 12, kSum}, {"database.sqlite", 4096, kSum}, {"media/bb/" + kHex, 0, kSum}}};
}

ErrorKind kind_of(std::string_view text) {
  const auto parsed = parse_backup_manifest(text);
  EXPECT_FALSE(parsed.has_value()) << text;
  return parsed ? ErrorKind::bug : parsed.error().kind;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  return text.replace(text.find(what), what.size(), with);
}

TEST(BackupManifest, ComesBackAsItWent) {
  EXPECT_EQ(parse_backup_manifest(write_backup_manifest(example())), example());
  BackupManifest bare{.version = "1", .made_at = "now", .has_media = false};
  EXPECT_EQ(parse_backup_manifest(write_backup_manifest(bare)), bare);
}

TEST(BackupManifest, IsWhatSha256sumReads) {
  const std::string text = write_backup_manifest(example());
  EXPECT_NE(text.find("\n" + kSum + "  database.sqlite\n"), std::string::npos) << text;
}

TEST(BackupManifest, CutOffAnywhereItIsNone) {
  const std::string text = write_backup_manifest(example());
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_EQ(kind_of(text.substr(0, length)), ErrorKind::corrupt);
}

TEST(BackupManifest, NoNameLeadsAnywhereElse) {
  const std::string text = write_backup_manifest(example());
  for (const char* name :
       {"../database.sqlite", "/etc/passwd", "media/bb/../../x", "", "media/aa/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "media/bb/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB", "SHA256SUMS", "media/bb"}) {
    EXPECT_EQ(kind_of(replaced(text, "database.sqlite", name)), ErrorKind::corrupt) << name;
  }
}

TEST(BackupManifest, TheSameTwiceIsRefused) {
  EXPECT_EQ(kind_of(replaced(write_backup_manifest(example()), "mmsgate.conf", "database.sqlite")), ErrorKind::corrupt);
}

TEST(BackupManifest, WhatIsDamagedIsNamedByItsLine) {
  const std::string text = write_backup_manifest(example());
  for (const auto& [what, with] :
       std::initializer_list<std::pair<const char*, const char*>>{{"# mmsgate backup", "# something else"},
                                                                  {"# format 1", "# format x"},
                                                                  {"# made 2026-11-27T02:30:00Z", "# made "},
                                                                  {"# media yes", "# media perhaps"},
                                                                  {"# missing c", "# missing /"},
                                                                  {"# size 12", "# size -12"},
                                                                  {"# size 12", "# size 99999999999999999999"},
                                                                  {"aaaa  data", "aaag  data"},
                                                                  {"aaaa  data", "aaaa data"},
                                                                  {"# end\n", "# end\n# more\n"},
                                                                  {"# mmsgate 1.2.3", "# mmsgate 1 2"}}) {
    const auto parsed = parse_backup_manifest(replaced(text, what, with));
    ASSERT_FALSE(parsed.has_value()) << with;
    EXPECT_EQ(parsed.error().kind, ErrorKind::corrupt);
    EXPECT_NE(parsed.error().detail.find("line "), std::string::npos) << parsed.error().detail;
  }
}

TEST(BackupManifest, ANewerFormatAsksForANewerMmsgate) {
  const auto parsed = parse_backup_manifest(replaced(write_backup_manifest(example()), "# format 1", "# format 2"));
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().kind, ErrorKind::rejected);
  EXPECT_NE(parsed.error().detail.find("install a newer one"), std::string::npos);
}

}  // namespace
}  // namespace mmsgate::formats
