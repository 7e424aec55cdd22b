// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/temp_folder.hpp"

namespace mmsgate::runtime {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;

class LogFile : public testing::Test {
 protected:
  std::shared_ptr<Log> open(LogLevel level) { return Log::open(level, path_).value(); }

  std::vector<std::string> lines() {
    std::ifstream in(path_);
    std::vector<std::string> found;
    for (std::string line; std::getline(in, line);) found.push_back(line);
    return found;
  }

  testing_support::TempFolder folder_;
  std::string path_ = folder_.file("log");
};

TEST_F(LogFile, ALineHasTimeLevelAndText) {
  open(LogLevel::debug)->warning("the carrier refused {} of {}", 2, "three");
  EXPECT_THAT(lines(), ElementsAre(MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9]+:[0-9]+:[0-9]+\\.[0-9]+[+-][0-9]+:[0-9]+ "
                                                "warning the carrier refused 2 of three")));
}

TEST_F(LogFile, IsForItsOwnerAlone) {
  const mode_t before = umask(0);
  open(LogLevel::debug)->info("a trace may go there");
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(LogFile, AFileThatWasMovedAwayIsOpenedAnew) {
  const auto log = open(LogLevel::debug);
  log->info("one");
  std::filesystem::rename(path_, folder_.file("log.1"));
  log->info("two");
  ASSERT_TRUE(log->reopen());
  log->info("three");
  EXPECT_THAT(lines(), ElementsAre(MatchesRegex("[-0-9]+T[0-9:.+-]+ info three"))) << "in the same form";
  path_ = folder_.file("log.1");
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(LogFile, WhatCannotBeOpenedAnewIsWrittenOn) {
  const auto log = open(LogLevel::debug);
  std::filesystem::rename(path_, folder_.file("log.1"));
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(log->reopen());
  log->info("still here");
  path_ = folder_.file("log.1");
  EXPECT_EQ(lines().size(), 1U);
}

TEST_F(LogFile, TheLevelCanBeChanged) {
  const auto log = open(LogLevel::warning);
  log->info("not yet");
  log->set_level(LogLevel::debug);
  log->debug("now");
  EXPECT_EQ(lines().size(), 1U);
}

/// Standard error goes to a file for a while; $JOURNAL_STREAM says that it is the journal's.
class LogInTheJournal : public LogFile {
 protected:
  LogInTheJournal() {
    const int fd = ::open(path_.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    dup2(fd, STDERR_FILENO);
    close(fd);
    struct stat status {};
    fstat(STDERR_FILENO, &status);
    setenv("JOURNAL_STREAM", fmt::format("{}:{}", status.st_dev, status.st_ino).c_str(), 1);
  }
  ~LogInTheJournal() override {
    unsetenv("JOURNAL_STREAM");
    dup2(before_, STDERR_FILENO);
    close(before_);
  }

 private:
  const int before_ = dup(STDERR_FILENO);
};

TEST_F(LogInTheJournal, ALineHasItsPriorityAndNoTime) {
  const auto log = Log::open(LogLevel::debug, "").value();
  log->debug("a step");
  log->warning("somebody should act");
  log->error("no\nmore");
  EXPECT_THAT(lines(), ElementsAre("<7>a step", "<4>somebody should act", "<3>no?more"));
}

TEST_F(LogInTheJournal, AStreamThatWasRedirectedSinceIsNone) {
  setenv("JOURNAL_STREAM", "1:1", 1);
  Log::open(LogLevel::debug, "").value()->warning("somebody should act");
  EXPECT_THAT(lines(), ElementsAre(EndsWith(" warning somebody should act")));
}

TEST_F(LogFile, IsWrittenWhenTheCallReturns) {
  const auto log = open(LogLevel::debug);
  log->debug("one");
  EXPECT_EQ(lines().size(), 1U) << "the log is still open, and the line must be there";
}

TEST_F(LogFile, LeavesOutWhatIsBelowItsLevel) {
  const auto log = open(LogLevel::warning);
  log->debug("no");
  log->info("no");
  log->warning("yes");
  log->error("yes");
  EXPECT_EQ(lines().size(), 2U);
  EXPECT_FALSE(log->wants(LogLevel::info));
  EXPECT_TRUE(log->wants(LogLevel::warning));
  EXPECT_TRUE(log->wants(LogLevel::critical));
}

TEST_F(LogFile, AtCriticalNotEvenErrorsAreWritten) {
  open(LogLevel::critical)->error("no");
  EXPECT_THAT(lines(), IsEmpty());
}

TEST_F(LogFile, IsAppendedTo) {
  open(LogLevel::debug)->info("first run");
  open(LogLevel::debug)->info("second run");
  EXPECT_THAT(lines(), ElementsAre(EndsWith("first run"), EndsWith("second run")));
}

TEST_F(LogFile, QuotedTextIsNoFormatAndNoOtherLine) {
  open(LogLevel::debug)->info("from {}", "a\nerror {} {0} %v\r\x1b[2J\x7f\tb");
  EXPECT_THAT(lines(), ElementsAre(EndsWith("from a?error {} {0} %v??[2J??b")));
}

TEST_F(LogFile, NoByteThatControlsATerminalIsWritten) {
  std::string bytes;
  for (int byte = 0; byte < 0x20; ++byte) bytes += static_cast<char>(byte);
  open(LogLevel::debug)->info("{}|{}", bytes, "\x7f");
  EXPECT_THAT(lines(), ElementsAre(EndsWith("info " + std::string(32, '?') + "|?")));
}

// U+0080 ... U+009F in UTF-8 are two bytes, neither of them below 0x20; terminals obey them all the same (CSI is
// U+009B).
TEST_F(LogFile, ControlCharactersOfTwoBytesAreNotWrittenEither) {
  open(LogLevel::debug)
      ->info("{}",
             "a\xc2\x9b"
             "31m\xc2\x85"
             "b\xc2\xa0 é");
  EXPECT_THAT(lines(), ElementsAre(EndsWith("info a??31m??b\xc2\xa0 é")));
}

TEST_F(LogFile, ManyThreadsWriteWholeLines) {
  const auto log = open(LogLevel::debug);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) log->info("{}", std::string(200, 'x'));
      });
    }
  }
  const auto written = lines();
  ASSERT_EQ(written.size(), 2000U);
  for (const std::string& line : written) ASSERT_THAT(line, EndsWith(" info " + std::string(200, 'x')));
}

