// SPDX-License-Identifier: Apache-2.0
// The media folder: what is kept is whole, what is not kept is gone, and only an id reaches a file.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "media/blob_store.hpp"
#include "support/fake_random.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::media {
namespace {

namespace fs = std::filesystem;

class FolderStoreTest : public testing::Test {
 protected:
  FolderStoreTest() { reopen(); }

  void reopen() {
    store_.reset();
    auto opened = open_folder(folder(), kMost, random_);
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(*opened);
  }
  [[nodiscard]] std::string folder() const { return folder_.file("media"); }

  [[nodiscard]] std::unique_ptr<Draft> draft_of(std::string_view bytes) {
    auto draft = store_->draft();
    EXPECT_TRUE(draft) << draft.error().detail;
    EXPECT_TRUE((*draft)->write(bytes));
    return std::move(*draft);
  }
  [[nodiscard]] Kept keep(std::string_view bytes) {
    const auto kept = draft_of(bytes)->keep();
    EXPECT_TRUE(kept) << kept.error().detail;
    return *kept;
  }
  [[nodiscard]] std::string read(const BlobId& id) const {
    const auto fd = store_->open(id);
    if (!fd) return "error: " + fd.error().detail;
    std::ifstream in(fmt::format("/proc/self/fd/{}", *fd), std::ios::binary);
    std::string bytes{std::istreambuf_iterator(in), {}};
    ::close(*fd);
    return bytes;
  }
  /// Below the folder, relative to it.
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder())) {
      if (entry.is_regular_file()) files.insert(fs::relative(entry.path(), folder()).string());
    }
    return files;
  }
  static mode_t mode_of(const fs::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }

  static constexpr std::uint64_t kMost = 1000;
  testing_support::TempFolder folder_;
  testing_support::CountingRandom random_;
  std::unique_ptr<BlobStore> store_;
};

