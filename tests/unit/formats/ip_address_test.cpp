// SPDX-License-Identifier: Apache-2.0
#include "formats/ip_address.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;

std::string read_and_written(std::string_view text) {
  const auto address = IpAddress::parse(text);
  return address ? address->str() : "none";
}

TEST(IpAddress, IsReadInEveryFormAndWrittenInOne) {
  EXPECT_EQ(read_and_written("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(read_and_written("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(read_and_written("::FFFF:c000:0201"), "192.0.2.1");
  EXPECT_EQ(read_and_written("2001:DB8:0:0:0:0:0:1"), "2001:db8::1");
  EXPECT_EQ(read_and_written("2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1") << "one zero is no run (RFC 5952 4.2.2)";
  EXPECT_EQ(read_and_written("2001:0:0:1:0:0:0:1"), "2001:0:0:1::1");
  EXPECT_EQ(read_and_written("2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1") << "the first of two (RFC 5952 4.2.3)";
  EXPECT_EQ(read_and_written("::"), "::");
  EXPECT_EQ(read_and_written("::1"), "::1");
  EXPECT_EQ(read_and_written("fe80::"), "fe80::");
  EXPECT_EQ(read_and_written("fe80::1%eth0"), "fe80::1");
  EXPECT_EQ(read_and_written("64:ff9b::192.0.2.1"), "64:ff9b::c000:201");
}

// Held against the system's own reader.
TEST(IpAddress, WhatIsNoneIsNone) {
  for (const char* text : {"",
                           "1",
                           "1.2.3",
                           "1.2.3.4.5",
                           "1.2.3.256",
                           "01.2.3.4",
                           "1.2.3.4 ",
                           " 1.2.3.4",
                           "1.2.3.-4",
                           "1..3.4",
                           ":",
                           ":::",
                           "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9",
                           "1::2::3",
                           "1:2:3:4::5:6:7:8",
                           "12345::",
                           "g::",
                           "::1.2.3",
                           ":1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:",
                           "1.2.3.4::",
                           "::1.2.3.4:1",
                           "[::1]",
                           "unknown",
                           "1:2:3:4:5:6:7:1.2.3.4"}) {
    EXPECT_EQ(read_and_written(text), "none") << text;
    in6_addr bytes{};
    EXPECT_NE(inet_pton(AF_INET6, text, &bytes), 1) << text;
    EXPECT_NE(inet_pton(AF_INET, text, &bytes), 1) << text;
  }
}

TEST(IpAddress, OneHouseholdIsOneClient) {
  const auto household = [](std::string_view text) { return IpAddress::parse(text)->household().str(); };
  EXPECT_EQ(household("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(household("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
  EXPECT_EQ(household("2001:db8:1:3:3:4:5:6"), "2001:db8:1:3::");
}

TEST(IpNetwork, HasWhatIsInIt) {
  const auto has = [](std::string_view network, std::string_view address) {
    return IpNetwork::parse(network)->has(*IpAddress::parse(address));
  };
  EXPECT_TRUE(has("10.0.0.0/8", "10.255.0.1"));
  EXPECT_FALSE(has("10.0.0.0/8", "11.0.0.1"));
  EXPECT_TRUE(has("10.0.0.0/8", "::ffff:10.1.2.3")) << "mapped is the same";
  EXPECT_TRUE(has("192.0.2.128/25", "192.0.2.129"));
  EXPECT_FALSE(has("192.0.2.128/25", "192.0.2.127"));
  EXPECT_TRUE(has("127.0.0.1", "127.0.0.1"));
  EXPECT_FALSE(has("127.0.0.1", "127.0.0.2"));
  EXPECT_TRUE(has("0.0.0.0/0", "203.0.113.1"));
  EXPECT_FALSE(has("0.0.0.0/0", "2001:db8::1")) << "all of IPv4 is not all";
  EXPECT_TRUE(has("::/0", "2001:db8::1"));
  EXPECT_TRUE(has("2001:db8::/33", "2001:db8:7fff::1"));
  EXPECT_FALSE(has("2001:db8::/33", "2001:db8:8000::1"));
}

TEST(IpNetwork, AListSaysWhichIsWrong) {
  EXPECT_TRUE(parse_networks("")->empty());
  EXPECT_EQ(parse_networks("127.0.0.1, 10.0.0.0/8\n  2001:db8::/32,,::1")->size(), 4U);
  for (const char* wrong : {"10.0.0.0/33", "10.0.0.1/8", "2001:db8::1/32", "10.0.0.0/", "10.0.0.0/x", "localhost",
                            "1/2/3", "2001:db8::/129", "10.0.0.0/-1"}) {
    const auto networks = parse_networks(std::string("127.0.0.1 ") + wrong);
    ASSERT_FALSE(networks) << wrong;
    EXPECT_THAT(networks.error().detail, HasSubstr(std::string("\"") + wrong + "\" is neither"));
  }
}

}  // namespace
}  // namespace mmsgate::formats
