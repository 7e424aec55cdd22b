// SPDX-License-Identifier: Apache-2.0
// Uploads of phones and of scripts: what is on disk and in the store when they hear yes, and what is not when they do
// not.
#include "gateway/site.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "component/gateway/engine_fixture.hpp"
#include "component/gateway/hand_http.hpp"
#include "crypto/digest.hpp"
#include "gateway/links.hpp"
#include "support/eventually.hpp"

namespace mmsgate::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kKey = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
constexpr const char* kWrongKey = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
constexpr std::string_view kPicture = "\x89PNG\r\n\x1a\n and so on";

class SiteTest : public EngineTest {
 protected:
  void SetUp() override {
    settings_.media_base = "https://sms.example.org/m";
    log_ = runtime::Log::open(runtime::LogLevel::debug, folder_.file("log")).value();
    start();
    auto blobs = media::open_folder(folder_.file("media"), 1 << 20, random_);
    ASSERT_TRUE(blobs) << blobs.error().detail;
    blobs_ = std::move(*blobs);
    tokens_ = std::make_unique<HookTokens>(world());
    check_ = std::make_unique<HookCheck>(world(), api_);
    inbound_ = std::make_unique<Inbound>(world(), *tokens_, *check_, *deliveries_, [] {});
    site_ = std::make_unique<GatewaySite>(world(), *tokens_, *inbound_, *blobs_,
                                          [this] { deliveries_->poke(Target::phone); });
    EXPECT_EQ(command([](store::Store& store, store::Done<bool> done) {
                store.add_upload_key({.name = "door", .hash = crypto::sha256(kKey), .accounts = {kBob}},
                                     std::move(done));
              }),
              true);
  }
  void TearDown() override {
    EngineTest::TearDown();
    site_.reset();
  }

  using Begin = std::function<void(store::Store&, store::Done<bool>)>;
  Result<bool> command(const Begin& begin) {
    const auto ended = std::make_shared<std::promise<Result<bool>>>();
    begin(*store_, [ended](Result<bool> done) { ended->set_value(std::move(done)); });
    return ended->get_future().get();
  }
  void revoke() {
    EXPECT_EQ(
        command([](store::Store& store, store::Done<bool> done) { store.revoke_upload_key("door", std::move(done)); }),
        true);
  }
  /// The whole of it has come.
  web::Response upload(std::optional<web::Errand> errand) { return begin_upload(std::move(errand)).get(); }
  std::future<web::Response> begin_upload(std::optional<web::Errand> errand) {
    auto draft = site_->open_upload().value();
    EXPECT_TRUE(draft->write(kPicture));
    const auto answer = std::make_shared<std::promise<web::Response>>();
    site_->on_upload({.draft = std::move(draft), .name = "door.png", .type = "image/png", .errand = std::move(errand)},
                     web::Reply([answer](web::Response response) { answer->set_value(std::move(response)); }));
    return answer->get_future();
  }
  static web::Errand to_bob(const char* key = kKey) { return {.to = kBob, .text = "at the door", .key = key}; }
  [[nodiscard]] std::size_t files_on_disk() const {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path() / "media")) {
      files += entry.is_regular_file() ? 1U : 0U;
    }
    return files;
  }
  [[nodiscard]] std::string log_text() const {
    std::ifstream in(folder_.file("log"));
    return {std::istreambuf_iterator(in), {}};
  }
  [[nodiscard]] std::vector<store::Summary> stored() { return store_->list(100, false).value(); }
  [[nodiscard]] store::UploadKey key() { return store_->upload_keys().value().at(0); }

  std::unique_ptr<media::BlobStore> blobs_;
  HandHttp http_;
  voipms::Api api_{{}, http_};
  std::unique_ptr<HookTokens> tokens_;
  std::unique_ptr<HookCheck> check_;
  std::unique_ptr<Inbound> inbound_;
  std::unique_ptr<GatewaySite> site_;
};

TEST_F(SiteTest, APhonesFileIsKeptWithoutAKeyAndIsNoMessage) {
  const web::Response answer = upload(std::nullopt);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("https://sms.example.org/m/"));
  EXPECT_EQ(files_on_disk(), 1U);
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_EQ(key().uses, 0);
}

TEST_F(SiteTest, AScriptsFileAndItsMessageAreThereWhenItHearsYes) {
  EXPECT_EQ(site_->refuse(to_bob()), std::nullopt);
  const web::Response answer = upload(to_bob());
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("urn:gsma:params:xml:ns:rcs:rcs:fthttp"));
  ASSERT_THAT(stored(), SizeIs(1));
  EXPECT_EQ(key().uses, 1);
  EXPECT_TRUE(key().used_at);
  const auto sending = phones_.tries.pop();
  ASSERT_TRUE(sending) << "and it is on its way at once";
  EXPECT_EQ(sending->job.destination, kBob);
  EXPECT_EQ(sending->job.peer, "1099");
  EXPECT_EQ(sending->job.text, "at the door");
  ASSERT_THAT(sending->job.parts, SizeIs(1));
  EXPECT_THAT(answer.body, HasSubstr(link_of(sending->job.parts[0], settings_.media_base)));
  EXPECT_TRUE(store_->find_blob(*sending->job.parts[0].blob).value());
}

