// SPDX-License-Identifier: Apache-2.0
// Where the endpoint listens, and what it says when it cannot.
#include <gmock/gmock.h>
#include <netdb.h>

#include <thread>

#include "component/sip/endpoint_fixture.hpp"
#include "sip/sockets.hpp"

namespace mmsgate::sip {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using Listening = EndpointTest;

Error error_of(const Options& options) {
  HandReceiver receiver;
  const auto listening = listen(options, receiver, runtime::Log::none());
  return listening ? Error{} : listening.error();
}

TEST_F(Listening, TakesTheSameFreePortForUdpAndTcp) {
  EXPECT_NE(port(), 0);
  UdpPeer by_udp(port());
  EXPECT_EQ(by_udp.ask({.method = "OPTIONS"}).status(), 200);
  RawClient by_tcp(port());
  by_tcp.send(SipRequest{.method = "OPTIONS", .transport = "TCP", .branch = "z9hG4bK-tcp"}.bytes());
  EXPECT_EQ(read_sip(by_tcp).status(), 200);
}

TEST_F(Listening, HasThePortBackAtOnceWhenItIsStartedAnew) {
  options_.port = port();
  RawClient open(port());
  open.send(SipRequest{.method = "OPTIONS", .transport = "TCP"}.bytes());
  EXPECT_EQ(read_sip(open).status(), 200);
  endpoint_.reset();
  EXPECT_EQ(port(), options_.port);
  expect_alive();
}

TEST_F(Listening, AtAllAddresses) {
  options_.address = "0.0.0.0";
  expect_alive();
}

TEST_F(Listening, SaysThatAnotherProgramHasThePort) {
  const Error error = error_of({.address = "127.0.0.1", .port = port()});
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_THAT(error.detail,
              AllOf(HasSubstr(fmt::format("127.0.0.1 port {}", port())), HasSubstr("in use"), HasSubstr("sipport")));
  const TcpPeer other;
  EXPECT_THAT(error_of({.address = "127.0.0.1", .port = other.port()}).detail, HasSubstr("in use"));
  const UdpPeer another;
  EXPECT_THAT(error_of({.address = "127.0.0.1", .port = another.port()}).detail, HasSubstr("in use"));
  expect_alive();
}

TEST_F(Listening, SaysThatTheAddressIsNotOfThisMachine) {
  const Error error = error_of({.address = "203.0.113.9", .port = 0});
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_THAT(error.detail, AllOf(HasSubstr("203.0.113.9"), HasSubstr("sipboundaddress")));
}

TEST_F(Listening, SaysThatItIsNoAddress) {
  for (const std::string name : {"localhost", "", "127.0.0.1:5060", "*", "127.0.0.1;maddr=*"}) {
    const Error error = error_of({.address = name, .port = 0});
    EXPECT_EQ(error.kind, ErrorKind::rejected) << name;
    EXPECT_THAT(error.detail, HasSubstr("not an IP address")) << name;
  }
}

TEST(Routes, AreNumeric) {
  for (const auto* uri : {"sip:127.0.0.1", "sip:127.0.0.1:5060", "sip:192.0.2.1;transport=tcp", "sip:[::1]:5060;lr"}) {
    EXPECT_TRUE(is_numeric_route(uri)) << uri;
  }
  for (const auto* uri : {"", "sip:", "sip:localhost", "sip:user@127.0.0.1", "127.0.0.1:5060", "sip:[::1", "sip:::1",
                          "sips:127.0.0.1", "tel:5145550100"}) {
    EXPECT_FALSE(is_numeric_route(uri)) << uri;
  }
}

TEST(NameServers, AreForgottenByOneThread) {
  std::thread([] {
    forget_name_servers();
    addrinfo* found = nullptr;
    EXPECT_EQ(getaddrinfo("no-such-host.example", nullptr, nullptr, &found), EAI_AGAIN);
    ASSERT_EQ(getaddrinfo("127.0.0.1", nullptr, nullptr, &found), 0);
    freeaddrinfo(found);
  }).join();
}

}  // namespace
}  // namespace mmsgate::sip
