// SPDX-License-Identifier: Apache-2.0
#include "formats/forwarded.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

const std::vector<IpNetwork> kProxies = *parse_networks("127.0.0.1 10.0.0.0/8 2001:db8:1::/48");

std::string client(std::string_view peer, std::string_view x_forwarded_for, std::string_view forwarded = "") {
  return client_of(*IpAddress::parse(peer), kProxies, {x_forwarded_for, forwarded}).str();
}

TEST(ClientOf, WhoIsNoProxyOfOursIsTheClientWhateverHeSays) {
  EXPECT_EQ(client("203.0.113.9", ""), "203.0.113.9");
  EXPECT_EQ(client("203.0.113.9", "192.0.2.1", "for=192.0.2.1"), "203.0.113.9");
  EXPECT_EQ(client_of(*IpAddress::parse("127.0.0.1"), {}, {"192.0.2.1", ""}).str(), "127.0.0.1");
}

TEST(ClientOf, TheRightmostThatIsNoProxyOfOursIs) {
  EXPECT_EQ(client("127.0.0.1", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", "198.51.100.1, 192.0.2.1"), "192.0.2.1") << "the left one is the client's own word";
  EXPECT_EQ(client("127.0.0.1", "198.51.100.1, 192.0.2.1, 10.1.1.1,10.2.2.2"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", "\"198.51.100.1, 192.0.2.1"), "192.0.2.1") << "this header knows no quotes";
  EXPECT_EQ(client("127.0.0.1", "10.1.1.1, 10.2.2.2"), "10.1.1.1") << "all are ours: the one that began";
  EXPECT_EQ(client("127.0.0.1", ""), "127.0.0.1");
}

TEST(ClientOf, EveryFormOfAnAddressIsRead) {
  EXPECT_EQ(client("127.0.0.1", "192.0.2.1:8080"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", "2001:db8::5"), "2001:db8::5");
  EXPECT_EQ(client("127.0.0.1", "[2001:db8::5]:443"), "2001:db8::5");
  EXPECT_EQ(client("127.0.0.1", "::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", "", "for=192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", "", "For=\"[2001:db8::5]:4711\";proto=https;by=10.0.0.1"), "2001:db8::5");
  EXPECT_EQ(client("127.0.0.1", "", "for=198.51.100.1, proto=https; for=\"192.0.2.1:80\", for=10.0.0.7"), "192.0.2.1");
  EXPECT_EQ(client("127.0.0.1", "", R"(for=198.51.100.1;host="a,b;for=\"1.2.3.4", for=192.0.2.1;host=",")"),
            "192.0.2.1");
  EXPECT_EQ(client("2001:db8:1::7", "192.0.2.1"), "192.0.2.1");
}

TEST(ClientOf, WhatIsNoAddressEndsAtTheProxyThatWroteIt) {
  for (const char* entry :
       {"unknown", "_hidden", "192.0.2.1:http", "[2001:db8::1", "[2001:db8::1]x", "1.2.3", "\"192.0.2.1\""}) {
    EXPECT_EQ(client("127.0.0.1", entry), "127.0.0.1") << entry;
    EXPECT_EQ(client("127.0.0.1", std::string("192.0.2.1, ") + entry + ", 10.9.9.9"), "10.9.9.9") << entry;
  }
  EXPECT_EQ(client("127.0.0.1", "192.0.2.1,"), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", "", "proto=https"), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", "", "for=192.0.2.1;for=192.0.2.2"), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", "", "for=\"192.0.2.1"), "127.0.0.1");
}

// A proxy writes one of the two, and hands on the other as the client made it up.
TEST(ClientOf, TwoHeadersThatDisagreeProveNothing) {
  EXPECT_EQ(client("127.0.0.1", "192.0.2.1", "for=192.0.2.2"), "127.0.0.1");
  EXPECT_EQ(client("127.0.0.1", "192.0.2.1", "for=192.0.2.1"), "192.0.2.1");
}

}  // namespace
}  // namespace mmsgate::formats
