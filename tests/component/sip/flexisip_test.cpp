// SPDX-License-Identifier: Apache-2.0
// Asking Flexisip who is registered, over its control socket.
#include <gmock/gmock.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <future>

#include "sip/registrations.hpp"
#include "support/as_nobody.hpp"
#include "support/eventually.hpp"
#include "support/flexisip.hpp"
#include "support/temp_folder.hpp"
#include "support/waiting_queue.hpp"

namespace mmsgate::sip {
namespace {

using testing::HasSubstr;
using testing_support::eventually;
using testing_support::Flexisip;

constexpr const char* kBob = "100000_bob";
constexpr const char* kAddress = "100000_bob@pop.example";
constexpr const char* kUri = "sip:100000_bob@127.0.0.1:57664;transport=tcp;fs-conn-id=7f04fd78";
constexpr const char* kPath = "<sip:127.0.0.1:5090;fs-proxy-id=8c5ff36e3c334cb6;lr>";

using testing_support::AsNobody;

class AskFlexisip : public testing::Test {
 protected:
  AskFlexisip() {
    options_.folder = folder_.path();
    options_.pid_file = folder_.file("flexisip-proxy.pid");
    options_.fresh = std::chrono::milliseconds(0);
    options_.look_every = std::chrono::hours(1);  // nothing comes from the clock, unless the test is about that
  }
  [[nodiscard]] std::string socket(int pid = 77) const { return folder_.file(fmt::format("flexisip-proxy-{}", pid)); }
  static std::int64_t in_an_hour() { return std::time(nullptr) + 3600; }
  static void place(Flexisip& flexisip) { flexisip.set(kAddress, {Flexisip::contact(kUri, kPath, in_an_hour())}); }

  Result<Contact> find(const std::string& account = kBob) {
    if (!registrations_) {
      registrations_ = ask_flexisip(
          options_, [this](const std::string& who) { registered_.push(who); },
          [this](std::string name) { proxies_.push(std::move(name)); });
    }
    registrations_->find(account, [this](Result<Contact> contact) { found_.push(std::move(contact)); });
    return found_.pop().value_or(fail(ErrorKind::bug, "no answer in time"));
  }
  void expect_transient(const std::string& words) {
    const auto contact = find();
    ASSERT_FALSE(contact);
    EXPECT_EQ(contact.error().kind, ErrorKind::transient);
    EXPECT_THAT(contact.error().detail, HasSubstr(words));
  }

