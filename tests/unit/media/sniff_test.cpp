// SPDX-License-Identifier: Apache-2.0
#include "media/sniff.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace mmsgate::media {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view head;
  std::string_view type;
};

constexpr Case kProved[] = {
    {"\xFF\xD8\xFF\xE0\0\x10JFIF"sv, "image/jpeg"},
    {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR"sv, "image/png"},
    {"GIF87a..", "image/gif"},
    {"GIF89a..", "image/gif"},
    {"RIFF....WEBPVP8 ", "image/webp"},
    {"BM\x36\0\x0C\0\0\0\0\0\x36\0\0\0\x28\0\0\0"sv, "image/bmp"},
    {"RIFF....WAVEfmt ", "audio/wav"},
    {"OggS\0\x02"sv, "audio/ogg"},
    {"#!AMR\n<", "audio/amr"},
    {"#!AMR-WB\n<", "audio/amr-wb"},
    {"MThd\0\0\0\x06"sv, "audio/midi"},
    {"ID3\x04\0\0"sv, "audio/mpeg"},
    {"\xFF\xFB\x90\x44", "audio/mpeg"},
    {"\xFF\xF3\x44\xC4", "audio/mpeg"},
    {"%PDF-1.7", "application/pdf"},
    {"BEGIN:VCARD\r\nVERSION:3.0", "text/vcard"},
    {"\0\0\0\x18"
     "ftypmp42"sv,
     "video/mp4"},
    {"\0\0\0\x18"
     "ftypisom"sv,
     "video/mp4"},
    {"\0\0\0\x18"
     "ftyp3gp4"sv,
     "video/3gpp"},
    {"\0\0\0\x18"
     "ftyp3g2a"sv,
     "video/3gpp2"},
    {"\0\0\0\x14"
     "ftypqt  "sv,
     "video/quicktime"},
    {"\0\0\0\x18"
     "ftypM4A "sv,
     "audio/mp4"},
    {"\0\0\0\x18"
     "ftypheic"sv,
     "image/heic"},
    {"\0\0\0\x18"
     "ftypavif"sv,
     "image/avif"},
    {"<!DOCTYPE html>", "text/html"},
    {"\xEF\xBB\xBF \r\n\t<HTML lang=en>", "text/html"},
    {"<html>", "text/html"},
    {"<!-- no file today --><p>", "text/html"},
    {"<h1>502 Bad Gateway</h1>", "text/html"},
    {"<Title>Error</title>", "text/html"},
    {"<script>alert(1)</script>", "text/html"},
    {"<svg xmlns=\"http://www.w3.org/2000/svg\">", "text/html"},
    {"<?xml version=\"1.0\"?><svg>", "text/html"},
};

TEST(Sniff, KnowsWhatTheFirstBytesProve) {
  for (const auto& [head, type] : kProved) EXPECT_EQ(sniff(head), type) << head;
}

TEST(Sniff, GuessesNothing) {
  constexpr std::string_view kUnproved[] = {
      "",
      "x",
      "Hello",
      "BMW or bicycle?",
      "ID3 is a tag",
      "<3 you",
      "<abbr>",
      "<bold claim",
      "RIFF",
      "RIFF....AVI ",
      "....WEBP",
      "....WAVE",
      "\xFF\xFEH\0i\0"sv,
      "\x89PNG",
      "#!/bin/sh",
      "PK\3\4",
      "\0\0\0\x18"
      "ftyp"sv,
      "Some text <html>",
      "\x1A\x45\xDF\xA3",
  };
  for (const std::string_view head : kUnproved) EXPECT_EQ(sniff(head), "") << head;
}

TEST(Sniff, NoPrefixOfAnythingIsReadBeyondItsEnd) {
  for (const auto& [head, type] : kProved) {
    for (std::size_t size = 0; size < head.size(); ++size) {
      // On the heap and no byte longer, for the address sanitizer to see.
      const std::vector<char> cut(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(size));
      const std::string got = sniff({cut.data(), cut.size()});
      EXPECT_TRUE(got.empty() || got == type || got == "text/html") << head.substr(0, size);
    }
  }
}

TEST(SettleType, TheBytesAreBelievedBeforeTheSender) {
  EXPECT_EQ(settle_type("image/png", "\xFF\xD8\xFF\xE0"), "image/jpeg");
  EXPECT_EQ(settle_type("application/octet-stream", "GIF89a"), "image/gif");
  EXPECT_EQ(settle_type("image/jpeg", "<html>not found</html>"), "text/html");
}

TEST(SettleType, ElseTheSenderIsWithoutParameters) {
  EXPECT_EQ(settle_type("text/plain; charset=utf-8", "Hello"), "text/plain");
  EXPECT_EQ(settle_type("Video/X-Matroska", "\x1A\x45\xDF\xA3"), "video/x-matroska");
}

TEST(SettleType, NothingBecomesAPageOrSeveralHeaders) {
  for (const char* declared : {"", "nonsense", "text/html", "TEXT/HTML; charset=x", "application/xhtml+xml",
                               "image/svg+xml", "image/png\r\nSet-Cookie: a=b", "image/", "/png", "a/b/c"}) {
    EXPECT_EQ(settle_type(declared, "Hello"), "application/octet-stream") << declared;
  }
}

TEST(ExtensionFor, EveryTypeThatIsSniffedHasOneButPages) {
  for (const auto& [head, type] : kProved) EXPECT_EQ(extension_for(type).empty(), type == "text/html") << type;
  EXPECT_EQ(extension_for("image/jpeg"), ".jpg");
  EXPECT_EQ(extension_for("application/x-unheard-of"), "");
}

TEST(Active, IsWhatABrowserWouldRunOrShowAsAPage) {
  for (const char* type :
       {"text/html", "application/xhtml+xml", "image/svg+xml", "text/xml", "application/xml", "text/javascript",
        "application/x-javascript", "application/ecmascript", "text/vbscript", "text/css", "text/xsl",
        "multipart/x-mixed-replace", "message/rfc822", "application/mathml+xml", "application/x-shockwave-flash"}) {
    EXPECT_TRUE(is_active(type)) << type;
    EXPECT_EQ(settle_type(type, "Hello"), "application/octet-stream") << type;
  }
  for (const char* type :
       {"image/png", "video/mp4", "text/plain", "text/vcard", "application/pdf", "application/json",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/postscript"}) {
    EXPECT_FALSE(is_active(type)) << type;
  }
}

}  // namespace
}  // namespace mmsgate::media
