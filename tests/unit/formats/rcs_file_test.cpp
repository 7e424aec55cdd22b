// SPDX-License-Identifier: Apache-2.0
#include "formats/rcs_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// As Linphone writes it.
constexpr std::string_view kFromPhone =
    R"(<?xml version="1.0" encoding="UTF-8"?>
<file xmlns="urn:gsma:params:xml:ns:rcs:rcs:fthttp" xmlns:am="urn:gsma:params:xml:ns:rcs:rcs:rram">
<file-info type="thumbnail"><file-size>12</file-size><content-type>image/jpeg</content-type>
<data url="https://gw.test/thumb" until="2027-01-01T00:00:00Z"/></file-info>
<file-info type="file"><file-size>4823</file-size><file-name>a &amp; b.png</file-name>
<content-type>Image/PNG;x=y</content-type><am:playing-length>9</am:playing-length>
<data url="https://gw.test/f?a=1&amp;b=2" until="2027-11-23T17:04:05Z"/></file-info>
</file>)";

std::string wrapped(std::string_view inside) {
  return "<file><file-info type=\"file\">" + std::string(inside) + "</file-info></file>";
}

RcsFile only(std::string_view xml) {
  const auto files = parse_rcs_files(xml);
  EXPECT_TRUE(files) << files.error().detail;
  if (!files || files->size() != 1) {
    ADD_FAILURE() << "not one file in: " << xml;
    return {};
  }
  return files->front();
}

Error refusal(std::string_view xml) {
  const auto files = parse_rcs_files(xml);
  EXPECT_FALSE(files) << xml;
  return files ? Error{} : files.error();
}

// A phone's picture called "pic & <ture> é.png" was refused as broken XML.
TEST(ParseRcsFiles, ANameThatThePhoneDidNotEscapeIsTaken) {
  const RcsFile file =
      only(wrapped("<file-size>1</file-size><file-name>pic & <ture> é.png</file-name>"
                   "<content-type>image/png</content-type><data url=\"http://a/b\" until=\"x\"/>"));
  EXPECT_EQ(file.name, "pic & <ture> é.png");
  EXPECT_EQ(file.url, "http://a/b");
}

TEST(RcsFile, ReadsWhatLinphoneWrites) {
  const RcsFile file = only(kFromPhone);
  EXPECT_EQ(file.name, "a & b.png");
  EXPECT_EQ(file.type, "image/png");
  EXPECT_EQ(file.size, 4823U);
  EXPECT_EQ(file.url, "https://gw.test/f?a=1&b=2");
  EXPECT_EQ(file.until, "2027-11-23T17:04:05Z");
}

TEST(RcsFile, TakesAnyPrefixAndMissingFields) {
  const RcsFile file = only(
      "<r:file xmlns:r=\"urn:gsma:params:xml:ns:rcs:rcs:fthttp\"><r:file-info><r:file-size>many</r:file-size>"
      "<r:data url=' https://gw.test/x '/></r:file-info></r:file>");
  EXPECT_EQ(file.url, "https://gw.test/x");
  EXPECT_EQ(file.size, 0U);
  EXPECT_EQ(file.type, "application/octet-stream");
  EXPECT_EQ(file.name, "");
}

TEST(RcsFile, RefusesWhatIsNoFileTransfer) {
  for (const char* xml :
       {"", "hello", "<", "<file", "<file><file-info></file>", "<html/>", "{}", "<?xml version='1.0'?>"}) {
    EXPECT_EQ(refusal(xml).kind, ErrorKind::corrupt) << xml;
  }
  EXPECT_THAT(refusal(wrapped("<file-name>x</file-name>")).detail, HasSubstr("URL"));
  EXPECT_THAT(refusal(wrapped("<data url='  '/>")).detail, HasSubstr("URL"));
}

TEST(RcsFile, ExpandsNoExternalEntity) {
  const std::string xml = "<?xml version=\"1.0\"?><!DOCTYPE file [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" +
                          wrapped("<file-name>&x;</file-name><data url=\"https://gw.test/1\"/>");
  EXPECT_EQ(only(xml).name, "&x;") << "as it stands, or refused; never the file";
}

