// SPDX-License-Identifier: Apache-2.0
// Asking a real Kamailio who is registered.
#include <gmock/gmock.h>
#include <sys/un.h>

#include <ctime>

#include "sip/registrations.hpp"
#include "support/eventually.hpp"
#include "support/kamailio.hpp"
#include "support/waiting_queue.hpp"

namespace mmsgate::sip {
namespace {

using testing::HasSubstr;
using testing_support::Kamailio;
using testing_support::TempFolder;
using testing_support::WaitingQueue;

class Answers {
 public:
  void ask(Registrations& registrations, const std::string& account) {
    registrations.find(account, [this](Result<Contact> contact) { found_.push(std::move(contact)); });
  }
  Result<Contact> next() { return found_.pop().value_or(fail(ErrorKind::bug, "no answer in time")); }

 private:
  WaitingQueue<Result<Contact>> found_;
};

void expect_transient(const Result<Contact>& contact, const std::string& words) {
  ASSERT_FALSE(contact);
  EXPECT_EQ(contact.error().kind, ErrorKind::transient);
  EXPECT_THAT(contact.error().detail, HasSubstr(words));
}

TEST(AskNobody, SaysAtOnceThatTheProxyKnows) {
  Answers answers;
  answers.ask(*ask_nobody("example.org"), "100000_bob");
  const auto contact = answers.next();
  ASSERT_TRUE(contact);
  EXPECT_EQ(contact->request_uri, "sip:100000_bob@example.org");
  EXPECT_EQ(contact->domain, "example.org");
}

TEST(AskKamailio, KnowsWhoIsRegistered) {
  Kamailio kamailio;
  Answers answers;
  const auto registrations =
      ask_kamailio({.domain = "example.org", .rpc_socket = kamailio.rpc_socket()}, [](const std::string&) {});
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), "not registered");

  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 600), 200);
  answers.ask(*registrations, "100000_bob");
  const auto contact = answers.next();
  ASSERT_TRUE(contact) << contact.error().detail;
  EXPECT_EQ(contact->request_uri, "sip:100000_bob@example.org");
  EXPECT_EQ(contact->domain, "example.org");
  answers.ask(*registrations, "100000_eve");
  expect_transient(answers.next(), "not registered");

  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 0), 200);
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), "not registered");
}

TEST(AskKamailio, AsksAgainWhenKamailioIsStartedAnew) {
  Kamailio kamailio;
  Answers answers;
  const auto registrations =
      ask_kamailio({.domain = "example.org", .rpc_socket = kamailio.rpc_socket()}, [](const std::string&) {});
  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 600), 200);
  answers.ask(*registrations, "100000_bob");
  ASSERT_TRUE(answers.next());
  kamailio.stop();
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), kamailio.rpc_socket());
  kamailio.start();
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), "not registered");  // it kept the table in memory
}

TEST(AskKamailio, WaitsASecondAtMostForAllThatAsk) {
  Kamailio kamailio;
  Answers answers;
  const auto registrations =
      ask_kamailio({.domain = "example.org", .rpc_socket = kamailio.rpc_socket()}, [](const std::string&) {});
  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 600), 200);
  kamailio.pause();
  constexpr int kMany = 1000;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kMany; ++i) answers.ask(*registrations, "100000_bob");
  for (int i = 0; i < kMany; ++i) expect_transient(answers.next(), "no answer in a second");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
  kamailio.resume();
  answers.ask(*registrations, "100000_bob");
  EXPECT_TRUE(answers.next()) << "the late answer to an earlier question is passed over";
}

TEST(AskKamailio, NeverBlocksOnAQueueThatNobodyReads) {
  const TempFolder folder;
  const int deaf = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  folder.file("rpc").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(deaf, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  // As many as the kernel takes for it.
  const int others = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  while (::sendto(others, "x", 1, 0, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 1) {
  }
  Answers answers;
  const auto registrations =
      ask_kamailio({.domain = "example.org", .rpc_socket = folder.file("rpc")}, [](const std::string&) {});
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), "kamailiorpc");
  ::close(deaf);
  ::close(others);
}

TEST(AskKamailio, SaysWhereItCannotAsk) {
  Answers answers;
  const auto nowhere =
      ask_kamailio({.domain = "example.org", .rpc_socket = "/nowhere/kamailio.rpc"}, [](const std::string&) {});
  answers.ask(*nowhere, "100000_bob");
  expect_transient(answers.next(), "/nowhere/kamailio.rpc");
  const auto too_long =
      ask_kamailio({.domain = "example.org", .rpc_socket = "/" + std::string(200, 'x')}, [](const std::string&) {});
  answers.ask(*too_long, "100000_bob");
  EXPECT_EQ(answers.next().error().kind, ErrorKind::rejected);
  answers.ask(*nowhere, "no\xffutf8");
  expect_transient(answers.next(), "/nowhere/kamailio.rpc");
}

TEST(AskKamailio, TellsOnceOfEachStart) {
  Kamailio kamailio;
  WaitingQueue<std::string> proxies;
  const auto registrations = ask_kamailio(
      {.domain = "example.org", .rpc_socket = kamailio.rpc_socket(), .look_every = std::chrono::milliseconds(5)},
      [&](std::string name) { proxies.push(std::move(name)); });
  const auto first = proxies.pop();
  ASSERT_TRUE(first);
  EXPECT_THAT(*first, HasSubstr("Kamailio since "));
  // It says so to the second: two starts within one would look alike.
  const auto begun = std::time(nullptr);
  kamailio.stop();
  ASSERT_TRUE(testing_support::eventually([&] { return std::time(nullptr) > begun; }));
  kamailio.start();
  const auto second = proxies.pop();
  ASSERT_TRUE(second);
  EXPECT_NE(*second, *first);
  Answers answers;
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), "not registered");
  EXPECT_EQ(proxies.size(), 0U);
}

TEST(AskKamailio, ANewStartIsNoticedBeforeAMessageGoesToIt) {
  Kamailio kamailio;
  WaitingQueue<std::string> proxies;
  Answers answers;
  const auto registrations =
      ask_kamailio({.domain = "example.org", .rpc_socket = kamailio.rpc_socket(), .look_every = std::chrono::hours(1)},
                   [&](std::string name) { proxies.push(std::move(name)); });
  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 600), 200);
  answers.ask(*registrations, "100000_bob");
  ASSERT_TRUE(answers.next());
  const auto begun = std::time(nullptr);
  kamailio.stop();
  ASSERT_TRUE(testing_support::eventually([&] { return std::time(nullptr) > begun; }));
  kamailio.start();
  ASSERT_EQ(kamailio.register_phone("100000_bob@example.org", 600), 200);
  answers.ask(*registrations, "100000_bob");
  expect_transient(answers.next(), "started anew");
  answers.ask(*registrations, "100000_bob");
  EXPECT_TRUE(answers.next()) << "once";
  EXPECT_TRUE(proxies.pop() && proxies.pop());
  EXPECT_EQ(proxies.size(), 0U);
}

}  // namespace
}  // namespace mmsgate::sip
