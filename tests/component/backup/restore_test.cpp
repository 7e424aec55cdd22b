// SPDX-License-Identifier: Apache-2.0
// Bringing a backup back: all of it or nothing, never over anything, and never what a stranger wants.
#include <sys/stat.h>

#include <gmock/gmock.h>

#include "crypto/digest.hpp"
#include "kit.hpp"
#include "support/vanished_folder.hpp"

namespace mmsgate::backup::kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RestoreTest : public testing::Test {
 protected:
  void SetUp() override {
    there_.write_config();
    auto store = there_.open();
    accept(*store, {message("1", Target::phone), message("2", Target::carrier)});
    picture_ = there_.keep(*store, "picture");
    store.reset();
    ASSERT_TRUE(make_backup(there_.source(), {.to = archive_}, kNow, [](auto, auto) {}).has_value());
    members_ = read_tar(archive_);
  }

  [[nodiscard]] Result<Restored> bring(const std::string& archive, Home home) {
    const runtime::Descriptor file(::open(archive.c_str(), O_RDONLY | O_CLOEXEC));
    return restore(
        file.get(), [&](const std::optional<std::string>&) { return home; }, kNow, random_);
  }
  [[nodiscard]] Result<Restored> bring() { return bring(archive_, here_.home()); }
  [[nodiscard]] Result<Restored> check(const std::string& archive) {
    const runtime::Descriptor file(::open(archive.c_str(), O_RDONLY | O_CLOEXEC));
    return check_backup(file.get(), folder_.path().string());
  }
  /// The archive of `members_` is refused by both, and nothing of it stays.
  std::string refused() {
    const std::string bad = folder_.file("bad.tar");
    write_tar(bad, members_);
    return refused(bad);
  }
  std::string refused(const std::string& bad) {
    const auto checked = check(bad);
    const auto restored = bring(bad, here_.home());
    EXPECT_FALSE(checked.has_value() || restored.has_value());
    if (checked || restored) return "";
    EXPECT_EQ(restored.error(), checked.error());
    EXPECT_THAT(everything_in(folder_.path() / "here"),
                testing::AnyOf(IsEmpty(), ElementsAre("media", "media/incoming")));
    EXPECT_FALSE(fs::exists(folder_.file("escaped")));
    return restored.error().detail;
  }
  /// After a change of its members: a list that agrees with them.
  void write_list() {
    formats::BackupManifest list{.version = "1", .made_at = "now"};
    for (std::size_t i = 0; i + 1 < members_.size(); ++i) {
      crypto::Sha256 hash;
      hash.add(members_[i].bytes);
      list.files.push_back(
          {members_[i].name.substr(formats::kBackupFolder.size()), members_[i].bytes.size(), hash.hex()});
    }
    members_.back().bytes = formats::write_backup_manifest(list);
  }

  testing_support::TempFolder folder_;
  Belongings there_{folder_.path() / "there"};
  Belongings here_{folder_.path() / "here"};
  std::string archive_ = folder_.file("b.tar");
  std::vector<Member> members_;
  std::optional<BlobId> picture_;
  testing_support::CountingRandom random_;
};

TEST_F(RestoreTest, BringsEverythingBack) {
  const auto restored = bring();
  ASSERT_TRUE(restored.has_value()) << restored.error().detail;
  EXPECT_EQ(restored->files, 1U);
  EXPECT_EQ(runtime::read_file(here_.path_of(*picture_).string()), "picture");
  EXPECT_EQ(here_.open()->counts()->messages, 2);
  struct stat about {};
  ASSERT_EQ(::stat(here_.database().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  for (const std::string& path : everything_in(folder_.path() / "here")) {
    EXPECT_THAT(path, testing::Not(HasSubstr("restoring")));
  }
}

TEST_F(RestoreTest, BringsItToWhereWeAreWhenThePathsAreRelative) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path() / "here");
  const auto restored = bring(archive_, {.database = "mmsgate.sqlite", .media_folder = "media"});
  fs::current_path(before);
  ASSERT_TRUE(restored.has_value()) << restored.error().detail;
  EXPECT_EQ(here_.open()->counts()->messages, 2);
  EXPECT_EQ(runtime::read_file(here_.path_of(*picture_).string()), "picture");
}

TEST_F(RestoreTest, WhereWeAreIsGoneAndThePathIsRelative) {
  const testing_support::VanishedFolder here;
  const auto restored = bring(archive_, {.database = "mmsgate.sqlite", .media_folder = here_.media()});
  ASSERT_FALSE(restored.has_value());
  EXPECT_EQ(restored.error().kind, ErrorKind::transient);
  EXPECT_THAT(restored.error().detail, HasSubstr("cannot tell where mmsgate.sqlite is: No such file or directory"));
}

