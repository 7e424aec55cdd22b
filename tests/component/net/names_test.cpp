// SPDX-License-Identifier: Apache-2.0
// What a stranger's name server cannot do: a name that was public when it was looked at leads nowhere else by the time
// it is connected to (DNS rebinding), and none of a name's addresses is tried that may not be reached. The answers are
// the test's: this program's getaddrinfo() is found before the system's.
#include <dlfcn.h>
#include <netdb.h>

#include <atomic>
#include <deque>
#include <map>
#include <mutex>

#include "http_fixture.hpp"

namespace {

/// Of a name: the next one at each question, the last one for ever after.
std::mutex answers_mutex;
std::map<std::string, std::deque<std::vector<std::string>>> answers;

std::optional<std::vector<std::string>> answer_for(const char* name) {
  const std::lock_guard lock(answers_mutex);
  const auto found = name == nullptr ? answers.end() : answers.find(name);
  if (found == answers.end()) return std::nullopt;
  auto addresses = found->second.front();
  if (found->second.size() > 1) found->second.pop_front();
  return addresses;
}

}  // namespace

extern "C" int getaddrinfo(const char* name, const char* service, const addrinfo* hints, addrinfo** found) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto systems = reinterpret_cast<Function>(dlsym(RTLD_NEXT, "getaddrinfo"));
  const auto addresses = answer_for(name);
  if (!addresses) return systems(name, service, hints, found);
  addrinfo any = hints == nullptr ? addrinfo{} : *hints;
  any.ai_family = AF_UNSPEC;
  *found = nullptr;
  addrinfo** end = found;
  for (const std::string& address : *addresses) {
    if (const int failed = systems(address.c_str(), service, &any, end); failed != 0) return failed;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return 0;
}

namespace mmsgate::net {
namespace {

/// Loopback stands for what is public, as in the sandbox: there is no network in a test.
class NamesTest : public HttpTest {
 protected:
  void TearDown() override {
    HttpTest::TearDown();
    const std::lock_guard lock(answers_mutex);
    answers.clear();
  }
  static void name_leads_to(const std::string& name, std::deque<std::vector<std::string>> each_time) {
    const std::lock_guard lock(answers_mutex);
    answers[name] = std::move(each_time);
  }
  [[nodiscard]] static std::string url(const std::string& name, const RawServer& server,
                                       const std::string& path = "/") {
    return fmt::format("http://{}:{}{}", name, server.port(), path);
  }
  void expect_no_way(const std::string& to_where) {
    const Error error = error_of(to(to_where));
    EXPECT_EQ(error.kind, ErrorKind::rejected) << to_where << ": " << error.detail;
    EXPECT_NE(error.detail.find("not public"), std::string::npos) << to_where << ": " << error.detail;
  }

  std::atomic<int> asked_ = 0;
  const RawServer outside_{[this](const RawMessage&) {
    ++asked_;
    return RawReply{answer(200, "outside"), Then::next};
  }};
};

TEST_F(NamesTest, ANameIsWhereItLeads) {
  name_leads_to("files.example", {{"127.0.0.1"}});
  const auto got = fetch(to(url("files.example", outside_)));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "outside");
}

TEST_F(NamesTest, NoNameOfAnInnerAddressLeadsIn) {
  for (const char* inner :
       {"10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:a00:1::1", "2001:0:a00:1::1"}) {
    name_leads_to("inner.example", {{inner}});
    expect_no_way(fmt::format("http://inner.example/?{}", kSecret));
    client_ = make_http_client("mmsgate/test");  // which has not kept the name's address
  }
}

TEST_F(NamesTest, OfSeveralAddressesOnlyThoseThatMayBeReachedAreTried) {
  name_leads_to("both.example", {{"10.0.0.1", "fd00::1", "127.0.0.1"}});
  const auto got = fetch(to(url("both.example", outside_)));
  ASSERT_TRUE(got) << got.error().detail;
  EXPECT_EQ(got->body, "outside");
}

TEST_F(NamesTest, AnAddressThatDoesNotAnswerIsNoReasonToTryAnInnerOne) {
  std::uint16_t closed = 0;
  {
    const RawServer gone([](const RawMessage&) { return RawReply{"", Then::close}; });
    closed = gone.port();
  }
  name_leads_to("both.example", {{"127.0.0.1", "10.0.0.1"}});
  expect_no_way(fmt::format("http://both.example:{}/?{}", closed, kSecret));
}

// The name is looked up anew for another port; by then its owner has changed it.
TEST_F(NamesTest, ANameThatChangesUnderWayLeadsNowhere) {
  for (const char* inner : {"10.0.0.1", "169.254.169.254", "fd00::1", "::ffff:192.168.0.1"}) {
    const RawServer first([this](const RawMessage&) {
      return RawReply{answer(302, "", fmt::format("Location: {}\r\n", url("rebind.example", outside_)))};
    });
    name_leads_to("rebind.example", {{"127.0.0.1"}, {inner}});
    expect_no_way(url("rebind.example", first, fmt::format("/?{}", kSecret)));
    client_ = make_http_client("mmsgate/test");
  }
  EXPECT_EQ(asked_, 0);
}

TEST_F(NamesTest, ANameThatChangesBetweenTwoRequestsLeadsNowhere) {
  name_leads_to("rebind.example", {{"127.0.0.1"}, {"10.0.0.1"}});
  ASSERT_TRUE(fetch(to(url("rebind.example", outside_))));
  const RawServer other([](const RawMessage&) { return RawReply{answer(200, "other")}; });
  expect_no_way(url("rebind.example", other, fmt::format("/?{}", kSecret)));
}

// A stranger's URL finds no address and no line that was had for the owner's.
TEST_F(NamesTest, WhatTheOwnerMayReachIsNotThereForAStranger) {
  name_leads_to("own.example", {{"127.0.0.1"}});
  HttpRequest owners = to(url("own.example", outside_));
  owners.reach = Reach::anywhere;
  ASSERT_TRUE(fetch(std::move(owners)));
  HttpRequest strangers = to(url("own.example", outside_, fmt::format("/?{}", kSecret)));
  strangers.reach = Reach::public_only;
  EXPECT_EQ(error_of(std::move(strangers)).kind, ErrorKind::rejected);
  EXPECT_EQ(asked_, 1);
}

}  // namespace
}  // namespace mmsgate::net
