// SPDX-License-Identifier: Apache-2.0
// A media folder that cannot be had, and a disk that is full: an error that a person can act upon, and nothing left.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "media/blob_store.hpp"
#include "support/fake_random.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::media {
namespace {

namespace fs = std::filesystem;

class FolderTroubleTest : public testing::Test {
 protected:
  [[nodiscard]] Result<std::unique_ptr<BlobStore>> open(const std::string& folder) {
    return open_folder(folder, 1 << 20, random_);
  }
  void expect_named(const std::string& folder) {
    const auto opened = open(folder);
    ASSERT_FALSE(opened) << folder;
    EXPECT_EQ(opened.error().kind, ErrorKind::transient);
    EXPECT_NE(opened.error().detail.find(folder), std::string::npos) << opened.error().detail;
    EXPECT_NE(opened.error().detail.find("localmedia"), std::string::npos) << opened.error().detail;
  }
  [[nodiscard]] static bool has_files(const fs::path& folder) {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file()) return true;
    }
    return false;
  }

  testing_support::TempFolder folder_;
  testing_support::CountingRandom random_;
};

/// A disk that takes so many bytes of a file and no more, for as long as it lives. It stands for a full disk: write()
/// fails in the same way, with another errno.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    signal_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &small);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit before_{};
  void (*signal_)(int) = nullptr;
};

TEST_F(FolderTroubleTest, AFullDiskIsToldAndLeavesNothing) {
  auto store = open(folder_.file("media"));
  ASSERT_TRUE(store);
  {
    const FullDisk full(1000);
    auto draft = (*store)->draft();
    ASSERT_TRUE(draft);
    EXPECT_TRUE((*draft)->write(std::string(600, 'x')));
    const auto written = (*draft)->write(std::string(600, 'x'));  // 400 of these go in
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().kind, ErrorKind::transient);
    EXPECT_NE(written.error().detail.find(folder_.file("media")), std::string::npos) << written.error().detail;
  }
  EXPECT_FALSE(has_files(folder_.path()));
  auto draft = (*store)->draft();
  ASSERT_TRUE(draft);
  EXPECT_TRUE((*draft)->write(std::string(1200, 'x')));
  EXPECT_TRUE((*draft)->keep());
}

TEST_F(FolderTroubleTest, WhatCannotBeKeptIsGone) {
  auto store = open(folder_.file("media"));
  ASSERT_TRUE(store);
  {
    auto draft = (*store)->draft();
    ASSERT_TRUE(draft);
    ASSERT_TRUE((*draft)->write("x"));
    const std::string id = fs::directory_iterator(folder_.file("media/incoming"))->path().filename();
    std::ofstream(folder_.file("media/" + id.substr(0, 2)));  // where a folder should stand
    const auto kept = (*draft)->keep();
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().kind, ErrorKind::transient);
  }
  EXPECT_FALSE(has_files(folder_.path() / "media/incoming"));
}

TEST_F(FolderTroubleTest, ASubfolderThatVanishesIsMadeAgain) {
  auto store = open(folder_.file("media"));
  ASSERT_TRUE(store);
  for (int i = 0; i < 2; ++i) {
    auto draft = (*store)->draft();
    ASSERT_TRUE(draft);
    const auto kept = (*draft)->keep();
    ASSERT_TRUE(kept) << kept.error().detail;
    const std::string subfolder = folder_.file("media/" + kept->id.str().substr(0, 2));
    EXPECT_EQ(fs::file_size(subfolder + "/" + kept->id.str()), 0U);
    fs::remove_all(subfolder);
  }
}

TEST_F(FolderTroubleTest, AFolderThatIsAFileIsNamed) {
  std::ofstream(folder_.file("file")) << "x";
  expect_named(folder_.file("file"));
  expect_named(folder_.file("file/media"));
}

TEST_F(FolderTroubleTest, AFolderThatTakesNothingIsNamed) {
  expect_named("/proc/media");
  if (::geteuid() == 0) return;  // whom no mode keeps out
  fs::create_directory(folder_.file("closed"));
  fs::permissions(folder_.file("closed"), fs::perms::owner_read | fs::perms::owner_exec);
  expect_named(folder_.file("closed"));
}

TEST_F(FolderTroubleTest, AnEmptyNameIsNoFolder) {
  const auto opened = open("");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("localmedia"), std::string::npos) << opened.error().detail;
}

TEST_F(FolderTroubleTest, FoldersAboveAreMadeToo) {
  EXPECT_TRUE(open(folder_.file("a/b/media")));
  EXPECT_TRUE(fs::is_directory(folder_.file("a/b/media/incoming")));
}

TEST_F(FolderTroubleTest, ASlashAtTheEndChangesNothing) {
  ASSERT_TRUE(open(folder_.file("media/")));
  struct stat status {};
  ASSERT_EQ(::stat(folder_.file("media").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(FolderTroubleTest, AFolderThatIsThereKeepsItsMode) {
  fs::create_directory(folder_.file("media"));
  fs::permissions(folder_.file("media"), fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec);
  ASSERT_TRUE(open(folder_.file("media")));
  struct stat status {};
  ASSERT_EQ(::stat(folder_.file("media").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0750U);
}

// A second gateway cleared away the upload that the first was taking.
TEST_F(FolderTroubleTest, ASecondGatewayIsKeptOutAndClearsNothingAway) {
  const auto first = open(folder_.path());
  ASSERT_TRUE(first);
  const auto draft = (*first)->draft();
  ASSERT_TRUE(draft && (*draft)->write("half"));
  const auto second = open(folder_.path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().detail, "another gateway uses the media folder " + folder_.path().string());
  EXPECT_TRUE((*draft)->keep()) << "the first goes on undisturbed";
}

}  // namespace
}  // namespace mmsgate::media
