// SPDX-License-Identifier: Apache-2.0
#include "formats/ini.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

std::vector<IniEntry> read(std::string_view text) {
  auto entries = parse_ini(text);
  EXPECT_TRUE(entries) << (entries ? "" : entries.error().detail);
  return entries.value_or(std::vector<IniEntry>());
}

std::string problem(std::string_view text) {
  const auto entries = parse_ini(text);
  EXPECT_FALSE(entries) << text;
  if (entries) return "";
  EXPECT_EQ(entries.error().kind, ErrorKind::rejected);
  return entries.error().detail;
}

TEST(Ini, ReadsSectionsNamesAndValues) {
  const auto entries = read(
      "# a comment\r\n\r\n[sip]\r\nSipPort = 5060\r\n; another\r\nsippop: deluth2.voip.ms\r\n\n"
      "[Web]\nwebdns=gw.example.org:8080\nempty =\n");
  ASSERT_THAT(entries, SizeIs(4));
  EXPECT_EQ(entries[0].section, "sip");
  EXPECT_EQ(entries[0].name, "sipport");
  EXPECT_EQ(entries[0].value, "5060");
  EXPECT_EQ(entries[0].line, 4);
  EXPECT_EQ(entries[1].name, "sippop");
  EXPECT_EQ(entries[1].value, "deluth2.voip.ms");
  EXPECT_EQ(entries[2].section, "Web");
  EXPECT_EQ(entries[2].value, "gw.example.org:8080") << "the first sign parts them";
  EXPECT_EQ(entries[3].value, "");
}

TEST(Ini, JoinsIndentedLines) {
  const auto entries = read(
      "[web]\nwebfilter =\n  5145550100 \"bob\" not in toid\n  # not this one\n\n\t5145550101 \"x\" == toid\n\nwebport "
      "= 1\n");
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[0].value, "5145550100 \"bob\" not in toid\n\n5145550101 \"x\" == toid");
  EXPECT_EQ(entries[0].line, 2);
  EXPECT_EQ(entries[1].value, "1");
}

TEST(Ini, IndentationCountsFromTheNameThatTheValueBelongsTo) {
  const auto entries = read("  [a]\n  x = 1\n  y = 2\n   more\n z = 3\n");
  ASSERT_THAT(entries, SizeIs(3));
  EXPECT_EQ(entries[1].value, "2\nmore");
  EXPECT_EQ(entries[2].name, "z");
}

TEST(Ini, KeepsWhatPasswordsHold) {
  const auto entries = read("[api]\napipw = a#b;c=d:e \"f\" [g] caf\u00e9 100%% %x\n");
  EXPECT_EQ(entries.at(0).value, "a#b;c=d:e \"f\" [g] caf\u00e9 100% %x");
  EXPECT_EQ(read("[a]\nx=%%%%%\n").at(0).value, "%%%");
}

TEST(Ini, TakesAByteOrderMarkAndNoLastLineEnd) {
  EXPECT_EQ(read("\xEF\xBB\xBF[a]\nx=1").at(0).value, "1");
  EXPECT_THAT(read(""), SizeIs(0));
  EXPECT_THAT(read("[a] # with a comment\n"), SizeIs(0));
}

TEST(Ini, NamesTheLineThatItCannotRead) {
  EXPECT_THAT(problem("[a]\nx = 1\n\n# c\n\n\nnonsense\n"), testing::StartsWith("line 7: "));
  EXPECT_THAT(problem("x = 1\n"), HasSubstr("line 1: \"x\" stands before the first [section]"));
  EXPECT_THAT(problem("[a]\n= 1\n"), HasSubstr("line 2: there is no name"));
  EXPECT_THAT(problem("[a\nx = 1\n"), HasSubstr("line 1: "));
  EXPECT_THAT(problem("[]\n"), HasSubstr("line 1: "));
  EXPECT_THAT(problem("[ ]\n"), HasSubstr("line 1: "));
  EXPECT_THAT(problem("[a] b\n"), HasSubstr("line 1: "));
  EXPECT_THAT(problem("[a]\nx=1\nX=2\n"), HasSubstr("line 3: \"x\" is there twice in [a]"));
  EXPECT_THAT(problem("[a]\nx=1\n[b]\nx=1\n[a]\n"), HasSubstr("line 5: the section [a] is there twice"));
  EXPECT_THAT(problem("[a]\nx=\xFF\n"), HasSubstr("line 2: this is not UTF-8"));
  EXPECT_THAT(problem(std::string("[a]\nx=\0\n", 8)), HasSubstr("line 2: "));
  EXPECT_THAT(problem("[a]\n  more\n"), HasSubstr("line 2: ")) << "there is no value that it could belong to";
}

}  // namespace
}  // namespace mmsgate::formats
