// SPDX-License-Identifier: Apache-2.0
#include "core/ids.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <type_traits>
#include <unordered_set>

#include "support/fake_random.hpp"

namespace mmsgate {
namespace {

class SameRandom final : public Random {
 public:
  explicit SameRandom(std::uint64_t value) : value_(value) {}
  [[nodiscard]] std::uint64_t next() override { return value_; }

 private:
  std::uint64_t value_;
};

TEST(RowId, OfOneThingIsNoneOfAnother) {
  EXPECT_FALSE((std::is_convertible_v<MessageId, PartId>));
  EXPECT_FALSE((std::is_convertible_v<PartId, DeliveryId>));
  EXPECT_FALSE((std::is_convertible_v<std::int64_t, MessageId>));
  EXPECT_EQ(MessageId{}.value, 0);
}

TEST(RowId, IsComparedAndHashedByItsValue) {
  EXPECT_EQ(MessageId{7}, MessageId{7});
  EXPECT_LT(MessageId{7}, MessageId{8});
  const std::unordered_set<DeliveryId> seen{DeliveryId{1}, DeliveryId{2}, DeliveryId{1}};
  EXPECT_EQ(seen.size(), 2U);
}

TEST(BlobId, IsThirtyTwoHexDigitsEvenOfSmallNumbers) {
  SameRandom zero(0);
  EXPECT_EQ(BlobId::make(zero).str(), "00000000000000000000000000000000");
  SameRandom one(0xabc);
  EXPECT_EQ(BlobId::make(one).str(), "0000000000000abc0000000000000abc");
  SameRandom most(std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(BlobId::make(most).str(), "ffffffffffffffffffffffffffffffff");
}

TEST(BlobId, UsesAllRandomnessThatItIsGiven) {
  testing_support::CountingRandom random;
  const BlobId first = BlobId::make(random);
  EXPECT_NE(first.str().substr(0, 16), first.str().substr(16)) << "128 bits, not 64 twice";
  EXPECT_NE(first, BlobId::make(random));
}

TEST(BlobId, IsReadBackAsMade) {
  testing_support::CountingRandom random;
  const BlobId made = BlobId::make(random);
  EXPECT_EQ(BlobId::parse(made.str()), made);
}

TEST(BlobId, NothingElseIsOne) {
  const std::string good = "0123456789abcdef0123456789abcdef";
  ASSERT_TRUE(BlobId::parse(good));
  EXPECT_FALSE(BlobId::parse(""));
  EXPECT_FALSE(BlobId::parse(good.substr(1)));
  EXPECT_FALSE(BlobId::parse(good + "0"));
  EXPECT_FALSE(BlobId::parse("../../../../../../../etc/shadow0"));
  EXPECT_FALSE(BlobId::parse(good + std::string(1, '\0')));
}

TEST(BlobId, NoByteButLowerCaseHexStandsInOne) {
  const std::string_view allowed = "0123456789abcdef";
  for (int byte = 0; byte < 256; ++byte) {
    std::string text(32, '0');
    text[17] = static_cast<char>(byte);
    EXPECT_EQ(BlobId::parse(text).has_value(), allowed.contains(static_cast<char>(byte))) << "byte " << byte;
  }
}

TEST(CallId, IsUniqueAndFitForAHeader) {
  testing_support::CountingRandom random;
  const TimePoint now = from_unix_ms(1'790'000'000'000);
  const std::string first = make_call_id(random, now);
  EXPECT_NE(first, make_call_id(random, now));
  EXPECT_TRUE(first.ends_with("@mmsgate"));
  EXPECT_EQ(first.size(), 28 + std::string_view("@mmsgate").size());
  EXPECT_EQ(first.find_first_not_of("0123456789abcdef@mmsgt"), std::string::npos) << first;
  EXPECT_LT(first, make_call_id(random, now + Duration(1)));
}

TEST(CallId, OfWhatAProviderNumbersIsAlwaysTheSame) {
  const std::string first = make_call_id(4711, "5145550100|bob");
  EXPECT_EQ(first, make_call_id(4711, "5145550100|bob"));
  EXPECT_NE(first, make_call_id(4711, "5145550100|alice"));
  EXPECT_NE(first, make_call_id(4712, "5145550100|bob"));
  EXPECT_LT(first, make_call_id(4712, "5145550100|bob"));
  EXPECT_EQ(first.size(), 28 + std::string_view("@mmsgate").size());
}

TEST(BlobId, OfAUuidHasTheUuidsDigits) {
  EXPECT_EQ(BlobId::parse_uuid("01234567-89ab-4cde-8f01-23456789abcd")->str(), "0123456789ab4cde8f0123456789abcd");
  for (const char* text : {"", "0123456789ab4cde8f0123456789abcd", "01234567-89ab-4cde-8f01-23456789abc",
                           "01234567-89AB-4cde-8f01-23456789abcd", "012345678-9ab-4cde-8f01-23456789abcd",
                           "01234567-89ab-4cde-8f01-23456789abcd-", "../34567-89ab-4cde-8f01-23456789abcd"}) {
    EXPECT_FALSE(BlobId::parse_uuid(text)) << text;
  }
}

}  // namespace
}  // namespace mmsgate
