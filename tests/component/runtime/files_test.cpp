// SPDX-License-Identifier: Apache-2.0
#include "runtime/files.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

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

}  // namespace
}  // namespace mmsgate::runtime
