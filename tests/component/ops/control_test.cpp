// SPDX-License-Identifier: Apache-2.0
// The command line and the gateway that runs, over a real socket.
#include "ops/control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fstream>
#include <future>
#include <thread>
#include <utility>

#include "support/temp_folder.hpp"
#include "support/vanished_folder.hpp"

namespace mmsgate::ops {
namespace {

using testing::HasSubstr;

class ControlTest : public testing::Test {
 protected:
  [[nodiscard]] std::string database() const { return folder_.file("deep/m.sqlite"); }
  [[nodiscard]] std::unique_ptr<Control> open() const {
    auto control = Control::open(database());
    EXPECT_TRUE(control) << control.error().detail;
    return std::move(*control);
  }
  [[nodiscard]] Result<std::string> ask(const std::string& line) const {
    return ask_running(database(), line, std::chrono::seconds(20));
  }
  [[nodiscard]] runtime::Descriptor connect() const {
    sockaddr_un address{.sun_family = AF_UNIX};
    (database() + ".control").copy(address.sun_path, sizeof address.sun_path - 1);
    runtime::Descriptor peer(::socket(AF_UNIX, SOCK_STREAM, 0));
    EXPECT_EQ(::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return peer;
  }

  testing_support::TempFolder folder_;
};

TEST_F(ControlTest, ACommandIsAnswered) {
  const auto control = open();
  control->start([](const std::string& line, Control::Answer answer) { answer("you said " + line); });
  EXPECT_EQ(ask("reconcile 7").value(), "you said reconcile 7");
  EXPECT_EQ(ask("").value(), "you said ");
}

TEST_F(ControlTest, AnErrorComesAsOne) {
  const auto control = open();
  control->start([](const std::string&, Control::Answer answer) { answer(fail(ErrorKind::rejected, "no, because")); });
  EXPECT_EQ(ask("x").error().detail, "no, because");
}

TEST_F(ControlTest, ALongAnswerComesWholeAndFromAnotherThread) {
  std::vector<std::thread> threads;
  auto control = open();
  control->start([&](const std::string&, Control::Answer answer) {
    threads.emplace_back([answer = std::move(answer)]() mutable { answer(std::string(3'000'000, 'x')); });
  });
  EXPECT_EQ(ask("x")->size(), 3'000'000U);
  control.reset();  // its thread has made the others
  for (auto& thread : threads) thread.join();
}

TEST_F(ControlTest, WhatWasAskedBeforeItStartedIsAnsweredThen) {
  const auto control = open();
  auto answer = std::async(std::launch::async, [&] { return ask("early"); });
  control->start([](const std::string& line, Control::Answer reply) { reply(line); });
  EXPECT_EQ(answer.get().value(), "early");
}

TEST_F(ControlTest, AnAnswerThatIsDroppedIsSaid) {
  const auto control = open();
  control->start([](const std::string&, const Control::Answer&) {});
  EXPECT_THAT(ask("x").error().detail, HasSubstr("did not answer"));
}

TEST_F(ControlTest, WithoutAGatewayItSaysSo) {
  EXPECT_THAT(ask("x").error().detail, HasSubstr("no gateway runs with the database"));
  EXPECT_EQ(ask("x").error().kind, ErrorKind::transient);
  open().reset();
  EXPECT_THAT(ask("x").error().detail, HasSubstr("no gateway runs")) << "its socket is gone with it";
}

TEST_F(ControlTest, ASecondGatewayIsRefusedAndDoesNotDisturbTheFirst) {
  const auto first = open();
  first->start([](const std::string& line, Control::Answer answer) { answer(line); });
  const auto second = Control::open(database());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().detail, HasSubstr("another gateway runs with the database"));
  EXPECT_EQ(ask("still there").value(), "still there");
}

TEST_F(ControlTest, WhatOneThatWasKilledLeftIsInNobodysWay) {
  std::filesystem::create_directory(folder_.file("deep"));
  std::ofstream(database() + ".control") << "in the way";
  EXPECT_NE(open(), nullptr);
}

TEST_F(ControlTest, OnlyItsOwnerMaySpeakToIt) {
  const auto control = open();
  struct stat about {};
  ASSERT_EQ(::stat((database() + ".control").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(folder_.file("deep").c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0700U);
}

TEST_F(ControlTest, WhoSaysNothingOrTooMuchIsHungUpOn) {
  const auto control = open();
  control->start([](const std::string& line, Control::Answer answer) { answer(line); });
  const auto gone = connect();
  ASSERT_EQ(::shutdown(gone.get(), SHUT_WR), 0);
  const auto loud = connect();
  const std::string noise(100'000, 'x');
  static_cast<void>(::send(loud.get(), noise.data(), noise.size(), MSG_NOSIGNAL));
  EXPECT_EQ(ask("and others get their turn").value(), "and others get their turn");
}

TEST_F(ControlTest, WhoSpeaksLetterByLetterHoldsUpNobodyForLong) {
  const auto control = open();
  control->start([](const std::string& line, Control::Answer answer) { answer(line); });
  const auto slow = connect();
  std::promise<void> begun;
  const std::jthread drip([&](const std::stop_token& stop) {
    constexpr auto kPause = std::chrono::milliseconds(50);  // well within the time between two letters
    for (bool is_first = true; !stop.stop_requested(); std::this_thread::sleep_for(kPause)) {
      static_cast<void>(::send(slow.get(), "x", 1, MSG_NOSIGNAL));
      if (std::exchange(is_first, false)) begun.set_value();
    }
  });
  begun.get_future().wait();
  EXPECT_EQ(ask("and others get their turn").value_or("no"), "and others get their turn");
}

TEST_F(ControlTest, ALineAsLongAsItMayBeIsTakenAndALongerOneIsNot) {
  const auto control = open();
  control->start([](const std::string& line, Control::Answer answer) { answer(line); });
  const std::string longest(1024, 'x');
  EXPECT_EQ(ask(longest).value_or("no"), longest);
  const auto more = ask(longest + "x");
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::unanswered) << "somebody runs";
}

TEST_F(ControlTest, WhereWeAreIsGoneAndThePathIsRelative) {
  const testing_support::VanishedFolder here;
  const auto asked = ask_running("mmsgate.sqlite", "reconcile", std::chrono::seconds(1));
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().detail, "no gateway runs with the database mmsgate.sqlite: start it first");
}

TEST_F(ControlTest, APathThatIsTooLongForASocketIsSaid) {
  const auto control = Control::open(folder_.file(std::string(120, 'x')));
  ASSERT_FALSE(control);
  EXPECT_THAT(control.error().detail, HasSubstr("too long"));
}

}  // namespace
}  // namespace mmsgate::ops
