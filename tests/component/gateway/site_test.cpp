// SPDX-License-Identifier: Apache-2.0
// Uploads of phones and of scripts: what is on disk and in the store when they hear yes, and what is not when they do
// not.
#include "gateway/site.hpp"

#include <gmock/gmock.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "component/gateway/engine_fixture.hpp"
#include "component/gateway/hand_http.hpp"
#include "crypto/digest.hpp"
#include "gateway/links.hpp"
#include "support/eventually.hpp"

namespace mmsgate::gateway {
namespace {

using media::LinkKeys;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
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
    logins_ = std::make_unique<PhoneLogins>(world(), "api password", std::vector<std::string>{"sip.example.org"});
    site_ = std::make_unique<GatewaySite>(world(), *tokens_, *logins_, *inbound_, *blobs_, *deliveries_,
                                          [this] { ++doubts_; });
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
  /// As the web server does it for a phone that has logged in.
  int upload_of(const std::string& account) {
    auto room = site_->reserve(account, kPicture.size());
    if (!room) return room.error().status;
    auto draft = site_->open_upload().value();
    EXPECT_TRUE(draft->write(kPicture));
    const auto answer = std::make_shared<std::promise<web::Response>>();
    site_->on_upload(
        {.draft = std::move(draft), .name = "a.png", .type = "image/png", .account = account, .room = *std::move(room)},
        web::Reply([answer](web::Response response) { answer->set_value(std::move(response)); }));
    return answer->get_future().get().status;
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
  std::unique_ptr<PhoneLogins> logins_;
  int doubts_ = 0;  ///< That a password might be another one at VoIP.ms.
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

TEST_F(SiteTest, AFileIsFoundByALinkThatIsSignedAndNotByItsBareId) {
  const std::string body = upload(std::nullopt).body;
  const auto at = body.find(settings_.media_base) + settings_.media_base.size() + 1;
  const std::string name = body.substr(at, body.find('"', at) - at);
  const auto found = site_->find_media(name);
  ASSERT_TRUE(found) << found.error().detail;
  ::close(found->fd);
  EXPECT_EQ(found->size, kPicture.size());
  EXPECT_EQ(found->name, "door.png");
  const BlobId blob = formats::parse_media_link(name)->blob;
  const LinkKeys another({.secret = "another"});
  for (const std::string& wrong : {blob.str(), blob.str() + ".png", name.substr(1), name + "/x",
                                   another.name(blob, clock_.now() + std::chrono::hours(1), kUploads), std::string()}) {
    const auto missing = site_->find_media(wrong);
    ASSERT_FALSE(missing) << wrong;
    EXPECT_EQ(missing.error().kind, ErrorKind::rejected) << wrong;
  }
  link_keys_.replace(LinkKeys({.secret = "of this test"}, {}, {{.recipient = std::string(kUploads), .generation = 1}}));
  EXPECT_FALSE(site_->find_media(name)) << "from one request to the next";
}

TEST_F(SiteTest, WhatAnAccountMaySendInADayHasAnEnd) {
  settings_.upload_quota = 3 * kPicture.size();
  settings_.upload_quota_all = 5 * kPicture.size();
  static_cast<void>(world());
  const auto yesterday = clock_.now() - std::chrono::hours(25);
  EXPECT_TRUE(command([&](store::Store& store, store::Done<bool> done) {
    store.add_blob(
        {.id = *BlobId::parse(std::string(32, 'a')), .size = 1 << 30, .created_at = yesterday, .uploader = kBob},
        std::move(done));
  }));
  EXPECT_EQ(upload_of(kBob), 200) << "yesterday is over";
  EXPECT_EQ(upload_of(kBob), 200);
  {
    const auto under_way = site_->reserve(kBob, kPicture.size());
    EXPECT_TRUE(under_way);
    const auto fourth = site_->reserve(kBob, kPicture.size());
    ASSERT_FALSE(fourth) << "what is on its way counts";
    EXPECT_EQ(fourth.error().status, 413);
    EXPECT_THAT(fourth.error().body, HasSubstr("uploadquota"));
  }
  EXPECT_EQ(upload_of(kBob), 200) << "that one never came";
  EXPECT_EQ(site_->reserve(kBob, 1).error().status, 413);
  EXPECT_EQ(upload_of(kAlice), 200) << "another's is another's";
  EXPECT_EQ(upload(to_bob()).status, 200);
  EXPECT_EQ(site_->reserve(kAlice, kPicture.size()).error().status, 507) << "a script's counts for all together";
  EXPECT_EQ(site_->reserve("", 1).error().status, 507);
}

TEST_F(SiteTest, AWrongLoginIsLoggedOnceAndNamesNobodyUnknown) {
  for (int i = 0; i < 20; ++i) site_->on_login("<stranger>", "sip.example.org", false);
  EXPECT_EQ(doubts_, 0) << "VoIP.ms is not asked for somebody who is none of ours";
  for (int i = 0; i < 20; ++i) site_->on_login(kBob, "sip.example.org", false);
  EXPECT_EQ(doubts_, 1) << "nor again and again for one who is";
  const std::string log = log_text();
  EXPECT_THAT(log, HasSubstr("does not know its SIP password"));
  EXPECT_THAT(log, Not(HasSubstr("stranger")));
  EXPECT_EQ(log.find("SIP password", log.find("SIP password") + 1), std::string::npos) << log;
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
  EXPECT_THAT(answer.body, HasSubstr(Links(world()).of(sending->job.parts[0], kUploads)));
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

TEST_F(SiteTest, WhenTooManyWaitAScriptIsToldToComeAgain) {
  const int waiting = fall_behind(Target::phone);
  const auto refused = site_->refuse(to_bob());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_THAT(refused->headers, Contains(Pair("Retry-After", "60")));
  EXPECT_EQ(site_->refuse(to_bob(kWrongKey))->status, 403) << "to who has no key nothing is said of it";
  EXPECT_EQ(upload(std::nullopt).status, 200) << "a phone's file is no message yet";
  catch_up(Target::phone, waiting);
  EXPECT_FALSE(site_->refuse(to_bob()));
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
