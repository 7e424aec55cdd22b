// SPDX-License-Identifier: Apache-2.0
// The first MMSGate's files become ours and stay where they are.
#include "media/old_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "media/blob_store.hpp"
#include "support/fake_random.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::media {
namespace {

using testing::SizeIs;

constexpr const char* kName = "01234567-89ab-4cde-8f01-23456789abcd.PNG";

class OldFiles : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& bytes) { std::ofstream(folder_.file(name)) << bytes; }
  [[nodiscard]] std::vector<OldFile> found() const { return find_old_files(folder_.path()).value(); }

  testing_support::TempFolder folder_;
  testing_support::CountingRandom random_;
};

TEST_F(OldFiles, AreThoseThatAreCalledByAUuid) {
  write(kName, "\x89PNG\r\n\x1a\n....");
  write("notes.txt", "mine");
  write("01234567-89AB-4cde-8f01-23456789abcd.png", "no UUID of Python's");
  write("0123456789ab4cde8f0123456789abcd.png", "neither");
  std::filesystem::create_directory(folder_.file("11234567-89ab-4cde-8f01-23456789abcd"));
  ASSERT_EQ(::symlink("/etc/passwd", folder_.file("21234567-89ab-4cde-8f01-23456789abcd.txt").c_str()), 0);
  ASSERT_THAT(found(), SizeIs(1));
  EXPECT_EQ(found()[0].ending, ".PNG");
  EXPECT_EQ(found()[0].id.str(), "0123456789ab4cde8f0123456789abcd");
  EXPECT_EQ(type_of(found()[0]), "image/png") << "by its bytes";
}

TEST_F(OldFiles, OfNoFolderAreNone) { EXPECT_THAT(find_old_files(folder_.file("nowhere")).value(), SizeIs(0)); }

TEST_F(OldFiles, AreAdoptedByASecondName) {
  write(kName, "picture");
  auto store = open_folder(folder_.path(), 1 << 20, random_);
  ASSERT_TRUE(store);
  for (int time = 0; time < 2; ++time) {
    const auto kept = (*store)->adopt(found()[0].path, found()[0].id);
    ASSERT_TRUE(kept) << kept.error().detail;
    EXPECT_EQ(kept->size, 7U);
    EXPECT_THAT(kept->sha256, SizeIs(64));
  }
  struct stat about {};
  ASSERT_EQ(::stat(folder_.file(kName).c_str(), &about), 0);
  EXPECT_EQ(about.st_nlink, 2U) << "the bytes are on the disk once";
  EXPECT_TRUE((*store)->remove(found()[0].id));
  EXPECT_TRUE(std::filesystem::exists(folder_.file(kName))) << "what we remove is ours";
}

TEST_F(OldFiles, OfAnotherDiskAreCopied) {
  testing_support::TempFolder elsewhere("/dev/shm");
  std::ofstream(elsewhere.file(kName)) << "picture";
  auto store = open_folder(folder_.path(), 1 << 20, random_);
  ASSERT_TRUE(store);
  const auto id = BlobId::parse_uuid("01234567-89ab-4cde-8f01-23456789abcd").value();
  const auto kept = (*store)->adopt(elsewhere.file(kName), id);
  ASSERT_TRUE(kept) << kept.error().detail;
  EXPECT_EQ(kept->size, 7U);
  EXPECT_THAT(find_old_files(folder_.file("incoming")).value(), SizeIs(0));
}

TEST_F(OldFiles, ThatCannotBeReadAreSaid) {
  auto store = open_folder(folder_.path(), 1 << 20, random_);
  ASSERT_TRUE(store);
  const auto id = BlobId::parse_uuid("01234567-89ab-4cde-8f01-23456789abcd").value();
  const auto kept = (*store)->adopt(folder_.file("nowhere"), id);
  ASSERT_FALSE(kept);
  EXPECT_THAT(kept.error().detail, testing::HasSubstr("nowhere"));
}

}  // namespace
}  // namespace mmsgate::media
