// SPDX-License-Identifier: Apache-2.0
// Who may open what by a link, and for how long.
#include "media/link_keys.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mmsgate::media {
namespace {

using std::chrono::hours;

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);
constexpr TimePoint kUntil = kNow + hours(24);
constexpr const char* kAlice = "100000_alice";
constexpr const char* kStranger = "5145550199";
const BlobId kBlob = BlobId::parse("0123456789abcdef0123456789abcdef").value();
const BlobId kOther = BlobId::parse("0123456789abcdef0123456789abcdee").value();
const LinkSecret kSecret{.number = 1, .secret = "one"};

std::string link_for(const LinkKeys& keys, std::string_view recipient, const BlobId& blob = kBlob) {
  return keys.name(blob, kUntil, recipient);
}

TEST(LinkKeys, ALinkOpensItsFileWithAnyEndingUntilItsTimeIsOver) {
  const LinkKeys keys(kSecret);
  const std::string link = link_for(keys, kAlice);
  EXPECT_EQ(keys.open(link, kNow), kBlob);
  EXPECT_EQ(keys.open(link + ".jpg", kNow), kBlob);
  EXPECT_EQ(keys.open(link, kUntil - Duration(1)), kBlob);
  EXPECT_EQ(keys.open(link, kUntil), std::nullopt);
  EXPECT_EQ(keys.open(link, kUntil + hours(1'000'000)), std::nullopt);
}

TEST(LinkKeys, TheSameIsMadeForTheSameAndAnotherForAnyOther) {
  const LinkKeys keys(kSecret);
  EXPECT_EQ(link_for(keys, kAlice), link_for(LinkKeys(kSecret), kAlice));
  const std::set<std::string> others{link_for(keys, kAlice),
                                     link_for(keys, kStranger),
                                     link_for(keys, ""),
                                     link_for(keys, kAlice, kOther),
                                     keys.name(kBlob, kUntil + std::chrono::seconds(1), kAlice),
                                     link_for(LinkKeys({.secret = "two"}), kAlice)};
  EXPECT_EQ(others.size(), 6U);
}

TEST(LinkKeys, NoChangedBitOpensAnything) {
  const LinkKeys keys(kSecret);
  const auto true_link = formats::parse_media_link(link_for(keys, kAlice)).value();
  const std::string bytes = sealed_bytes(true_link) + true_link.seal;
  const auto link_of = [](const std::string& all) {
    auto link = formats::parse_media_link(std::string(56, 'A')).value();
    link.blob = BlobId::parse([&] {
                  std::string hex;
                  for (const char c : all.substr(0, 16)) {
                    constexpr const char* kDigits = "0123456789abcdef";
                    hex += kDigits[static_cast<unsigned char>(c) >> 4U];
                    hex += kDigits[static_cast<unsigned char>(c) & 15U];
                  }
                  return hex;
                }())
                    .value();
    std::uint32_t seconds = 0;
    for (const char c : all.substr(16, 4)) seconds = seconds << 8U | static_cast<unsigned char>(c);
    link.until = from_unix_ms(std::int64_t{seconds} * 1000);
    link.recipient = all.substr(20, 6);
    link.seal = all.substr(26);
    return write_media_link(link);
  };
  ASSERT_EQ(keys.open(link_of(bytes), kNow), kBlob);
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(keys.open(link_of(changed), kNow), std::nullopt) << bit;
  }
}

TEST(LinkKeys, ABareIdOpensNothing) {
  const LinkKeys keys(kSecret);
  EXPECT_EQ(keys.open(kBlob.str(), kNow), std::nullopt);
  EXPECT_EQ(keys.open("", kNow), std::nullopt);
}