TEST_F(RestoreTest, CheckingPutsNothingAnywhere) {
  const auto before = everything_in(folder_.path());
  const auto checked = check(archive_);
  ASSERT_TRUE(checked.has_value()) << checked.error().detail;
  EXPECT_EQ(checked->files, 1U);
  EXPECT_EQ(everything_in(folder_.path()), before);
}

// What the carrier was sent after the backup would be sent a second time.
TEST_F(RestoreTest, AnOpenDeliveryToTheCarrierAsksItsLogFirst) {
  Home home = here_.home();
  home.carrier_settles = std::chrono::minutes(2);
  EXPECT_EQ(bring(archive_, home)->asked_first, 1);
  auto store = here_.open();
  const auto claim = [&](TimePoint now) {
    std::promise<Result<store::Claimed>> answer;
    store->claim(Target::carrier, 10, now, 0, [&](auto claimed) { answer.set_value(std::move(claimed)); });
    return *answer.get_future().get();
  };
  EXPECT_THAT(claim(kNow + std::chrono::minutes(1)).jobs, IsEmpty());
  const auto jobs = claim(kNow + std::chrono::minutes(3)).jobs;
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_GT(jobs[0].tries, 1) << "from the second try on the log is asked";
  EXPECT_TRUE(jobs[0].interrupted);
  EXPECT_THAT((*store->history(jobs[0].message))->events.at(1).reason, HasSubstr("restored from a backup"));
}

TEST_F(RestoreTest, NothingIsWrittenOver) {
  for (const char* ending : {"", "-wal", "-shm", "-journal"}) {
    const std::string path = here_.database() + ending;
    std::ofstream(path) << "x";
    EXPECT_THAT(bring().error().detail, HasSubstr(path));
    EXPECT_EQ(runtime::read_file(path), "x");
    fs::remove(path);
  }
  fs::create_directories(here_.media() + "/ab");
  EXPECT_THAT(bring().error().detail, testing::AllOf(HasSubstr("is not empty"), HasSubstr("(ab)")));
  EXPECT_FALSE(fs::exists(here_.database() + ".restoring"));
  fs::remove(here_.media() + "/ab");
  EXPECT_TRUE(bring().has_value());
}

TEST_F(RestoreTest, AFolderThatIsADiskOfItsOwnCountsAsEmpty) {
  fs::create_directories(here_.media() + "/lost+found");
  EXPECT_TRUE(bring().has_value());
}

TEST_F(RestoreTest, WithoutFilesTheMediaFolderIsLeftAsItIs) {
  ASSERT_TRUE(make_backup(there_.source(), {.to = folder_.file("bare.tar"), .with_media = false}, kNow, [](auto, auto) {
              }).has_value());
  fs::create_directories(here_.media() + "/ab");
  EXPECT_TRUE(bring(folder_.file("bare.tar"), here_.home()).has_value());
  EXPECT_TRUE(fs::exists(here_.media() + "/ab"));
}

TEST_F(RestoreTest, TheConfigGoesWhereItIsWanted) {
  Home home = here_.home();
  home.config_file = folder_.file("new.conf");
  std::ofstream(home.config_file) << "another";
  EXPECT_FALSE(bring(archive_, home).has_value());
  EXPECT_EQ(runtime::read_file(home.config_file), "another");
  fs::remove(home.config_file);
  EXPECT_TRUE(bring(archive_, home).has_value());
  EXPECT_EQ(runtime::read_file(home.config_file), kConfigText);
}

TEST_F(RestoreTest, CutOffAnywhereItIsRefused) {
  const std::string whole = *runtime::read_file(archive_);
  const std::string bad = folder_.file("bad.tar");
  const auto list_at = whole.find("mmsgate-backup/SHA256SUMS");
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{100}, std::size_t{512}, std::size_t{5000}, list_at, list_at + 512, list_at + 600}) {
    std::ofstream(bad, std::ios::binary) << whole.substr(0, length);
    EXPECT_NE(refused(bad), "") << length;
  }
}

TEST_F(RestoreTest, OneBitThatIsWrongIsFound) {
  std::string whole = *runtime::read_file(archive_);
  const std::string bad = folder_.file("bad.tar");
  whole[whole.find("picture") + 2] ^= 1;
  std::ofstream(bad, std::ios::binary) << whole;
  EXPECT_THAT(refused(bad), HasSubstr("is damaged: its checksum"));
}

