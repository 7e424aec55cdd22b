// SPDX-License-Identifier: Apache-2.0
#include "formats/mime.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

TEST(ContentType, IsLowerCaseWithoutItsParameters) {
  const ContentType type = parse_content_type(" Text/Plain ; Charset=UTF-8; format=flowed");
  EXPECT_EQ(type.type, "text/plain");
  EXPECT_EQ(type.parameters.at("charset"), "UTF-8");
  EXPECT_EQ(type.parameters.at("format"), "flowed");
}

TEST(ContentType, UnquotesValues) {
  const ContentType type = parse_content_type(R"(multipart/mixed;boundary="a;b=\"c\\d";x=1)");
  EXPECT_EQ(type.parameters.at("boundary"), R"(a;b="c\d)");
  EXPECT_EQ(type.parameters.at("x"), "1");
}

TEST(ContentType, SurvivesNonsense) {
  for (const char* nonsense :
       {"", ";", "text", "text/", "/plain", "te xt/plain", "text/pl\x01in", "a/b/c", "\xFF/\xFE"}) {
    EXPECT_EQ(parse_content_type(nonsense).type, "") << nonsense;
  }
  EXPECT_TRUE(parse_content_type("a/b;;=;x;=y;\"").parameters.empty());
  EXPECT_EQ(parse_content_type("a/b;x=\"open").parameters.at("x"), "open");
  EXPECT_EQ(parse_content_type("a/b;x=1;X=2").parameters.at("x"), "1") << "the first counts";
}

std::vector<BodyPart> read(std::string_view body, std::string_view boundary = "b") {
  auto parts = parse_multipart(body, boundary);
  EXPECT_TRUE(parts) << (parts ? "" : parts.error().detail);
  return parts.value_or(std::vector<BodyPart>());
}

TEST(Multipart, ReadsPartsWithTheirHeaders) {
  const auto parts = read(
      "preamble\r\n--b\r\nContent-Type: text/plain;\r\n charset=utf-8\r\nX-One: 1\r\n\r\nhello\r\nworld\r\n"
      "--b  \r\n\r\nsecond\r\n--b--\r\nepilogue");
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].content_type, "text/plain; charset=utf-8") << "unfolded";
  EXPECT_EQ(parts[0].headers.at("x-one"), "1");
  EXPECT_EQ(parts[0].body, "hello\r\nworld") << "the last line break belongs to the boundary";
  EXPECT_EQ(parts[1].content_type, "text/plain") << "the default of RFC 2046";
  EXPECT_EQ(parts[1].body, "second");
}

TEST(Multipart, TakesBareLineFeeds) {
  const auto parts = read("--b\nContent-Type: image/png\n\n\x89PNG\n\n--b--");
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].content_type, "image/png");
  EXPECT_EQ(parts[0].body, "\x89PNG\n");
}

TEST(Multipart, TakesEmptyParts) {
  EXPECT_EQ(read("--b\r\n--b--").at(0).body, "");
  EXPECT_EQ(read("--b\r\n\r\n--b--").at(0).body, "");
  EXPECT_EQ(read("--b\r\nContent-Type: a/b\r\n--b--").at(0).content_type, "a/b") << "headers only";
}

TEST(Multipart, TakesForADelimiterOnlyAWholeLine) {
  const auto parts = read("--b\r\n\r\nx --b\r\n--bb\r\n--b-\r\n---b\r\n--b--");
  ASSERT_THAT(parts, SizeIs(1));
  EXPECT_EQ(parts[0].body, "x --b\r\n--bb\r\n--b-\r\n---b");
}

TEST(Multipart, RefusesWhatIsBroken) {
  const auto detail_of = [](std::string_view body, std::string_view boundary) {
    const auto parts = parse_multipart(body, boundary);
    if (parts) return std::string("it was read");
    EXPECT_EQ(parts.error().kind, ErrorKind::corrupt);
    return parts.error().detail;
  };
  EXPECT_THAT(detail_of("--b\r\n\r\nx\r\n--b--", ""), HasSubstr("without a boundary"));
  EXPECT_THAT(detail_of("", "b"), HasSubstr("does not occur"));
  EXPECT_THAT(detail_of("no such line", "b"), HasSubstr("does not occur"));
  EXPECT_THAT(detail_of("--b\r\n\r\ncut of", "b"), HasSubstr("closing"));
  EXPECT_THAT(detail_of("--b\r\n\r\nx\r\n--b\r\n\r\ny", "b"), HasSubstr("closing"));
  EXPECT_THAT(detail_of("--b--\r\n", "b"), HasSubstr("without a part"));
  EXPECT_THAT(detail_of("--b\r\nno colon here\r\n\r\nx\r\n--b--", "b"), HasSubstr("header"));
  EXPECT_THAT(detail_of("--b\r\n: no name\r\n\r\nx\r\n--b--", "b"), HasSubstr("header"));
}

TEST(Multipart, Takes64PartsAndNoMore) {
  std::string body;
  for (int i = 0; i < 64; ++i) body += "--b\r\n\r\nx\r\n";
  EXPECT_THAT(read(body + "--b--"), SizeIs(64));
  const auto parts = parse_multipart(body + "--b\r\n\r\nx\r\n--b--", "b");
  ASSERT_FALSE(parts);
  EXPECT_THAT(parts.error().detail, HasSubstr("64"));
}

TEST(Multipart, ReadsWhatItWrote) {
  const std::vector<BodyPart> parts = {
      {.content_type = "text/plain", .body = "caption\r\n"},
      {.content_type = "image/png", .headers = {{"content-id", "<1>"}}, .body = std::string("\0\r\n\xFF", 4)},
      {.content_type = "text/plain", .body = ""}};
  const auto again = read(write_multipart(parts, "edge"), "edge");
  ASSERT_THAT(again, SizeIs(3));
  for (std::size_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(again[i].content_type, parts[i].content_type);
    EXPECT_EQ(again[i].headers, parts[i].headers);
    EXPECT_EQ(again[i].body, parts[i].body);
  }
}

TEST(Multipart, LetsNoValueWriteAHeader) {
  const std::string text = write_multipart(
      {{.content_type = "a/b\r\nX-Evil: 1", .headers = {{"x", "1\n\nbody"}, {"bad name", "2"}}, .body = "x"}}, "b");
  EXPECT_THAT(text, testing::Not(HasSubstr("\nX-Evil")));
  EXPECT_THAT(text, testing::Not(HasSubstr("bad name")));
  EXPECT_EQ(read(text).at(0).body, "x");
}

}  // namespace
}  // namespace mmsgate::formats