TEST_F(SiteTest, WhatCannotBeDeliveredIsDeadAndNobodyIsToldOfIt) {
  EXPECT_EQ(upload(to_bob()).status, 200);
  auto sending = phones_.tries.pop();
  ASSERT_TRUE(sending);
  sending->report.ended({.event = Event::refused, .reason = "the phone's side refused it"});
  const MessageId id = stored().at(0).id;
  EXPECT_TRUE(testing_support::eventually([&] { return state_of(id) == State::failed; }));
  EXPECT_THAT(stored(), SizeIs(1)) << "no notice, no receipt";
}

TEST_F(SiteTest, WithoutAGoodKeyNothingIsStoredAndAllIsAnsweredAlike) {
  const web::Errand refused[] = {
      to_bob(""), to_bob(kWrongKey), {.to = kAlice, .key = kKey}, {.to = "nobody", .key = kKey}};
  for (const web::Errand& errand : refused) {
    const auto before = site_->refuse(errand);
    ASSERT_TRUE(before);
    EXPECT_EQ(before->status, 403);
    EXPECT_EQ(before->body, no_warrant().body);
    EXPECT_EQ(upload(errand).body, no_warrant().body) << "nor where it has come all the same";
  }
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_EQ(files_on_disk(), 0U);
  EXPECT_EQ(key().uses, 0);
}

TEST_F(SiteTest, AKeyThatIsRevokedWhileTheFileComesBringsNothing) {
  EXPECT_EQ(site_->refuse(to_bob()), std::nullopt);
  revoke();
  EXPECT_EQ(upload(to_bob()).status, 403);
  EXPECT_THAT(stored(), IsEmpty());
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(SiteTest, ASubAccountThatGoesWhileTheFileComesGetsNothing) {
  EXPECT_EQ(site_->refuse(to_bob()), std::nullopt);
  book_.replace(Directory({{AccountId{kAlice}, std::nullopt, "101"}}));
  EXPECT_EQ(upload(to_bob()).status, 403);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(SiteTest, WhatCannotBeWrittenDownIsRefusedAndLeavesNoFile) {
  std::filesystem::rename(folder_.file("m.sqlite"), folder_.file("elsewhere.sqlite"));
  EXPECT_EQ(upload(to_bob()).status, 507);
  EXPECT_EQ(files_on_disk(), 0U);
  std::filesystem::rename(folder_.file("elsewhere.sqlite"), folder_.file("m.sqlite"));
  EXPECT_EQ(upload(to_bob()).status, 200) << "and when it is back, so are we";
}

// The writer's thread, which all wait for, has no time to remove files.
TEST_F(SiteTest, WhatCannotBeWrittenDownIsRemovedWhereItMayTakeAWhile) {
  std::filesystem::rename(folder_.file("m.sqlite"), folder_.file("elsewhere.sqlite"));
  auto answer = begin_upload(to_bob());
  std::promise<void> is_held, go_on;
  work_->post([&] {
    is_held.set_value();
    go_on.get_future().wait();
  });
  is_held.get_future().wait();
  EXPECT_FALSE(command([](store::Store& store, store::Done<bool> done) {
    store.revoke_upload_key("nobody's", std::move(done));
  })) << "so the writer is past the upload";
  EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::timeout);
  EXPECT_EQ(files_on_disk(), 1U);
  go_on.set_value();
  EXPECT_EQ(answer.get().status, 507);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(SiteTest, ARefusalIsLoggedOnceAndNamesNoKey) {
  for (int i = 0; i < 50; ++i) static_cast<void>(site_->refuse(to_bob(kWrongKey)));
  static_cast<void>(upload(to_bob(kWrongKey)));
  EXPECT_EQ(upload(to_bob()).status, 200);
  const std::string log = log_text();
  const auto first = log.find("warning");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("warning", first + 1), std::string::npos) << log;
  EXPECT_THAT(log, HasSubstr("mmsgate keys add NAME --account ACCOUNT"));
  EXPECT_THAT(log, Not(HasSubstr(kWrongKey)));
  EXPECT_THAT(log, Not(HasSubstr(kKey)));
}

TEST_F(SiteTest, AScriptThatAsksWronglyIsNoCauseForAWarning) {
  web::Errand errand = to_bob();
  errand.from = "<sip:x>";
  EXPECT_EQ(site_->refuse(errand)->status, 400);
  EXPECT_THAT(log_text(), Not(HasSubstr("warning")));
}

}  // namespace
}  // namespace mmsgate::gateway
