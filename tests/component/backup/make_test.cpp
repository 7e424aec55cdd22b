// SPDX-License-Identifier: Apache-2.0
// Making a backup: what is in it, where it may go, what it leaves behind, and what holds it up.
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "kit.hpp"
#include "media/hold.hpp"

namespace mmsgate::backup::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class MakeTest : public testing::Test {
 protected:
  void SetUp() override {
    there_.write_config();
    store_ = there_.open();
    accept(*store_, {message("1", Target::phone)});
    picture_ = there_.keep(*store_, "picture");
    fs::create_directory(out_);
  }
  [[nodiscard]] Result<Made> make(Wish wish) const {
    return make_backup(there_.source(), wish, kNow, [](std::uint64_t, std::uint64_t) {});
  }
  [[nodiscard]] std::string out(const std::string& name) const { return (out_ / name).string(); }
  [[nodiscard]] std::string refused(Wish wish) const {
    const auto made = make(std::move(wish));
    EXPECT_FALSE(made.has_value());
    return made ? "" : made.error().detail;
  }

  testing_support::TempFolder folder_;
  Belongings there_{folder_.path() / "there"};
  fs::path out_ = folder_.path() / "out";
  std::unique_ptr<store::Store> store_;
  std::optional<BlobId> picture_;
};

TEST_F(MakeTest, HoldsConfigDatabaseFilesAndTheListOfThem) {
  const auto made = make({.to = out("b.tar")});
  ASSERT_TRUE(made.has_value()) << made.error().detail;
  EXPECT_EQ(made->files, 1U);
  const auto members = read_tar(out("b.tar"));
  std::vector<std::string> names;
  for (const Member& each : members) names.push_back(each.name);
  EXPECT_THAT(names, ElementsAre("mmsgate-backup/mmsgate.conf", "mmsgate-backup/database.sqlite",
                                 "mmsgate-backup/" + formats::backup_name(*picture_), "mmsgate-backup/SHA256SUMS"));
  EXPECT_EQ(members[0].bytes, kConfigText);
  EXPECT_EQ(members[2].bytes, "picture");
  EXPECT_EQ(formats::parse_backup_manifest(members[3].bytes)->files.size(), 3U);
}

// The copy stands alone: no log belongs to it (bytes 18 and 19 of the header are 1:
// https://sqlite.org/fileformat2.html).
TEST_F(MakeTest, TheDatabaseInItNeedsNoOtherFile) {
  ASSERT_TRUE(make({.to = out("b.tar")}).has_value());
  const auto members = read_tar(out("b.tar"));
  EXPECT_EQ(members[1].bytes.substr(0, 15), "SQLite format 3");
  EXPECT_EQ(members[1].bytes[18], 1);
  EXPECT_EQ(members[1].bytes[19], 1);
}