TEST(RcsFile, ExpandsNoBillionLaughs) {
  std::string dtd = "<!DOCTYPE file [<!ENTITY a0 \"ha\">";
  for (int i = 1; i < 30; ++i) {
    const std::string inner = "&a" + std::to_string(i - 1) + ";";
    dtd += "<!ENTITY a" + std::to_string(i) + " \"" + inner + inner + "\">";
  }
  const RcsFile file = only(dtd + "]>" + wrapped("<file-name>&a29;</file-name><data url=\"https://gw.test/1\"/>"));
  EXPECT_EQ(file.name, "&a29;");
}

TEST(RcsFile, DecodesCharacterReferencesIntoValidText) {
  EXPECT_EQ(only(wrapped("<file-name>&#xE9;&#x1F600;&lt;</file-name><data url='https://gw.test/1'/>")).name,
            "\u00e9\U0001F600<");
  const std::string odd = only(wrapped("<file-name>a&#xD800;&#1;\xFF</file-name><data url='https://gw.test/1'/>")).name;
  EXPECT_THAT(odd, testing::StartsWith("a\uFFFD"));
  EXPECT_THAT(odd, Not(HasSubstr("\x01")));
}

TEST(RcsFile, DeepNestingCostsNoStack) {
  constexpr int kDepth = 100'000;
  std::string xml = "<file>";
  for (int i = 0; i < kDepth; ++i) xml += "<a>";
  EXPECT_EQ(refusal(xml).kind, ErrorKind::corrupt);
  for (int i = 0; i < kDepth; ++i) xml += "</a>";
  const auto files = parse_rcs_files(xml + "</file>");
  ASSERT_TRUE(files);
  EXPECT_TRUE(files->empty());
}

TEST(RcsFile, Takes64FilesAndNoMore) {
  std::string xml = "<file>";
  for (int i = 0; i < 64; ++i) xml += "<file-info><data url='https://gw.test/1'/></file-info>";
  EXPECT_THAT(*parse_rcs_files(xml + "</file>"), SizeIs(64));
  EXPECT_EQ(refusal(xml + "<file-info><data url='https://gw.test/1'/></file-info></file>").kind, ErrorKind::limit);
}

// Predecessor's defect 9: file names were not escaped.
TEST(RcsFile, Defect09_ReadsWhatItWroteWhateverTheName) {
  for (const std::string& name : {std::string("a & b <c> \"d\" 'e'.png"), std::string("../../etc/passwd"),
                                  std::string("]]><script>&amp;</script><!--"), std::string("\U0001F600 caf\u00e9.jpg"),
                                  std::string("line\nbreak\tand\rreturn"), std::string(100 << 10, 'x')}) {
    const RcsFile file{
        .name = name, .type = "image/png", .size = 7, .url = "https://gw.test/?a=1&b=<2>\"", .until = "soon"};
    const RcsFile again = only(write_rcs_files({file}));
    EXPECT_EQ(again.name, file.name);
    EXPECT_EQ(again.type, file.type);
    EXPECT_EQ(again.size, file.size);
    EXPECT_EQ(again.url, file.url);
    EXPECT_EQ(again.until, file.until);
  }
}

TEST(RcsFile, WritesOnlyWhatXmlCanHold) {
  const RcsFile file{.name = std::string("a\0b\x01\xFF", 5) + "\xED\xA0\x80\xEF\xBF\xBF", .type = "a/b", .url = "u"};
  const std::string xml = write_rcs_files({file});
  EXPECT_EQ(xml.find('\0'), std::string::npos);
  EXPECT_THAT(xml, Not(HasSubstr("\x01")));
  EXPECT_EQ(only(xml).name, "a\uFFFDb\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
}

TEST(RcsFile, WritesSeveralFiles) {
  const auto files = parse_rcs_files(write_rcs_files({{.name = "1", .url = "u1"}, {.name = "2", .url = "u2"}}));
  ASSERT_TRUE(files);
  ASSERT_THAT(*files, SizeIs(2));
  EXPECT_EQ((*files)[1].url, "u2");
}

}  // namespace
}  // namespace mmsgate::formats