TEST_F(LogFile, ThatCannotBeOpenedIsAnErrorThatNamesIt) {
  const std::string folder = folder_.path().string();
  const auto log = Log::open(LogLevel::debug, folder);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().kind, ErrorKind::transient);
  EXPECT_THAT(log.error().detail, HasSubstr(folder));
}

TEST(Log, WithoutAFileIsStandardError) {
  testing::internal::CaptureStderr();
  Log::open(LogLevel::info, "").value()->info("started");
  EXPECT_THAT(testing::internal::GetCapturedStderr(), EndsWith(" info started\n"));
}

TEST(Log, NoneWantsNothing) {
  const auto log = Log::none();
  EXPECT_FALSE(log->wants(LogLevel::critical));
  testing::internal::CaptureStderr();
  log->error("no");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(LogLevelWord, IsReadInAnyCase) {
  EXPECT_EQ(parse_log_level("DEBUG"), LogLevel::debug);
  EXPECT_EQ(parse_log_level("Info"), LogLevel::info);
  EXPECT_EQ(parse_log_level("warning"), LogLevel::warning);
  EXPECT_EQ(parse_log_level("ERROR"), LogLevel::error);
  EXPECT_EQ(parse_log_level("CRITICAL"), LogLevel::critical);
  EXPECT_EQ(parse_log_level("warn"), std::nullopt);
  EXPECT_EQ(parse_log_level("infos"), std::nullopt);
  EXPECT_EQ(parse_log_level(""), std::nullopt);
}

TEST(RedactedText, ShowsItsLastTwoCharactersAndNotItsLength) {
  EXPECT_EQ(fmt::format("{}", Redacted{"5145550123"}), "**23");
  EXPECT_EQ(fmt::format("{}", Redacted{"123"}), "**23");
  EXPECT_EQ(fmt::format("{}", Redacted{"12"}), "**");
  EXPECT_EQ(fmt::format("{}", Redacted{""}), "**");
}

}  // namespace
}  // namespace mmsgate::runtime
