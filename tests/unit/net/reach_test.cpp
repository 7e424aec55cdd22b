// SPDX-License-Identifier: Apache-2.0
#include "net/reach.hpp"

#include <gtest/gtest.h>
#include <sys/un.h>

namespace mmsgate::net {
namespace {

constexpr const char* kPublic[] = {
    "1.1.1.1",      "9.255.255.255",   "11.0.0.0",         "100.63.255.255",  "100.128.0.0",     "126.255.255.255",
    "128.0.0.1",    "169.253.255.255", "172.15.255.255",   "172.32.0.0",      "192.0.1.1",       "192.167.255.255",
    "192.169.0.0",  "198.17.255.255",  "198.20.0.0",       "223.255.255.255", "2606:4700::1111", "2001:4860::8888",
    "2a00:1450::1", "::ffff:1.1.1.1",  "64:ff9b::101:101", "2002:101:101::1", "2600::",
};

constexpr const char* kLoopback[] = {"127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "0:0:0:0:0:0:0:1"};

constexpr const char* kNeverForStrangers[] = {
    // IPv4
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    // IPv6
    "::",
    "::2",
    "100::1",
    "1000::1",
    "2001::1",
    "2001:2::1",
    "2001:db8::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    // IPv4 inside IPv6
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:192.168.1.1",
    "::10.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::a00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
    "2002:a00:1::1",
    "2002:7f00:1::1",
    "2002:c0a8:101::1",
};

constexpr const char* kNoAddress[] = {"",          "localhost", "127.1",      "0x7f000001", "2130706433",
                                      "1.2.3.4.5", "[::1]",     "1.1.1.1:80", "/tmp/socket"};

TEST(Reach, StrangersReachWhatIsPublic) {
  for (const char* address : kPublic) {
    EXPECT_TRUE(may_reach(Reach::public_only, address)) << address;
    EXPECT_TRUE(may_reach(Reach::with_loopback, address)) << address;
    EXPECT_TRUE(may_reach(Reach::anywhere, address)) << address;
  }
}

TEST(Reach, LoopbackIsForTheSandbox) {
  for (const char* address : kLoopback) {
    EXPECT_FALSE(may_reach(Reach::public_only, address)) << address;
    EXPECT_TRUE(may_reach(Reach::with_loopback, address)) << address;
    EXPECT_TRUE(may_reach(Reach::anywhere, address)) << address;
  }
}

TEST(Reach, NobodyElseReachesWhatIsNotPublic) {
  for (const char* address : kNeverForStrangers) {
    EXPECT_FALSE(may_reach(Reach::public_only, address)) << address;
    EXPECT_FALSE(may_reach(Reach::with_loopback, address)) << address;
    EXPECT_TRUE(may_reach(Reach::anywhere, address)) << address;
  }
}

TEST(Reach, WhatIsNoAddressIsNotReached) {
  for (const char* text : kNoAddress) {
    EXPECT_FALSE(may_reach(Reach::public_only, text)) << text;
    EXPECT_FALSE(may_reach(Reach::anywhere, text)) << text;
  }
}

TEST(Reach, OtherFamiliesAreNotReached) {
  const sockaddr_un local{.sun_family = AF_UNIX, .sun_path = "/run/docker.sock"};
  EXPECT_FALSE(may_reach(Reach::anywhere, reinterpret_cast<const sockaddr*>(&local)));
}

}  // namespace
}  // namespace mmsgate::net
