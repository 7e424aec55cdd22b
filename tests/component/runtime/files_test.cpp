// SPDX-License-Identifier: Apache-2.0
#include "runtime/files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "runtime/descriptor.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::runtime {
namespace {

// An empty one would be the root folder.
TEST(Files, TemporaryOnesGoWhereTmpdirSaysIfItSaysAnything) {
  const char* told = std::getenv("TMPDIR");
  const auto before = told == nullptr ? std::nullopt : std::optional<std::string>(told);
  ::setenv("TMPDIR", "/somewhere", 1);
  EXPECT_EQ(folder_for_temporary_files(), "/somewhere");
  ::setenv("TMPDIR", "", 1);
  EXPECT_EQ(folder_for_temporary_files(), "/var/tmp");
  ::unsetenv("TMPDIR");
  EXPECT_EQ(folder_for_temporary_files(), "/var/tmp");
  if (before) ::setenv("TMPDIR", before->c_str(), 1);
}

TEST(Files, ANewOneIsWholeItsOwnersAloneAndNoLinkIsFollowed) {
  const testing_support::TempFolder folder;
  const std::string path = folder.file("new");
  std::ofstream(folder.file("elsewhere")) << "theirs";
  std::filesystem::create_symlink(folder.file("elsewhere"), path);
  for (const std::string text : {"one", "two"}) {
    ASSERT_TRUE(write_new_file(path, text));
    EXPECT_EQ(read_file(path), text);
    EXPECT_FALSE(std::filesystem::is_symlink(path));
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  }
  EXPECT_EQ(read_file(folder.file("elsewhere")), "theirs");
  EXPECT_FALSE(write_new_file(folder.file("nowhere/new"), "x"));
  EXPECT_EQ(errno, ENOENT);
}

TEST(Files, WhatIsMovedTakesThePlaceOfWhatWasThere) {
  const testing_support::TempFolder folder;
  std::ofstream(folder.file("old")) << "old";
  ASSERT_TRUE(write_new_file(folder.file("new"), "new"));
  ASSERT_TRUE(move_file(folder.file("new"), folder.file("old")));
  EXPECT_EQ(read_file(folder.file("old")), "new");
  EXPECT_FALSE(std::filesystem::exists(folder.file("new")));
  EXPECT_FALSE(move_file(folder.file("new"), folder.file("old")));
  EXPECT_EQ(errno, ENOENT);
}

TEST(Files, AllIsWrittenHoweverLittleIsTakenAtOnce) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const std::string text(1 << 20, 'x');  // a pipe holds 64 KB
  std::size_t got = 0;
  std::jthread reader([&] {
    std::array<char, 1000> buffer{};
    for (ssize_t n = 0; (n = ::read(reading.get(), buffer.data(), buffer.size())) > 0;)
      got += static_cast<std::size_t>(n);
  });
  EXPECT_TRUE(write_all(writing.get(), text));
  writing = {};
  reader.join();
  EXPECT_EQ(got, text.size());
  EXPECT_TRUE(write_all(-1, "")) << "nothing is easily written";
  const Descriptor full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(write_all(full.get(), "x"));
  EXPECT_EQ(errno, ENOSPC);
}

TEST(Files, FoldersAreMadeForTheirOwnerAlone) {
  const testing_support::TempFolder folder;
  const std::filesystem::path deep = folder.file("a/b/c");
  EXPECT_FALSE(make_private_folder(deep));
  EXPECT_FALSE(make_private_folder(deep)) << "it is there";
  EXPECT_FALSE(make_private_folder("")) << "where we are";
  for (const auto& each : {deep, deep.parent_path()}) {
    EXPECT_EQ(std::filesystem::status(each).permissions(), std::filesystem::perms::owner_all) << each;
  }
  EXPECT_TRUE(sync_folder(deep));
  EXPECT_TRUE(sync_folder(""));
  EXPECT_FALSE(sync_folder(deep / "nowhere"));
  EXPECT_EQ(errno, ENOENT);
  std::ofstream(deep / "file") << "in the way";
  const auto trouble = make_private_folder(deep / "file" / "d" / "e");
  ASSERT_TRUE(trouble);
  EXPECT_EQ(trouble->error, ENOTDIR);
}

}  // namespace
}  // namespace mmsgate::runtime
