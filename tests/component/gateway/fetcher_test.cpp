// SPDX-License-Identifier: Apache-2.0
// Pictures of the carrier: fetched once, from a real server, or written off with a reason.
#include "gateway/fetcher.hpp"

#include <gmock/gmock.h>

#include <atomic>

#include "component/gateway/engine_fixture.hpp"
#include "support/raw_http.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing_support::RawMessage;
using testing_support::RawReply;
using testing_support::RawServer;

constexpr std::string_view kGif = "GIF89a\1\1\1\1";

class FetcherTest : public EngineTest {
 protected:
  void SetUp() override {
    settings_.media_reach = net::Reach::with_loopback;
    settings_.media_policy.first = std::chrono::milliseconds(1);
    start();
    auto blobs = media::open_folder(folder_.path() / "media", settings_.most_media_bytes, random_);
    ASSERT_TRUE(blobs) << blobs.error().detail;
    blobs_ = std::move(*blobs);
    fetcher_ = std::make_unique<Fetcher>(world(), *http_, *blobs_, [this] { deliveries_->poke(Target::phone); });
  }
  void TearDown() override {
    fetcher_->stop();
    loop_->stop();
    work_->stop();
    http_.reset();
    stop();
  }

  void accept_picture(const std::string& url, std::vector<std::string> phones = {kAlice}) {
    NewMessage row = message("1", std::move(phones));
    row.parts = {{.source_url = url}};
    for (NewDelivery& each : row.deliveries) each.slice.part_count = 1;
    accept(std::move(row));
    fetcher_->poke();
  }
  /// The picture as the next delivery has it.
  Part delivered_part() {
    const auto sending = phones_.tries.pop();
    EXPECT_TRUE(sending) << "the message goes out, with the picture or without";
    return sending ? sending->job.parts.at(0) : Part{};
  }
  std::string answer(std::string_view type, std::string_view body, std::size_t length) {
    ++asked_;
    return fmt::format("HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", type, length, body);
  }
  std::string answer(std::string_view type, std::string_view body) { return answer(type, body, body.size()); }

  std::atomic<int> asked_ = 0;
  std::unique_ptr<net::HttpClient> http_ = net::make_http_client("mmsgate/test");
  std::unique_ptr<media::BlobStore> blobs_;
  std::unique_ptr<Fetcher> fetcher_;
};

TEST_F(FetcherTest, OneFetchServesAllPhones) {
  RawServer server([this](const RawMessage&) { return RawReply{answer("image/gif", kGif)}; });
  accept_picture(server.url("/cat.gif"), {kAlice, kBob});
  const Part first = delivered_part();
  const Part second = delivered_part();
  EXPECT_EQ(first.state, PartState::stored);
  EXPECT_EQ(first.type, "image/gif");
  EXPECT_EQ(first.name, "cat.gif");
  EXPECT_EQ(first.size, kGif.size());
  EXPECT_EQ(first.blob, second.blob);
  EXPECT_EQ(asked_, 1);
}

TEST_F(FetcherTest, WhatIsCutOffIsFetchedAgainAndNothingOfItIsKept) {
  RawServer server([this](const RawMessage&) {
    return RawReply{asked_ < 2 ? answer("image/gif", kGif.substr(0, 5), kGif.size()) : answer("image/gif", kGif)};
  });
  accept_picture(server.url("/cat.gif"));
  EXPECT_EQ(delivered_part().size, kGif.size());
  EXPECT_EQ(asked_, 3);
}

TEST_F(FetcherTest, WhatCannotBeHadInTimeIsLostWithItsReason) {
  settings_.media_policy.give_up_after = std::chrono::milliseconds(50);
  settings_book_.replace(settings_);
  RawServer server([this](const RawMessage&) {
    ++asked_;
    return RawReply{"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"};
  });
  accept_picture(server.url("/cat.gif"));
  const Part part = delivered_part();
  EXPECT_EQ(part.state, PartState::lost);
  EXPECT_THAT(part.reason, HasSubstr("404"));
  EXPECT_GT(asked_, 1) << "a server that has trouble may be better in a moment";
}

TEST_F(FetcherTest, APageInsteadOfAPictureIsNoPicture) {
  settings_.media_policy.give_up_after = std::chrono::milliseconds(20);
  settings_book_.replace(settings_);
  RawServer server([this](const RawMessage&) { return RawReply{answer("image/gif", "<!DOCTYPE html><html></html>")}; });
  accept_picture(server.url("/cat.gif"));
  EXPECT_THAT(delivered_part().reason, HasSubstr("web page"));
}

TEST_F(FetcherTest, WhatIsTooLargeIsLostAtOnce) {
  settings_.most_media_bytes = 4;
  settings_book_.replace(settings_);
  RawServer server([this](const RawMessage&) { return RawReply{answer("image/gif", kGif)}; });
  accept_picture(server.url("/cat.gif"));
  EXPECT_EQ(delivered_part().state, PartState::lost);
  EXPECT_EQ(asked_, 1);
}

// Predecessor's defect 5: exceptions were swallowed, and a row without a URL was tried for ever.
TEST_F(FetcherTest, Defect05_WhatHasNoUsableUrlIsLostAtOnceAndSaid) {
  int last_digits = 10;
  for (const char* url : {"", "cat.gif", "ftp://files.example.org/cat.gif", "http://", "file:///etc/passwd"}) {
    NewMessage row = message(fmt::format("id of {}", url), {kAlice});
    row.peer = fmt::format("51455501{}", ++last_digits);  // a conversation of its own: none waits for another
    row.parts = {{.source_url = url}};
    row.deliveries[0].slice.part_count = 1;
    const MessageId id = accept(std::move(row));
    fetcher_->poke();
    const Part part = delivered_part();
    EXPECT_EQ(part.state, PartState::lost) << url;
    EXPECT_FALSE(part.reason.empty()) << url;
    int tries = 0;
    const auto history = store_->history(id);
    for (const auto& event : (*history)->events) tries += event.state.starts_with("file") ? 1 : 0;
    EXPECT_EQ(tries, 1) << url;
  }
}

}  // namespace
}  // namespace mmsgate::gateway