TEST(LinkKeys, WhoseAreRevokedHasNoneThatWorksAndNobodyElseNotices) {
  const LinkKeys before(kSecret);
  const std::string alices = link_for(before, kAlice);
  const std::string strangers = link_for(before, kStranger);
  const LinkKeys after(kSecret, {}, {{.recipient = kAlice, .generation = 1}});
  EXPECT_EQ(after.open(alices, kNow), std::nullopt);
  EXPECT_EQ(after.open(strangers, kNow), kBlob);
  EXPECT_EQ(link_for(after, kStranger), strangers);
  EXPECT_NE(link_for(after, kAlice), alices);
  EXPECT_EQ(after.open(link_for(after, kAlice), kNow), kBlob) << "what is given from now on works";
  const LinkKeys again(kSecret, {}, {{.recipient = kAlice, .generation = 2}});
  EXPECT_EQ(again.open(link_for(after, kAlice), kNow), std::nullopt);
  EXPECT_EQ(again.open(alices, kNow), std::nullopt);
}

TEST(LinkKeys, OfOneFileAlone) {
  const LinkKeys before(kSecret);
  const LinkKeys after(kSecret, {}, {{.recipient = kAlice, .blob = kBlob, .generation = 1}});
  EXPECT_EQ(after.open(link_for(before, kAlice), kNow), std::nullopt);
  EXPECT_EQ(after.open(link_for(before, kAlice, kOther), kNow), kOther);
  EXPECT_EQ(after.open(link_for(before, kStranger), kNow), kBlob);
}

TEST(LinkKeys, OfEverybody) {
  const LinkKeys before(kSecret);
  const LinkKeys one_file(kSecret, {}, {{.recipient = "", .blob = kBlob, .generation = 1}});
  EXPECT_EQ(one_file.open(link_for(before, kAlice), kNow), std::nullopt);
  EXPECT_EQ(one_file.open(link_for(before, kStranger), kNow), std::nullopt);
  EXPECT_EQ(one_file.open(link_for(before, kAlice, kOther), kNow), kOther);
  const LinkKeys all(kSecret, {}, {{.recipient = "", .generation = 1}});
  EXPECT_EQ(all.open(link_for(before, kAlice), kNow), std::nullopt);
  EXPECT_EQ(all.open(link_for(before, kAlice, kOther), kNow), std::nullopt);
}

// Revoked for all files, then for one, then for everybody: no such order brings an older link back.
TEST(LinkKeys, NoRevocationUndoesAnother) {
  std::vector<LinkRevocation> revocations;
  std::vector<std::string> given;
  const std::vector<LinkRevocation> steps{
      {.recipient = kAlice}, {.recipient = kAlice, .blob = kBlob}, {.recipient = ""}, {.recipient = "", .blob = kBlob}};
  for (int round = 1; round <= 2; ++round) {
    for (LinkRevocation step : steps) {
      given.push_back(link_for(LinkKeys(kSecret, {}, revocations), kAlice));
      step.generation = static_cast<std::uint64_t>(round);
      std::erase_if(revocations,
                    [&](const auto& each) { return each.recipient == step.recipient && each.blob == step.blob; });
      revocations.push_back(step);
      for (const std::string& link : given)
        EXPECT_EQ(LinkKeys(kSecret, {}, revocations).open(link, kNow), std::nullopt);
    }
  }
  EXPECT_EQ(std::set(given.begin(), given.end()).size(), 8U);
}

TEST(LinkKeys, FormerSecretsOpenWhatTheySignedForTheirTimeAndSignNothing) {
  const std::string old = link_for(LinkKeys(kSecret), kAlice);
  LinkSecret former = kSecret;
  former.until = kNow + hours(1);
  const LinkSecret current{.number = 2, .secret = "two"};
  const LinkKeys keys(current, {former});
  EXPECT_EQ(keys.open(old, kNow), kBlob);
  EXPECT_EQ(keys.open(old, *former.until), std::nullopt);
  EXPECT_NE(link_for(keys, kAlice), old);
  EXPECT_EQ(link_for(keys, kAlice), link_for(LinkKeys(current), kAlice));
  EXPECT_EQ(LinkKeys(current).open(old, kNow), std::nullopt);
  const LinkKeys revoked(current, {former}, {{.recipient = kAlice, .generation = 1}});
  EXPECT_EQ(revoked.open(old, kNow), std::nullopt) << "a revocation holds for former secrets too";
}

}  // namespace
}  // namespace mmsgate::media
