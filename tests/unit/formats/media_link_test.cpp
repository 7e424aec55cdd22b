// SPDX-License-Identifier: Apache-2.0
#include "formats/media_link.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

MediaLink example() {
  return {.blob = BlobId::parse("000102030405060708090a0b0c0d0eff").value(),
          .until = from_unix_ms(1'800'000'000'000),
          .recipient = std::string("\x10\0\xFE\xDC\xBA\x98", 6),
          .seal = "sixteen bytes..."};
}

TEST(MediaLinkName, ThereAndBack) {
  const std::string name = write_media_link(example());
  EXPECT_EQ(name, "AAECAwQFBgcICQoLDA0O_2tJ0gAQAP7cuphzaXh0ZWVuIGJ5dGVzLi4u");
  EXPECT_EQ(parse_media_link(name), example());
  for (const char* ending : {".jpg", ".3gp", ".jpeg", "."})
    EXPECT_EQ(parse_media_link(name + ending), example()) << ending;
}

TEST(MediaLinkName, EveryCharacterSaysSomething) {
  const std::string name = write_media_link(example());
  for (std::size_t at = 0; at < name.size(); ++at) {
    std::string other = name;
    other[at] = name[at] == 'A' ? 'B' : 'A';
    const auto parsed = parse_media_link(other);
    ASSERT_TRUE(parsed) << at;
    EXPECT_NE(*parsed, example()) << at;
  }
}

TEST(MediaLinkName, WhatIsNoneIsNone) {
  const std::string name = write_media_link(example());
  for (const std::string& text : {std::string(),
                                  std::string("."),
                                  std::string(".."),
                                  name.substr(1),
                                  name + "A",
                                  "A" + name,
                                  name + "=",
                                  name + "/..",
                                  name + ".jpg/..",
                                  name + ".JPG",
                                  name + ".j pg",
                                  name + "." + std::string(20, 'a'),
                                  name + std::string(".jp\0g", 5),
                                  "../" + name,
                                  std::string(56, '+'),
                                  std::string(56, '/'),
                                  std::string(56, ' '),
                                  std::string(56, '\0'),
                                  std::string(56, '\xFF'),
                                  std::string(1'000'000, 'A'),
                                  std::string("0123456789abcdef0123456789abcdef.png")}) {
    EXPECT_EQ(parse_media_link(text), std::nullopt) << text.substr(0, 80);
  }
}

TEST(MediaLinkName, TimesThatDoNotFitAreTheNearestThatDo) {
  MediaLink link = example();
  for (const auto& [until, kept] :
       {std::pair{from_unix_ms(-5000), TimePoint()}, std::pair{from_unix_ms(1999), from_unix_ms(1000)},
        std::pair{MediaLink::kNoEnd, MediaLink::kNoEnd}, std::pair{TimePoint::max(), MediaLink::kNoEnd}}) {
    link.until = until;
    EXPECT_EQ(parse_media_link(write_media_link(link))->until, kept);
  }
}

}  // namespace
}  // namespace mmsgate::formats