  testing_support::TempFolder folder_;
  FlexisipOptions options_;
  testing_support::WaitingQueue<Result<Contact>> found_;
  testing_support::WaitingQueue<std::string> registered_;
  testing_support::WaitingQueue<std::string> proxies_;
  std::unique_ptr<Registrations> registrations_;  // last: its thread uses the queues
};

TEST_F(AskFlexisip, FindsAPhoneByItsSubAccount) {
  Flexisip flexisip(socket());
  place(flexisip);
  flexisip.set("100000_bobby@other.example", {});
  const auto contact = find();
  ASSERT_TRUE(contact) << contact.error().detail;
  EXPECT_EQ(contact->request_uri, "sip:100000_bob@127.0.0.1:5090;CtRt8c5ff36e3c334cb6=udp:pop.example");
  EXPECT_EQ(contact->domain, "pop.example");
  EXPECT_EQ(contact->scheme, "sip");
}

TEST_F(AskFlexisip, TheShorterFormIsAnOption) {
  options_.form = formats::ContactRoute::doroute;
  Flexisip flexisip(socket());
  place(flexisip);
  EXPECT_EQ(find()->request_uri, "sip:100000_bob@pop.example;doroute");
}

TEST_F(AskFlexisip, DumpsOnceForAnAccountAndAsksNotForEachMessage) {
  options_.fresh = std::chrono::hours(1);
  Flexisip flexisip(socket());
  place(flexisip);
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(find());
  EXPECT_EQ(flexisip.count("REGISTRAR_DUMP"), 1);
  EXPECT_EQ(flexisip.count("REGISTRAR_GET"), 1);
}

TEST_F(AskFlexisip, WhoIsNotThereOrHasExpiredIsNotRegistered) {
  Flexisip flexisip(socket());
  expect_transient("the phone is not registered");
  flexisip.set(kAddress, {Flexisip::contact(kUri, kPath, std::time(nullptr) - 1)});
  expect_transient("the phone is not registered");
  flexisip.set(kAddress, {});
  expect_transient("the phone is not registered");
  place(flexisip);
  EXPECT_TRUE(find());
  flexisip.remove(kAddress);
  expect_transient("the phone is not registered");
}

TEST_F(AskFlexisip, APhoneThatMovesToAnotherDomainIsFoundThere) {
  Flexisip flexisip(socket());
  place(flexisip);
  ASSERT_TRUE(find());
  flexisip.remove(kAddress);
  expect_transient("the phone is not registered");
  flexisip.set("100000_bob@pop2.example", {Flexisip::contact(kUri, kPath, in_an_hour())});
  EXPECT_EQ(find()->domain, "pop2.example");
}

TEST_F(AskFlexisip, WhoWasMissingIsNamedWhenHeComes) {
  options_.look_every = std::chrono::milliseconds(5);
  Flexisip flexisip(socket());
  expect_transient("the phone is not registered");
  place(flexisip);
  EXPECT_EQ(registered_.pop(), kBob);
  const long asked = flexisip.count("REGISTRAR_DUMP");
  ASSERT_TRUE(find());
  EXPECT_LE(flexisip.count("REGISTRAR_DUMP"), asked + 1) << "nobody is looked for any more";
}

TEST_F(AskFlexisip, AFlexisipThatReturnsIsNoticed) {
  options_.look_every = std::chrono::milliseconds(5);
  expect_transient("is not running, or elsewhere");
  Flexisip flexisip(socket());
  place(flexisip);
  EXPECT_EQ(registered_.pop(), kBob);
  EXPECT_TRUE(find());
}

TEST_F(AskFlexisip, ItsNextStartHasAnotherSocket) {
  {
    Flexisip first(socket(77));
    place(first);
    ASSERT_TRUE(find());
  }
  expect_transient("Connection refused");  // its socket is still there
  Flexisip second(socket(12));
  place(second);
  expect_transient("started anew");  // once: what waits since the former one goes first
  EXPECT_TRUE(find());
}

TEST_F(AskFlexisip, ThePidFileNamesTheOneThatCounts) {
  Flexisip right(socket(12));
  Flexisip wrong(socket(77));
  place(right);
  std::ofstream(options_.pid_file) << "12\n";
  EXPECT_TRUE(find());
  EXPECT_TRUE(wrong.commands().empty());
}

TEST_F(AskFlexisip, ANamedSocketIsTheOnlyOneAsked) {
  Flexisip other(socket());
  place(other);
  options_.socket = folder_.file("mine");
  expect_transient(folder_.file("mine"));
  EXPECT_TRUE(other.commands().empty());
}

TEST_F(AskFlexisip, NonsenseComplaintsAndSilenceAreTold) {
  Flexisip flexisip(socket());
  place(flexisip);
  flexisip.set_mood([](const std::string&) { return "<html>"; });
  EXPECT_THAT(find().error().detail, HasSubstr("cannot be read"));
  flexisip.set_mood([](const std::string&) { return R"({"hello":"there"})"; });
  EXPECT_THAT(find().error().detail, HasSubstr("has no \"aors\""));
  flexisip.set_mood([](const std::string&) { return "Error - busy\nor so"; });
  expect_transient("Flexisip answered: Error - busy");
  flexisip.set_mood([](const std::string&) { return ""; });
  expect_transient("hung up");
  flexisip.set_mood(nullptr);
  EXPECT_TRUE(find());
}

TEST_F(AskFlexisip, WaitsTwoSecondsAtMostForAllThatAsk) {
  Flexisip flexisip(socket());
  place(flexisip);
  ASSERT_TRUE(find());
  flexisip.set_mood([](const std::string&) { return std::nullopt; });
  constexpr int kMany = 500;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kMany; ++i) {
    registrations_->find(kBob, [this](Result<Contact> contact) { found_.push(std::move(contact)); });
  }
  for (int i = 0; i < kMany; ++i) {
    const auto contact = found_.pop();
    ASSERT_TRUE(contact && !*contact);
    EXPECT_THAT(contact->error().detail, HasSubstr("no answer in two seconds"));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(AskFlexisip, TheAddressThatAPhoneHasLeftDoesNotHideTheOneWhereItIs) {
  Flexisip flexisip(socket());
  flexisip.set(kAddress, {Flexisip::contact(kUri, kPath, std::time(nullptr) - 1)});
  flexisip.set("100000_bob@pop2.example", {Flexisip::contact(kUri, kPath, in_an_hour())});
  EXPECT_EQ(find()->domain, "pop2.example");
  flexisip.set(kAddress, {Flexisip::contact(kUri, kPath, in_an_hour() + 60)});
  EXPECT_EQ(find()->domain, "pop2.example") << "where it was found before: a conversation does not split";
}

TEST_F(AskFlexisip, OfSeveralDevicesTheSchemeStaysAsItWas) {
  Flexisip flexisip(socket());
  const std::string plain = Flexisip::contact(kUri, kPath, in_an_hour());
  const std::string secure = Flexisip::contact("sips:100000_bob@127.0.0.1:5061;fs-conn-id=1", kPath, in_an_hour() + 60,
                                               R"("text/plain")", "second");
  flexisip.set(kAddress, {plain});
  EXPECT_EQ(find()->scheme, "sip");
  flexisip.set(kAddress, {plain, secure});
  EXPECT_EQ(find()->scheme, "sip");
  flexisip.set(kAddress, {secure});
  EXPECT_EQ(find()->scheme, "sips");
  flexisip.set(kAddress, {plain, secure});
  EXPECT_EQ(find()->scheme, "sips");
}

TEST_F(AskFlexisip, ADeviceThatTakesNoTextsDoesNotHideOneThatDoes) {
  Flexisip flexisip(socket());
  const std::string desk = Flexisip::contact(kUri, kPath, in_an_hour() + 60, R"("application/sdp")", "desk");
  flexisip.set(kAddress, {desk});
  expect_transient("the phone is not registered");
  flexisip.set(kAddress, {desk, Flexisip::contact(kUri, kPath, in_an_hour())});
  EXPECT_TRUE(find());
}

TEST_F(AskFlexisip, ManyWhoAreMissingCostOneDumpALook) {
  options_.fresh = std::chrono::hours(1);
  Flexisip flexisip(socket());
  for (int i = 0; i < 50; ++i) ASSERT_FALSE(find(fmt::format("100000_missing{}", i)));
  EXPECT_EQ(flexisip.count("REGISTRAR_DUMP"), 1);
}

TEST_F(AskFlexisip, WhoIsListedWithoutAUsablePhoneCostsNoDumpOfHisOwn) {
  options_.look_every = std::chrono::milliseconds(5);
  Flexisip flexisip(socket());
  constexpr int kMany = 20;
  const auto name = [](int i) { return fmt::format("100000_desk{}", i); };
  for (int i = 0; i < kMany; ++i) {
    flexisip.set(name(i) + "@pop.example", {Flexisip::contact(kUri, kPath, in_an_hour(), R"("application/sdp")")});
    ASSERT_FALSE(find(name(i)));
  }
  const auto dumps = [&flexisip] { return flexisip.count("REGISTRAR_DUMP"); };
  const long dumps_before = dumps();
  const long gets_before = flexisip.count("REGISTRAR_GET");
  ASSERT_TRUE(eventually([&] { return dumps() >= dumps_before + 5; }));
  const long looks = dumps() - dumps_before;
  EXPECT_GE(flexisip.count("REGISTRAR_GET") - gets_before, (looks - 2) * kMany) << "each look asks for each of them";
  place(flexisip);
  ASSERT_TRUE(find());
  flexisip.set(name(7) + "@pop.example", {Flexisip::contact(kUri, kPath, in_an_hour())});
  EXPECT_EQ(registered_.pop(), name(7));
}

TEST_F(AskFlexisip, WhileNobodyIsThereItIsLookedOftenerThanWhileItFails) {
  options_.look_every = std::chrono::seconds(2);
  expect_transient("is not running, or elsewhere");
  const auto gone_at = std::chrono::steady_clock::now();
  Flexisip flexisip(socket());
  place(flexisip);
  EXPECT_EQ(registered_.pop(), kBob);
  EXPECT_LT(std::chrono::steady_clock::now() - gone_at, options_.look_every);
}

TEST_F(AskFlexisip, ASocketThatMayNotBeOpenedIsTold) {
  Flexisip flexisip(socket());
  place(flexisip);
  std::filesystem::permissions(socket(), std::filesystem::perms::none);
  {
    const AsNobody nobody;  // root may open everything
    options_.socket = socket();
    expect_transient("Permission denied");  // its thread has begun as nobody, and stays so
  }
  std::filesystem::permissions(socket(), std::filesystem::perms::all);
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  EXPECT_TRUE(find());
}

TEST_F(AskFlexisip, ASocketThatAStrangerPutThereIsNotBelieved) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can play somebody else";
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  std::unique_ptr<Flexisip> stranger;
  {
    const AsNobody nobody;
    stranger = std::make_unique<Flexisip>(socket());
  }
  place(*stranger);
  expect_transient("it is neither root's nor flexisip's");
  EXPECT_EQ(stranger->count("REGISTRAR"), 0) << "nothing is said to it";
}

TEST_F(AskFlexisip, WithoutAnyTheProxyKnowsUntilOneIsSeen) {
  options_.domain_without = "example.org";
  options_.look_every = std::chrono::milliseconds(5);
  EXPECT_EQ(find()->request_uri, "sip:100000_bob@example.org");
  Flexisip flexisip(socket());
  place(flexisip);
  EXPECT_TRUE(eventually([&] { return find()->domain == "pop.example"; }));
}

TEST_F(AskFlexisip, EachLifeOfItHasANameOfItsOwnAndIsToldOnce) {
  options_.look_every = std::chrono::milliseconds(5);
  auto flexisip = std::make_unique<Flexisip>(socket());
  place(*flexisip);
  ASSERT_TRUE(find());
  const auto first = proxies_.pop();
  ASSERT_TRUE(first);
  EXPECT_THAT(*first, HasSubstr(socket()));
  flexisip =
      std::make_unique<Flexisip>(socket());  // the same path and the same process: in a container it is always so
  const auto second = proxies_.pop();
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *first);
  flexisip.reset();  // what is left behind by one that was killed is no new start
  flexisip = std::make_unique<Flexisip>(socket(78));
  const auto third = proxies_.pop();
  ASSERT_TRUE(third);
  EXPECT_THAT(*third, HasSubstr(socket(78)));
  place(*flexisip);
  ASSERT_TRUE(eventually([this] { return find().has_value(); }));
  EXPECT_EQ(proxies_.size(), 0U);
}

TEST_F(AskFlexisip, WhenItsSocketIsGoneNobodyIsKnownAnyMore) {
  options_.fresh = std::chrono::hours(1);
  auto flexisip = std::make_unique<Flexisip>(socket());
  place(*flexisip);
  ASSERT_TRUE(find());
  flexisip.reset();
  std::filesystem::remove(socket());
  expect_transient("is not running, or elsewhere");
}

TEST_F(AskFlexisip, ANewStartIsNoticedBeforeAMessageGoesToIt) {
  auto flexisip = std::make_unique<Flexisip>(socket());
  place(*flexisip);
  ASSERT_TRUE(find());
  flexisip = std::make_unique<Flexisip>(socket(78));
  place(*flexisip);
  expect_transient("started anew");
  EXPECT_TRUE(find()) << "once";
  EXPECT_TRUE(proxies_.pop() && proxies_.pop());
  EXPECT_EQ(proxies_.size(), 0U);
}

TEST_F(AskFlexisip, NothingThatWasAskedForBeforeANewStartGoesBeforeWhatItLost) {
  const auto former = std::make_unique<Flexisip>(socket());
  place(*former);
  ASSERT_TRUE(find());
  std::promise<void> begun;
  std::promise<void> gate;
  former->set_mood([&, open = gate.get_future().share()](const std::string&) {
    begun.set_value();
    open.wait();
    return std::optional<std::string>("{\"aors\" : []}");
  });
  const auto ask = [this](const std::string& account) {
    registrations_->find(account, [this](Result<Contact> contact) { found_.push(std::move(contact)); });
  };
  ask("100000_eve");
  begun.get_future().get();
  Flexisip next(socket(78));
  place(next);
  ask(kBob);
  ask(kBob);
  gate.set_value();
  EXPECT_TRUE(found_.pop()) << "of Eve";
  for (int i = 0; i < 2; ++i) {
    const auto contact = found_.pop();
    ASSERT_TRUE(contact && !*contact) << i;
    EXPECT_THAT(contact->error().detail, HasSubstr("started anew"));
  }
  EXPECT_TRUE(find());
}

}  // namespace
}  // namespace mmsgate::sip
