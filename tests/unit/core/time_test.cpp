// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"

#include <gtest/gtest.h>

namespace mmsgate {
namespace {

TEST(Time, IsStoredInMillisecondsAndComesBack) {
  for (const std::int64_t ms : {0LL, 1LL, -1LL, 1795455845678LL}) EXPECT_EQ(to_unix_ms(from_unix_ms(ms)), ms);
}

TEST(Time, IsWrittenInUtcAsRfc3339) {
  EXPECT_EQ(rfc3339(from_unix_ms(0)), "1970-01-01T00:00:00Z");
  EXPECT_EQ(rfc3339(from_unix_ms(1795453445000)), "2026-11-23T17:04:05Z");
  EXPECT_EQ(rfc3339(from_unix_ms(1709164800000)), "2024-02-29T00:00:00Z");
}

TEST(Time, IsCutToTheSecondThatHasBegun) {
  EXPECT_EQ(rfc3339(from_unix_ms(1795453445999)), "2026-11-23T17:04:05Z");
  EXPECT_EQ(rfc3339(from_unix_ms(-1)), "1969-12-31T23:59:59Z");
}

}  // namespace
}  // namespace mmsgate
