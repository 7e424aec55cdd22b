// SPDX-License-Identifier: Apache-2.0
// The words that stand in logs, on the command line and in the API for the enumerations of core.
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/message.hpp"

namespace mmsgate {
namespace {

TEST(Words, OfErrors) {
  EXPECT_EQ(to_string(ErrorKind::transient), "transient");
  EXPECT_EQ(to_string(ErrorKind::rejected), "rejected");
  EXPECT_EQ(to_string(ErrorKind::auth), "auth");
  EXPECT_EQ(to_string(ErrorKind::limit), "limit");
  EXPECT_EQ(to_string(ErrorKind::corrupt), "corrupt");
  EXPECT_EQ(to_string(ErrorKind::bug), "bug");
}

TEST(Words, OfMessages) {
  EXPECT_EQ(to_string(Direction::inbound), "inbound");
  EXPECT_EQ(to_string(Direction::outbound), "outbound");
  EXPECT_EQ(to_string(Direction::extension), "extension");
  EXPECT_EQ(to_string(Kind::message), "message");
  EXPECT_EQ(to_string(Kind::notice), "notice");
  EXPECT_EQ(to_string(Kind::receipt), "receipt");
  EXPECT_EQ(to_string(Target::phone), "phone");
  EXPECT_EQ(to_string(Target::carrier), "carrier");
}

TEST(Fail, IsAResultThatHoldsTheError) {
  const Result<int> result = fail(ErrorKind::limit, "the daily limit is spent");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{ErrorKind::limit, "the daily limit is spent"}));
}

}  // namespace
}  // namespace mmsgate
