// SPDX-License-Identifier: Apache-2.0
#include "formats/inflate.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace mmsgate::formats {
namespace {

constexpr int kZlib = 15;
constexpr int kRaw = -15;
constexpr std::size_t kMost = 1 << 20;

std::string deflated(std::string text, int window_bits) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Inflate, TakesZlibAndRaw) {
  for (const std::string& text : {std::string(), std::string("hello"), std::string(300'000, 'x')}) {
    EXPECT_EQ(inflate(deflated(text, kZlib), kMost), text);
    EXPECT_EQ(inflate(deflated(text, kRaw), kMost), text);
  }
}

TEST(Inflate, StopsExactlyAtTheLimit) {
  const std::string bytes = deflated(std::string(70'000, 'x'), kZlib);
  EXPECT_TRUE(inflate(bytes, 70'000));
  const auto beyond = inflate(bytes, 69'999);
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().kind, ErrorKind::limit);
  EXPECT_EQ(inflate(deflated("", kZlib), 0), "");
  EXPECT_EQ(inflate(deflated("x", kZlib), 0).error().kind, ErrorKind::limit);
  EXPECT_EQ(inflate(deflated("x", kZlib), SIZE_MAX), "x");
}

TEST(Inflate, ABombCostsNoMoreThanTheLimit) {
  const std::string bomb = deflated(std::string(64 << 20, '\0'), kZlib);
  ASSERT_LT(bomb.size(), 1U << 20);
  const auto out = inflate(bomb, kMost);
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().kind, ErrorKind::limit);
}

TEST(Inflate, RefusesWhatIsBroken) {
  const std::string bytes = deflated("the quick brown fox jumps over the lazy dog", kZlib);
  std::string flipped = bytes;
  flipped.back() = static_cast<char>(~flipped.back());  // the checksum
  for (const std::string& broken :
       {std::string(), std::string("x"), bytes.substr(0, bytes.size() - 1), bytes.substr(0, 2), flipped, bytes + "tail",
        std::string("not deflated at all"), std::string(100, '\xFF')}) {
    const auto out = inflate(broken, kMost);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().kind, ErrorKind::corrupt);
  }
}

}  // namespace
}  // namespace mmsgate::formats
