// SPDX-License-Identifier: Apache-2.0
#include "formats/multipart_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace mmsgate::formats {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class Collector final : public PartSink {
 public:
  Result<bool> on_part(const std::map<std::string, std::string>& headers) override {
    parts.push_back({headers, ""});
    return true;
  }
  Result<bool> on_bytes(std::string_view bytes) override {
    if (refuse) return fail(ErrorKind::limit, "enough");
    parts.back().second += bytes;
    return true;
  }
  std::vector<std::pair<std::map<std::string, std::string>, std::string>> parts;
  bool refuse = false;
};

const std::string kBody =
    "preamble\r\n--xy\r\nContent-Disposition: form-data;name=\"File\";filename=\"a.png\"\r\nContent-Type: "
    "image/png\r\n\r\n"
    "one\r\n--x\r\ntwo\r\n--xy  \r\n\r\n\r\n--xy\r\nA: b\r\n\r\n\r\n--xy--\r\nepilogue";

/// Fed in pieces of `size` bytes.
std::vector<std::string> bodies_of(const std::string& body, std::size_t size) {
  Collector collector;
  MultipartReader reader("xy", collector);
  for (std::size_t at = 0; at < body.size(); at += size) {
    const auto fed = reader.feed(std::string_view(body).substr(at, size));
    if (!fed) return {fed.error().detail};
  }
  if (!reader.done()) return {"not done"};
  std::vector<std::string> bodies;
  for (const auto& [headers, bytes] : collector.parts) bodies.push_back(bytes);
  return bodies;
}

TEST(MultipartReader, IsTheSameHoweverItIsCut) {
  for (std::size_t size = 1; size <= kBody.size(); ++size) {
    EXPECT_THAT(bodies_of(kBody, size), ElementsAre("one\r\n--x\r\ntwo", "", "")) << size;
  }
}

TEST(MultipartReader, GivesHeadersInLowerCase) {
  Collector collector;
  MultipartReader reader("xy", collector);
  ASSERT_TRUE(reader.feed(kBody));
  ASSERT_THAT(collector.parts, SizeIs(3));
  EXPECT_EQ(collector.parts[0].first.at("content-type"), "image/png");
  EXPECT_TRUE(collector.parts[1].first.empty());
}

TEST(MultipartReader, ABodyThatIsCutOffIsNotDone) {
  EXPECT_THAT(bodies_of(kBody.substr(0, kBody.rfind("--xy--")), 7), ElementsAre("not done"));
  EXPECT_THAT(bodies_of("", 1), ElementsAre("not done"));
  EXPECT_THAT(bodies_of("no boundary at all", 3), ElementsAre("not done"));
}

TEST(MultipartReader, HeadersWithoutEndAreRefused) {
  EXPECT_THAT(bodies_of("--xy\r\nA: " + std::string(100'000, 'a'), 1000)[0], testing::HasSubstr("longer than 16384"));
  EXPECT_THAT(bodies_of("--xy" + std::string(100'000, ' '), 1000)[0], testing::HasSubstr("does not end its line"));
  EXPECT_THAT(bodies_of("--xy\r\nno colon\r\n\r\n", 5)[0], testing::HasSubstr("colon"));
}

TEST(MultipartReader, KeepsNoMoreThanItMust) {
  Collector collector;
  MultipartReader reader("xy", collector);
  ASSERT_TRUE(reader.feed("--xy\r\n\r\n"));
  ASSERT_TRUE(reader.feed(std::string(1'000'000, 'b')));
  EXPECT_GT(collector.parts[0].second.size(), 999'990U) << "passed on at once, but for a boundary's length";
}

TEST(MultipartReader, AnErrorOfTheSinkEndsIt) {
  Collector collector;
  collector.refuse = true;
  MultipartReader reader("xy", collector);
  const auto fed = reader.feed(kBody);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().detail, "enough");
}

}  // namespace
}  // namespace mmsgate::formats