TEST_F(FolderStoreTest, WhatIsKeptIsReadBackByItsId) {
  const Kept kept = keep("abc");
  EXPECT_EQ(kept.size, 3U);
  EXPECT_EQ(kept.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // FIPS 180-2, B.1
  EXPECT_EQ(read(kept.id), "abc");
  EXPECT_EQ(files(), (std::set<std::string>{kept.id.str().substr(0, 2) + "/" + kept.id.str()}));
}

TEST_F(FolderStoreTest, AnEmptyFileIsAFile) {
  const Kept kept = keep("");
  EXPECT_EQ(kept.size, 0U);
  EXPECT_EQ(kept.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(read(kept.id), "");
}

TEST_F(FolderStoreTest, EqualFilesHaveIdsOfTheirOwn) { EXPECT_NE(keep("same").id, keep("same").id); }

TEST_F(FolderStoreTest, ADraftIsNoBlobAndLeavesNothing) {
  {
    auto draft = draft_of("half");
    EXPECT_EQ(files().size(), 1U);
    EXPECT_TRUE(files().begin()->starts_with("incoming/"));
    const auto id = BlobId::parse(files().begin()->substr(9));
    ASSERT_TRUE(id);
    ASSERT_FALSE(store_->open(*id));
    EXPECT_EQ(store_->open(*id).error().kind, ErrorKind::rejected);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(FolderStoreTest, WhatOthersWroteByTheDescriptorCountsToo) {
  auto draft = draft_of("one ");
  ASSERT_EQ(::write(draft->fd(), "two ", 4), 4);
  ASSERT_TRUE(draft->write("three"));
  const auto kept = draft->keep();
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(kept->size, 13U);
  EXPECT_EQ(read(kept->id), "one two three");
}

TEST_F(FolderStoreTest, TheHeadDoesNotMoveTheEnd) {
  auto draft = draft_of("begin");
  EXPECT_EQ(draft->head(), "begin");
  ASSERT_TRUE(draft->write(std::string(100, 'x')));
  EXPECT_EQ(draft->head(), "begin" + std::string(59, 'x'));
  EXPECT_EQ(draft->keep()->size, 105U);
}

TEST_F(FolderStoreTest, WriteCountsAndHasALimit) {
  auto draft = store_->draft();
  ASSERT_TRUE(draft);
  EXPECT_EQ((*draft)->write(std::string(400, 'x')), 400U);
  EXPECT_EQ((*draft)->write(std::string(600, 'x')), 1000U);
  const auto over = (*draft)->write("x");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().kind, ErrorKind::limit);
  EXPECT_NE(over.error().detail.find("1000"), std::string::npos) << over.error().detail;
}

TEST_F(FolderStoreTest, WhatGrewByTheDescriptorIsNotKeptBeyondTheLimit) {
  {
    auto draft = store_->draft();
    ASSERT_TRUE(draft);
    ASSERT_EQ(::ftruncate((*draft)->fd(), kMost + 1), 0);
    const auto kept = (*draft)->keep();
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().kind, ErrorKind::limit);
  }
  EXPECT_TRUE(files().empty());
}

TEST_F(FolderStoreTest, OnlyTheOwnerMayRead) {
  const Kept kept = keep("secret");
  EXPECT_EQ(mode_of(folder()), 0700U);
  EXPECT_EQ(mode_of(folder() + "/incoming"), 0700U);
  EXPECT_EQ(mode_of(folder() + "/" + kept.id.str().substr(0, 2)), 0700U);
  EXPECT_EQ(mode_of(folder() + "/" + kept.id.str().substr(0, 2) + "/" + kept.id.str()), 0600U);
}

TEST_F(FolderStoreTest, WhatIsRemovedIsGone) {
  const Kept kept = keep("x");
  EXPECT_EQ(store_->remove(kept.id), true);
  EXPECT_EQ(store_->remove(kept.id), false);
  const auto opened = store_->open(kept.id);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::rejected);
  EXPECT_TRUE(files().empty());
}

TEST_F(FolderStoreTest, ListsWhatIsKeptByTheBeginningOfItsId) {
  const Kept kept = keep("hello");
  const auto draft = draft_of("not kept");
  std::ofstream(folder() + "/" + kept.id.str().substr(0, 2) + "/somebody else's.txt") << "hello";
  const auto first = static_cast<std::uint8_t>(std::stoi(kept.id.str().substr(0, 2), nullptr, 16));
  EXPECT_EQ(store_->list(first), std::vector{kept.id});
  for (int other = 0; other < 256; ++other) {
    EXPECT_EQ(store_->list(static_cast<std::uint8_t>(other)).empty(), other != first) << other;
  }
}

TEST_F(FolderStoreTest, WhatALifeBeforeLeftIsToldFromWhatCameInThisOne) {
  const Kept before = keep("left");
  struct stat file {};
  ASSERT_EQ(::lstat((folder() + "/" + *files().begin()).c_str(), &file), 0);
  timespec now = file.st_ctim;
  // One tick of the kernel's. A file's time may be finer than that, and ahead of the clock.
  while (std::pair(now.tv_sec, now.tv_nsec) <= std::pair(file.st_ctim.tv_sec, file.st_ctim.tv_nsec)) {
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  }
  reopen();
  EXPECT_TRUE(store_->was_found(before.id));
  EXPECT_FALSE(store_->was_found(keep("new").id));
  ASSERT_TRUE(store_->remove(before.id));
  EXPECT_FALSE(store_->was_found(before.id));
}

TEST_F(FolderStoreTest, WhoReadsReadsOnAfterRemoval) {
  const Kept kept = keep("still here");
  const auto fd = store_->open(kept.id);
  ASSERT_TRUE(fd);
  ASSERT_TRUE(store_->remove(kept.id));
  std::string bytes(10, '\0');
  EXPECT_EQ(::read(*fd, bytes.data(), bytes.size()), 10);
  EXPECT_EQ(bytes, "still here");
  ::close(*fd);
}

TEST_F(FolderStoreTest, ALinkInTheFolderLeadsNowhere) {
  const Kept kept = keep("x");
  const std::string path = folder() + "/" + kept.id.str().substr(0, 2) + "/" + kept.id.str();
  ASSERT_TRUE(fs::remove(path));
  fs::create_symlink("/etc/passwd", path);
  EXPECT_FALSE(store_->open(kept.id));
}

TEST_F(FolderStoreTest, ACrashLeavesFilesAndNoDrafts) {
  const Kept kept = keep("kept");
  std::ofstream(folder() + "/incoming/0123456789abcdef0123456789abcdef") << "half written";
  fs::create_directory(folder() + "/incoming/folder");
  reopen();
  EXPECT_EQ(read(kept.id), "kept");
  EXPECT_EQ(files().size(), 1U);
  EXPECT_TRUE(fs::is_empty(folder() + "/incoming"));
}

TEST_F(FolderStoreTest, ManyThreadsKeepAtOnce) {
  constexpr int kThreads = 8;
  constexpr int kEach = 20;
  std::vector<std::vector<Kept>> kept(kThreads);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < kThreads; ++i) {
      threads.emplace_back([this, i, &kept] {
        for (int n = 0; n < kEach; ++n) kept[i].push_back(keep(fmt::format("file {} of thread {}", n, i)));
      });
    }
  }
  for (std::size_t i = 0; i < kThreads; ++i) {
    for (std::size_t n = 0; n < kEach; ++n) EXPECT_EQ(read(kept[i][n].id), fmt::format("file {} of thread {}", n, i));
  }
  EXPECT_EQ(files().size(), std::size_t{kThreads * kEach});
}

}  // namespace
}  // namespace mmsgate::media
