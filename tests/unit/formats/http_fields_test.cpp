// SPDX-License-Identifier: Apache-2.0
#include "formats/http_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;
using testing::Not;

void expect_part(std::string_view header, std::uint64_t size, std::uint64_t first, std::uint64_t last) {
  const RangeAnswer answer = parse_range(header, size);
  EXPECT_EQ(answer.kind, RangeKind::part) << header;
  EXPECT_EQ(answer.range.first, first) << header;
  EXPECT_EQ(answer.range.last, last) << header;
}

TEST(Range, ReadsOneRange) {
  expect_part("bytes=0-0", 100, 0, 0);
  expect_part("bytes=10-19", 100, 10, 19);
  expect_part("bytes=10-", 100, 10, 99);
  expect_part("bytes=10-1000", 100, 10, 99);
  expect_part("bytes=99-99999999999999999999999", 100, 99, 99);
  expect_part("bytes=-1", 100, 99, 99);
  expect_part("bytes=-1000", 100, 0, 99);
  expect_part(" Bytes = 1 - 2 ", 100, 1, 2);
}

TEST(Range, SaysWhatCannotBeGiven) {
  for (const char* header : {"bytes=100-", "bytes=100-200", "bytes=99999999999999999999999-", "bytes=-0"}) {
    EXPECT_EQ(parse_range(header, 100).kind, RangeKind::unsatisfiable) << header;
  }
  EXPECT_EQ(parse_range("bytes=0-", 0).kind, RangeKind::unsatisfiable);
  EXPECT_EQ(parse_range("bytes=-5", 0).kind, RangeKind::whole);
}

TEST(Range, GivesTheWholeForAllElse) {
  for (const char* header :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5", "bytes=2-1", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b",
        "bytes=1-b", "bytes=+1-2", "bytes=1--2", "bytes=--1", "bytes=0x1-2", "=0-1"}) {
    EXPECT_EQ(parse_range(header, 100).kind, RangeKind::whole) << header;
  }
}

TEST(ContentDisposition, HasBothNames) {
  EXPECT_EQ(content_disposition("inline", "a b.png"), "inline; filename=\"a b.png\"; filename*=UTF-8''a%20b.png");
  EXPECT_EQ(content_disposition("attachment", "caf\u00e9 \U0001F600.jpg"),
            "attachment; filename=\"caf_ _.jpg\"; filename*=UTF-8''caf%C3%A9%20%F0%9F%98%80.jpg");
}

const std::vector<std::string>& nasty_names() {
  static const std::vector<std::string> kNames = {"a\"; filename=\"evil.exe",
                                                  "a\r\nSet-Cookie: x=1",
                                                  std::string("a\0b", 3),
                                                  "..",
                                                  "../../etc/passwd",
                                                  "C:\\Windows\\system.ini",
                                                  "100%.png",
                                                  "a'b'c",
                                                  "\xFF\xFE.png",
                                                  "",
                                                  " ",
                                                  "...",
                                                  "\u202egnp.exe",
                                                  "\u2028x",
                                                  "\x7F",
                                                  std::string(100 << 10, 'x') + ".png",
                                                  std::string(300, '\x80'),
                                                  "a&b<c>.png",
                                                  "\U0001F600"};
  return kNames;
}

TEST(ContentDisposition, NoNameEndsTheHeaderOrNamesAFolder) {
  for (const std::string& name : nasty_names()) {
    const std::string header = content_disposition("attachment", name);
    EXPECT_EQ(header.find_first_of("\r\n\\/"), std::string::npos) << header;
    EXPECT_EQ(std::ranges::count(header, '"'), 2) << header;
    EXPECT_TRUE(std::ranges::all_of(header, [](char c) { return c >= ' ' && c <= '~'; })) << header;
    EXPECT_EQ(file_name_of(header), clean_file_name(name)) << "what is written is read";
  }
}

TEST(FileNameOf, ReadsWhatOthersWrite) {
  EXPECT_EQ(file_name_of("form-data;name=\"File\";filename=\"pic & ture.png\""), "pic & ture.png")
      << "as Linphone does";
  EXPECT_EQ(file_name_of("attachment; filename=plain.png"), "plain.png");
  EXPECT_EQ(file_name_of("attachment; FILENAME = \"a;b=\\\"c\\\".png\" ; x=y"), "a;b=\"c\".png");
  EXPECT_EQ(file_name_of("attachment; filename=\"old.png\"; filename*=utf-8'en'caf%c3%A9.png"), "caf\u00e9.png");
  EXPECT_EQ(file_name_of("attachment; filename*=ISO-8859-1''caf%E9.png"), "caf\u00e9.png");
  EXPECT_EQ(file_name_of("attachment; filename=\"C:\\dir\\a.png\""), "C:\\dir\\a.png")
      << "clean_file_name makes a.png of it";
  EXPECT_EQ(file_name_of("attachment; filename*=broken; filename=b.png"), "b.png");
  EXPECT_EQ(file_name_of("attachment; filename*=UTF-8''%zz%4"), "%zz%4");
}

TEST(FileNameOf, IsEmptyWithoutOne) {
  for (const char* header : {"", "attachment", "attachment;", "filename=x", "attachment; filename",
                             "attachment; filename=", "attachment; filename=\"\"", "attachment; filename*=''"}) {
    EXPECT_EQ(file_name_of(header), "") << header;
  }
  EXPECT_EQ(file_name_of("attachment; filename=\"open"), "open");
  EXPECT_EQ(file_name_of("a; filename=\xFF"), "\uFFFD");
}

TEST(CleanFileName, IsSafeToShowAndKeep) {
  EXPECT_EQ(clean_file_name("pic & ture.png"), "pic & ture.png");
  EXPECT_EQ(clean_file_name("../../etc/passwd"), "passwd");
  EXPECT_EQ(clean_file_name("C:\\Users\\x\\a.png"), "a.png");
  EXPECT_EQ(clean_file_name("folder/"), "file");
  EXPECT_EQ(clean_file_name(".."), "file");
  EXPECT_EQ(clean_file_name(std::string("a\0\n\x1b[31m.png", 12)), "a[31m.png");
  EXPECT_EQ(clean_file_name("a\u202egpj.exe"), "agpj.exe");
  EXPECT_EQ(clean_file_name("\U0001F469\u200D\U0001F680.jpg"), "\U0001F469\u200D\U0001F680.jpg")
      << "joined emoji stay joined";
  EXPECT_EQ(clean_file_name("\xFF"), "\uFFFD");
}

TEST(CleanFileName, IsShortAndKeepsTheExtension) {
  const std::string name = clean_file_name(std::string(100 << 10, 'x') + ".jpeg");
  EXPECT_EQ(name.size(), 255U);
  EXPECT_TRUE(name.ends_with("x.jpeg"));
  std::string emoji;
  for (int i = 0; i < 1000; ++i) emoji += "\U0001F600";
  const std::string cut = clean_file_name(emoji + ".png");
  EXPECT_LE(cut.size(), 255U);
  EXPECT_TRUE(cut.ends_with("\U0001F600.png")) << "no code point is cut";
}

TEST(CleanFileName, CleansWhatIsCleanNoFurther) {
  for (const std::string& name : nasty_names()) {
    const std::string clean = clean_file_name(name);
    EXPECT_EQ(clean_file_name(clean), clean);
    EXPECT_TRUE(is_utf8(clean));
    EXPECT_FALSE(clean.empty());
    EXPECT_LE(clean.size(), 255U);
    EXPECT_THAT(clean, Not(HasSubstr("/")));
  }
}

}  // namespace
}  // namespace mmsgate::formats
