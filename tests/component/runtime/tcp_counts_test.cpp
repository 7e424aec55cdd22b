// SPDX-License-Identifier: Apache-2.0
// What the kernel says of a real connection, and what an older one would.
#include "runtime/tcp_counts.hpp"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "runtime/descriptor.hpp"
#include "support/eventually.hpp"

namespace mmsgate::runtime {
namespace {

using testing_support::eventually;

/// Two ends of one connection over loopback.
class TcpCountsTest : public testing::Test {
 protected:
  void SetUp() override {
    const Descriptor listener(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* const where = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener.get(), where, size), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    ASSERT_EQ(::getsockname(listener.get(), where, &size), 0);
    ours_ = Descriptor(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(ours_.get(), where, size), 0);
    theirs_ = Descriptor(::accept(listener.get(), nullptr, nullptr));
    ASSERT_TRUE(theirs_.is_open());
  }

  Descriptor ours_, theirs_;
};

TEST_F(TcpCountsTest, SayWhatCameAndWhatTheOtherSideHasGot) {
  const auto before = tcp_counts(ours_.get());
  ASSERT_TRUE(before && before->acknowledged && before->received);
  constexpr std::size_t kBytes = 1000;
  ASSERT_EQ(::write(ours_.get(), std::string(kBytes, 'x').data(), kBytes), static_cast<ssize_t>(kBytes));
  EXPECT_TRUE(eventually([&] { return tcp_counts(ours_.get())->acknowledged == *before->acknowledged + kBytes; }));
  EXPECT_EQ(tcp_counts(theirs_.get())->received, kBytes);
  EXPECT_EQ(tcp_counts(ours_.get())->received, before->received) << "nothing came back";
}

TEST_F(TcpCountsTest, WhatIsNoTcpConnectionHasNone) {
  EXPECT_FALSE(tcp_counts(Descriptor(::socket(AF_UNIX, SOCK_STREAM, 0)).get()));
  EXPECT_FALSE(tcp_counts(-1));
}

TEST(TcpCounts, OfAnOlderKernelSayLess) {
  tcp_info info{};
  info.tcpi_last_data_recv = 7;
  info.tcpi_bytes_acked = 8;
  info.tcpi_bytes_received = 9;
  const std::string whole(reinterpret_cast<const char*>(&info), sizeof info);
  EXPECT_EQ(tcp_counts_in(whole).acknowledged, 8);
  EXPECT_EQ(tcp_counts_in(whole).received, 9);
  const auto without_received = tcp_counts_in(whole.substr(0, offsetof(tcp_info, tcpi_bytes_received)));
  EXPECT_EQ(without_received.acknowledged, 8);
  EXPECT_EQ(without_received.received, std::nullopt) << "and not 0 bytes";
  const auto oldest = tcp_counts_in(whole.substr(0, offsetof(tcp_info, tcpi_bytes_acked)));
  EXPECT_EQ(oldest.acknowledged, std::nullopt);
  EXPECT_EQ(oldest.quiet, std::chrono::milliseconds(7));
}

}  // namespace
}  // namespace mmsgate::runtime
