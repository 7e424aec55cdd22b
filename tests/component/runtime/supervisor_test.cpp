// SPDX-License-Identifier: Apache-2.0
// Against sockets of the kernel, as systemd has them.
#include "runtime/supervisor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string>

#include <fmt/format.h>

#include "runtime/descriptor.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::runtime {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing_support::TempFolder;

/// What systemd would be: a datagram socket of this name.
class Listener {
 public:
  explicit Listener(const std::string& name) : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    name.copy(address.sun_path, sizeof address.sun_path - 1);
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    is_bound_ = ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0;
  }
  [[nodiscard]] bool is_bound() const { return is_bound_; }
  /// What was sent already.
  [[nodiscard]] std::string take() const {
    std::array<char, 1024> buffer{};
    const ssize_t n = ::recv(socket_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return n < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(n));
  }

 private:
  const Descriptor socket_;
  bool is_bound_ = false;
};

TEST(Supervisor, HearsWhatItIsToldAtAPath) {
  const TempFolder folder;
  const Listener systemd(folder.file("notify"));
  ASSERT_TRUE(systemd.is_bound());
  const auto supervisor = Supervisor::open({.socket = folder.file("notify")});
  ASSERT_TRUE(supervisor && supervisor->is_there());
  EXPECT_EQ(supervisor->watchdog(), std::nullopt);
  EXPECT_TRUE(supervisor->tell("READY=1\nSTATUS=serves"));
  EXPECT_EQ(systemd.take(), "READY=1\nSTATUS=serves");
  EXPECT_EQ(systemd.take(), "nothing");
}

TEST(Supervisor, HearsWhatItIsToldByAnAbstractName) {
  const std::string name = fmt::format("@mmsgate-test-{}", ::getpid());
  const Listener systemd(name);
  ASSERT_TRUE(systemd.is_bound());
  const auto supervisor = Supervisor::open({.socket = name});
  ASSERT_TRUE(supervisor);
  EXPECT_TRUE(supervisor->tell("READY=1"));
  EXPECT_EQ(systemd.take(), "READY=1");
}

TEST(Supervisor, WhereThereIsNoneNothingIsWrong) {
  const auto nobody = Supervisor::open({.watchdog = "1000000"});
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(nobody->is_there());
  EXPECT_EQ(nobody->watchdog(), std::nullopt);
  EXPECT_TRUE(nobody->tell("READY=1"));
}

TEST(Supervisor, TheWatchdogIsForTheProcessThatItNames) {
  const std::string socket = "@mmsgate-test";
  const std::string us = fmt::to_string(::getpid());
  EXPECT_EQ(Supervisor::open({.socket = socket, .watchdog = "30000000"})->watchdog(), 30s);
  EXPECT_EQ(Supervisor::open({.socket = socket, .watchdog = "30000000", .pid = us})->watchdog(), 30s);
  EXPECT_EQ(Supervisor::open({.socket = socket, .watchdog = "30000000", .pid = "1"})->watchdog(), std::nullopt);
  for (const char* odd : {"", "0", "-1", "30s", "99999999999999999999"}) {
    EXPECT_EQ(Supervisor::open({.socket = socket, .watchdog = odd})->watchdog(), std::nullopt) << odd;
  }
}

TEST(Supervisor, ASocketThatCannotBeOneIsNamed) {
  for (const std::string& odd :
       {std::string("notify"), std::string("/"), std::string("vsock:2:1"), "/" + std::string(200, 'x')}) {
    const auto supervisor = Supervisor::open({.socket = odd});
    ASSERT_FALSE(supervisor) << odd;
    EXPECT_THAT(supervisor.error().detail, HasSubstr("$NOTIFY_SOCKET is " + odd));
  }
}

TEST(Supervisor, SaysThatNobodyListensAnyMore) {
  const TempFolder folder;
  const auto supervisor = Supervisor::open({.socket = folder.file("gone")});
  ASSERT_TRUE(supervisor);
  const auto told = supervisor->tell("READY=1");
  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().detail, HasSubstr("No such file"));
}

}  // namespace
}  // namespace mmsgate::runtime