TEST_F(RestoreTest, NoEntryLeadsOutside) {
  for (const std::string name :
       {"mmsgate-backup/../escaped", "/tmp/escaped", "../escaped", "mmsgate-backup/media/../../escaped", "escaped",
        "mmsgate-backup/media/ab/../../../escaped"}) {
    members_[2].name = name;
    EXPECT_THAT(refused(), HasSubstr("not among the files of one")) << name;
  }
}

TEST_F(RestoreTest, LinksAndFoldersAreRefused) {
  members_[2].bytes = folder_.file("escaped");
  for (const auto kind : {Member::Kind::link, Member::Kind::hard_link, Member::Kind::folder}) {
    members_[2].kind = kind;
    EXPECT_THAT(refused(), HasSubstr("not a plain file"));
  }
}

TEST_F(RestoreTest, TheSameFileTwiceIsRefused) {
  members_.insert(members_.begin() + 3, members_[2]);
  EXPECT_THAT(refused(), HasSubstr("twice"));
}

TEST_F(RestoreTest, WhatIsTooLargeIsRefused) {
  members_[0].bytes.assign((1U << 20) + 1, 'x');
  EXPECT_THAT(refused(), HasSubstr("larger than it may be"));
}

TEST_F(RestoreTest, WhatDoesNotGoTogetherIsRefused) {
  const auto whole = members_;
  members_.erase(members_.begin() + 2);
  EXPECT_THAT(refused(), HasSubstr("is missing in the backup"));
  write_list();
  EXPECT_THAT(refused(), HasSubstr("which the backup's database names"));
  members_ = whole;
  members_.insert(members_.begin() + 3, {"mmsgate-backup/media/ab/ab" + std::string(30, '0'), "stray"});
  EXPECT_THAT(refused(), HasSubstr("is not in the backup's list"));
  write_list();
  EXPECT_THAT(refused(), HasSubstr("its database does not name it"));
  members_ = whole;
  std::swap(members_[1], members_[2]);
  EXPECT_THAT(refused(), HasSubstr("does not begin with a database"));
  members_ = whole;
  members_.push_back(members_[2]);
  EXPECT_THAT(refused(), HasSubstr("behind the end"));
}

TEST_F(RestoreTest, ADatabaseThatIsNoneOrNotOursIsRefused) {
  members_[1].bytes = std::string(5000, 'x');
  write_list();
  EXPECT_THAT(refused(), HasSubstr("not a database"));
}

TEST_F(RestoreTest, ADatabaseOfANewerMmsgateIsRefused) {
  std::string& bytes = members_[1].bytes;
  bytes[62] = 0x7f;  // user_version, big-endian at byte 60 (https://sqlite.org/fileformat2.html)
  write_list();
  EXPECT_THAT(refused(), HasSubstr("made by a newer mmsgate"));
}

TEST_F(RestoreTest, AnythingButAnArchiveIsRefused) {
  const std::string bad = folder_.file("bad.tar");
  std::ofstream(bad) << "no archive at all, but long enough that somebody could take it for the head of one, perhaps";
  EXPECT_THAT(refused(bad), HasSubstr("none of mmsgate's"));
  EXPECT_THAT(refused(there_.database()), HasSubstr("none of mmsgate's"));
}

// As a crash leaves it, at two of its steps. What a crash leaves at any step: tests/crash.
TEST_F(RestoreTest, WhatOneThatWasCutOffHasLeftGoesAndNothingElse) {
  fs::create_directories(here_.media() + "/incoming/restoring");
  std::ofstream(here_.database() + ".restoring") << "half";
  std::ofstream(here_.media() + "/incoming/restoring/moved") << std::string(32, 'e') << "\n"
                                                             << std::string(32, 'd') << "\n";
  fs::create_directories(here_.media() + "/ee");
  std::ofstream(here_.media() + "/ee/" + std::string(32, 'e')) << "moved already";
  fs::create_directories(here_.media() + "/ff");
  const std::string somebodys = here_.media() + "/ff/" + std::string(32, 'f');
  std::ofstream(somebodys) << "none of it";
  EXPECT_THAT(bring().error().detail, HasSubstr("(ff)"));
  EXPECT_EQ(runtime::read_file(somebodys), "none of it");
  EXPECT_FALSE(fs::exists(here_.media() + "/ee"));
  fs::remove_all(here_.media() + "/ff");
  EXPECT_TRUE(bring().has_value());
}

TEST_F(RestoreTest, WhileOneIsUnfinishedNoDatabaseIsBegunInItsPlace) {
  std::ofstream(here_.database() + ".restoring") << "half";
  const auto opened = store::open_sqlite({.path = here_.database()}, runtime::Log::none());
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error().detail, HasSubstr("was cut off"));
  EXPECT_FALSE(fs::exists(here_.database()));
}

}  // namespace
}  // namespace mmsgate::backup::kit