TEST_F(MakeTest, IsForItsOwnerAloneAndLeavesNothingElse) {
  ::umask(0);
  ASSERT_TRUE(make({.to = out("b.tar")}).has_value());
  ::umask(022);
  struct stat about {};
  ASSERT_EQ(::stat(out("b.tar").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  EXPECT_THAT(everything_in(out_), ElementsAre("b.tar"));
}

TEST_F(MakeTest, CompressesByItsName) {
  for (const char* name : {"b.tar.gz", "b.tar.zst"}) {
    ASSERT_TRUE(make({.to = out(name)}).has_value());
    EXPECT_EQ(read_tar(out(name)).size(), 4U) << name;
  }
  EXPECT_EQ(runtime::read_file(out("b.tar.gz"))->substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(runtime::read_file(out("b.tar.zst"))->substr(0, 4), "\x28\xb5\x2f\xfd");
}

TEST_F(MakeTest, FilesAndConfigMayBeLeftOut) {
  ASSERT_TRUE(make({.to = out("b.tar"), .with_media = false, .with_config = false}).has_value());
  EXPECT_EQ(read_tar(out("b.tar")).size(), 2U);
}

TEST_F(MakeTest, WritesOverNothingUnlessTold) {
  std::ofstream(out("b.tar")) << "dear to me";
  EXPECT_THAT(refused({.to = out("b.tar")}), HasSubstr("is there already"));
  EXPECT_EQ(runtime::read_file(out("b.tar")), "dear to me");
  EXPECT_TRUE(make({.to = out("b.tar"), .may_replace = true}).has_value());
  EXPECT_EQ(read_tar(out("b.tar")).size(), 4U);
}

TEST_F(MakeTest, GoesNeverWhereItWouldSpoilWhatItIsOf) {
  EXPECT_THAT(refused({.to = there_.media() + "/b.tar"}), HasSubstr("in the media folder"));
  EXPECT_THAT(refused({.to = there_.media() + "/../media/ab/b.tar"}), HasSubstr("in the media folder"));
  EXPECT_THAT(refused({.to = there_.database(), .may_replace = true}), HasSubstr("the gateway itself uses"));
  EXPECT_THAT(refused({.to = there_.database() + "-wal", .may_replace = true}), HasSubstr("the gateway itself uses"));
  EXPECT_THAT(refused({.to = there_.source().config_file, .may_replace = true}), HasSubstr("the gateway itself uses"));
  ASSERT_EQ(::mkfifo(out("pipe").c_str(), 0600), 0);
  EXPECT_THAT(refused({.to = out("pipe"), .may_replace = true}), HasSubstr("not a plain file"));
  EXPECT_THAT(refused({.to = out("no/such/folder.tar")}), HasSubstr("cannot make"));
}

TEST_F(MakeTest, AFolderGetsOneByTheTimeAndKeepsSoMany) {
  for (const char* name :
       {"mmsgate-20260101T000000Z.tar", "mmsgate-20260102T000000Z.tar", "mmsgate-mine.tar", "other"}) {
    std::ofstream(out(name)) << "x";
  }
  const auto made = make({.to = out_.string(), .keep = 2});
  ASSERT_TRUE(made.has_value()) << made.error().detail;
  EXPECT_EQ(fs::path(made->file).filename(), "mmsgate-20260921T141320Z.tar");
  EXPECT_THAT(made->removed, ElementsAre("mmsgate-20260101T000000Z.tar"));
  EXPECT_THAT(everything_in(out_),
              ElementsAre("mmsgate-20260102T000000Z.tar", "mmsgate-20260921T141320Z.tar", "mmsgate-mine.tar", "other"));
  EXPECT_THAT(refused({.to = out("b.tar"), .keep = 2}), HasSubstr("--keep wants a folder"));
}

TEST_F(MakeTest, RemovesWhatOneThatWasCutOffHasLeftAndNotWhatIsAlive) {
  for (const char* name : {"a.tar.mmsgate-part", "a.tar.mmsgate-part-db", "a.tar.mmsgate-part-db-journal",
                           "b.tar.mmsgate-part", "c.tar.part"}) {
    std::ofstream(out(name)) << "x";
  }
  const runtime::Descriptor alive(::open(out("b.tar.mmsgate-part").c_str(), O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::flock(alive.get(), LOCK_EX), 0);
  EXPECT_THAT(refused({.to = out("b.tar")}), HasSubstr("is being written just now"));
  ASSERT_TRUE(make({.to = out("d.tar")}).has_value());
  EXPECT_THAT(everything_in(out_), ElementsAre("b.tar.mmsgate-part", "c.tar.part", "d.tar"));
}

// A person removed it, or a crash came between the file and its row.
TEST_F(MakeTest, AFileThatIsGoneBreaksNothingAndIsTold) {
  fs::remove(there_.path_of(*picture_));
  const auto made = make({.to = out("b.tar")});
  ASSERT_TRUE(made.has_value()) << made.error().detail;
  EXPECT_THAT(made->missing, ElementsAre(picture_->str()));
  EXPECT_THAT(formats::parse_backup_manifest(read_tar(out("b.tar")).back().bytes)->missing, ElementsAre(*picture_));
}

TEST_F(MakeTest, AFileThatTheDiskHasChangedIsTold) {
  std::ofstream(there_.path_of(*picture_)) << "pictuRe";
  EXPECT_THAT(make({.to = out("b.tar")})->spoilt, ElementsAre(picture_->str()));
}

TEST_F(MakeTest, WithoutTheMediaFolderItIsNoBackup) {
  fs::remove_all(there_.media());
  EXPECT_THAT(refused({.to = out("b.tar")}), HasSubstr("localmedia"));
  EXPECT_TRUE(make({.to = out("b.tar"), .with_media = false}).has_value());
}

TEST_F(MakeTest, ADamagedDatabaseMakesNoBackup) {
  store_.reset();
  {
    std::fstream file(there_.database(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(2 * 4096);  // the first table's page
    file << std::string(100, '\xff');
  }
  EXPECT_THAT(refused({.to = out("b.tar")}), HasSubstr("damaged"));
  EXPECT_THAT(everything_in(out_), IsEmpty());
}

TEST_F(MakeTest, WhoRemovesFilesAndWhoKeepsThemExcludeEachOther) {
  {
    const auto removing = media::hold_for_removal(there_.media());
    ASSERT_TRUE(removing.has_value());
    EXPECT_FALSE(media::hold_files(there_.media(), std::chrono::seconds(0)).has_value());
  }
  const auto first = media::hold_files(there_.media(), std::chrono::seconds(0));
  const auto second = media::hold_files(there_.media(), std::chrono::seconds(0));
  EXPECT_TRUE(first.has_value() && second.has_value()) << "two backups at once do no harm";
  const auto removing = media::hold_for_removal(there_.media());
  ASSERT_FALSE(removing.has_value());
  EXPECT_EQ(removing.error().kind, ErrorKind::limit);
}

TEST_F(MakeTest, WithoutADatabaseThereIsNothingToKeep) {
  const Belongings nothing(folder_.path() / "nothing");
  const auto made = make_backup(nothing.source(), {.to = out("b.tar"), .with_media = false}, kNow, [](auto, auto) {});
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().detail, HasSubstr(nothing.database()));
  EXPECT_FALSE(fs::exists(nothing.database()));
  EXPECT_THAT(everything_in(out_), IsEmpty());
}

}  // namespace
}  // namespace mmsgate::backup::kit
