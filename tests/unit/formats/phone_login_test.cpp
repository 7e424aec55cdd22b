// SPDX-License-Identifier: Apache-2.0
#include "formats/phone_login.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace mmsgate::formats {
namespace {

constexpr const char* kMd5 = "8ca523f5e9506fed4657c9700eebdbec";
constexpr const char* kSha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";

/// The example of RFC 7616 3.9.1.
std::string example(std::string_view algorithm = "MD5", std::string_view response = kMd5) {
  return fmt::format(
      "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm={}, "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
      "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"{}\", "
      "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"",
      algorithm, response);
}

TEST(DigestLogin, OfTheStandardIsRead) {
  const auto login = parse_digest_login(example());
  ASSERT_TRUE(login) << login.error().detail;
  EXPECT_EQ(login->hash, DigestHash::md5);
  EXPECT_EQ(login->user, "Mufasa");
  EXPECT_EQ(login->realm, "http-auth@example.org");
  EXPECT_EQ(login->uri, "/dir/index.html");
  EXPECT_EQ(login->nonce, "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v");
  EXPECT_EQ(login->cnonce, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
  EXPECT_EQ(login->nc, "00000001");
  EXPECT_EQ(login->count, 1U);
  EXPECT_EQ(login->response, kMd5);
  EXPECT_EQ(parse_digest_login(example("SHA-256", kSha256))->hash, DigestHash::sha256);
}

TEST(DigestLogin, MayBeWrittenInOtherWays) {
  const auto login = parse_digest_login(fmt::format(
      "dIGEST  ,USERNAME = \"a \\\"b\\\" \\\\c\" ,,qop=\"auth\",realm=r,nonce=\"n,=\",nc=0000000A,uri=\"/f?x=y\","
      "response=\"{}\"  ",
      "8CA523F5E9506FED4657C9700EEBDBEC"));
  ASSERT_TRUE(login) << login.error().detail;
  EXPECT_EQ(login->user, "a \"b\" \\c");
  EXPECT_EQ(login->nonce, "n,=");
  EXPECT_EQ(login->nc, "0000000A");
  EXPECT_EQ(login->count, 10U);
  EXPECT_EQ(login->response, kMd5);
  EXPECT_EQ(login->hash, DigestHash::md5) << "where nothing is said";
}

TEST(DigestLogin, OtherSchemesAreForOthers) {
  for (const char* other : {"", "Bearer x", "Basic YTpi", "Digest", "Digestive username=x"}) {
    EXPECT_FALSE(is_digest_login(other)) << other;
    EXPECT_FALSE(parse_digest_login(other)) << other;
  }
}

TEST(DigestLogin, WhatIsWrongIsSaid) {
  const auto with = [](std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::pair<std::string, const char*> wrong[] = {
      {"Digest username", "no list"},
      {"Digest username=\"x", "quotes"},
      {"Digest \"username\"=x", "no list"},
      {"Digest username=\"x\" realm=\"y\"", "no list"},
      {with(example(), "username=\"Mufasa\"", "username=\"\""), "no user"},
      {with(example(), "username=\"Mufasa\"", fmt::format("username={}", std::string(300, 'x'))), "no user"},
      {with(example(), "username=\"Mufasa\"", fmt::format("username={}", std::string(3000, 'x'))), "too long"},
      {with(example(), "username=\"Mufasa\"", "username*=UTF-8''x"), "hides"},
      {example() + ", userhash=true", "hides"},
      {example() + ", realm=\"other\"", "twice"},
      {with(example(), "qop=auth", "qop=auth-int"), "qop"},
      {with(example(), ", qop=auth", ""), "qop"},
      {with(example(), "nc=00000001", "nc=1"), "nc"},
      {with(example(), "nc=00000001", "nc=0000000x"), "nc"},
      {example("MD5-sess"), "algorithm"},
      {example("SHA-512-256"), "algorithm"},
      {example("SHA-256"), "response"},
      {example("MD5", ""), "response"},
      {example("MD5", "zca523f5e9506fed4657c9700eebdbec"), "response"},
  };
  for (const auto& [header, word] : wrong) {
    const auto login = parse_digest_login(header);
    ASSERT_FALSE(login) << header;
    EXPECT_EQ(login.error().kind, ErrorKind::corrupt);
    EXPECT_NE(login.error().detail.find(word), std::string::npos) << header << ": " << login.error().detail;
  }
}

TEST(PathOfUri, IsWhatStandsBeforeTheQuery) {
  EXPECT_EQ(path_of_uri("/file"), "/file");
  EXPECT_EQ(path_of_uri("/file?a=/b#c"), "/file");
  EXPECT_EQ(path_of_uri("http://h:1/file?a"), "/file");
  EXPECT_EQ(path_of_uri("http://h"), "");
  EXPECT_EQ(path_of_uri("file"), "");
  EXPECT_EQ(path_of_uri(""), "");
}

TEST(PhoneAddress, IsReadAsPhonesWriteIt) {
  for (const char* text :
       {"sip:100000_bob@sip.example.org", "<sip:100000_bob@sip.example.org>", "SIPS:100000_bob@sip.example.org;a=b",
        "\"Bob <x>\" <sip:100000_bob@sip.example.org:5061;transport=tls>;tag=1", " sip:100000_bob@sip.example.org "}) {
    const auto address = parse_phone_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->user, "100000_bob") << text;
    EXPECT_EQ(address->host, "sip.example.org") << text;
  }
  EXPECT_EQ(parse_phone_address("sip:bob@[2001:db8::1]:5060")->host, "[2001:db8::1]");
  EXPECT_EQ(parse_phone_address("sip:bob@192.0.2.1")->host, "192.0.2.1");
}

TEST(PhoneAddress, AHostThatIsNoneIsLeftOut) {
  for (const char* host : {"", "a\"b", "a b", "..", ".a", "-a", "a\nb", "[::1", "[x]", "a/b", "\xc3\xa9.example"}) {
    const auto address = parse_phone_address(fmt::format("sip:bob@{}", host));
    ASSERT_TRUE(address) << host;
    EXPECT_EQ(address->user, "bob") << host;
    EXPECT_EQ(address->host, "") << host;
  }
}

TEST(PhoneAddress, WhatIsNoSipAddressIsNone) {
  for (const char* text :
       {"", "bob@example.org", "tel:+15145550100", "sip:example.org", "sip:@example.org", "<", "sip:"}) {
    EXPECT_FALSE(parse_phone_address(text)) << text;
  }
}

}  // namespace
}  // namespace mmsgate::formats
