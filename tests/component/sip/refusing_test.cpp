// SPDX-License-Identifier: Apache-2.0
// What is answered without the receiver, and what OPTIONS tell.
#include <gmock/gmock.h>

#include <future>

#include "component/sip/endpoint_fixture.hpp"
#include "support/deflated.hpp"

namespace mmsgate::sip {
namespace {

using Refusing = EndpointTest;
using testing_support::deflated;

TEST_F(Refusing, AllMethodsButTwo) {
  UdpPeer phone(port());
  for (const std::string method : {"INVITE", "REGISTER", "SUBSCRIBE", "BYE", "PUBLISH", "NONSENSE"}) {
    const SipText answer = phone.ask({.method = method, .branch = "z9hG4bK-" + method, .call_id = method});
    EXPECT_EQ(answer.status(), 405) << method;
    EXPECT_EQ(answer.header("Allow"), "MESSAGE, OPTIONS") << method;
    // An INVITE's refusal is repeated until it is acknowledged.
    if (method == "INVITE") {
      phone.send(SipRequest{.method = "ACK", .branch = "z9hG4bK-INVITE", .to = answer.header("To"), .call_id = method}
                     .bytes());
    }
  }
}

TEST_F(Refusing, WhoeverMayNotSpeakToIt) {
  options_.callers = *formats::parse_networks("10.0.0.0/8, 127.0.0.9");
  UdpPeer stranger(port());
  EXPECT_EQ(stranger.ask({}).status(), 403);
  EXPECT_EQ(stranger.ask({.method = "OPTIONS", .branch = "z9hG4bK-two"}).status(), 403);
  EXPECT_EQ(stranger.ask({.method = "INVITE", .branch = "z9hG4bK-three"}).status(), 403);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(receiver_.strangers.pop(), "127.0.0.1");
}

// The proxy's name was moved to another address, or an interface came up after the start: 403 until the next start.
TEST_F(Refusing, WhoIsFoundAnewAmongTheUsualOnesIsLetIn) {
  WaitingQueue<std::move_only_function<void(std::vector<formats::IpNetwork>)>> asked;
  options_.callers = *formats::parse_networks("10.0.0.0/8");
  options_.look_up_callers = [&](auto learn) { asked.push(std::move(learn)); };
  UdpPeer moved(port());
  EXPECT_EQ(moved.ask({.method = "OPTIONS", .branch = "z9hG4bK-one"}).status(), 403);
  (*asked.pop())(*formats::parse_networks("127.0.0.1"));
  std::promise<void> learnt;  // the sip thread takes its tasks in order
  endpoint().post([&learnt] { learnt.set_value(); });
  learnt.get_future().wait();
  EXPECT_EQ(moved.ask({.method = "OPTIONS", .branch = "z9hG4bK-two"}).status(), 200);
  EXPECT_EQ(receiver_.strangers.size(), 0U) << "nothing to warn of";
}

TEST_F(Refusing, WhoIsNotFoundIsAStrangerAndSeldomLookedFor) {
  WaitingQueue<std::move_only_function<void(std::vector<formats::IpNetwork>)>> asked;
  options_.callers = *formats::parse_networks("10.0.0.0/8");
  options_.look_up_callers = [&](auto learn) { asked.push(std::move(learn)); };
  UdpPeer stranger(port());
  EXPECT_EQ(stranger.ask({.method = "OPTIONS", .branch = "z9hG4bK-one"}).status(), 403);
  (*asked.pop())({});  // the name cannot be looked up now: that lets nobody in
  EXPECT_EQ(receiver_.strangers.pop(), "127.0.0.1");
  EXPECT_EQ(stranger.ask({.method = "OPTIONS", .branch = "z9hG4bK-two"}).status(), 403);
  EXPECT_EQ(receiver_.strangers.pop(), "127.0.0.1");
  EXPECT_EQ(asked.size(), 0U) << "once a minute";
}

TEST_F(Refusing, NobodyWhoMaySpeakToIt) {
  options_.callers = *formats::parse_networks("10.0.0.0/8, 127.0.0.1");
  expect_alive();
  EXPECT_EQ(receiver_.strangers.size(), 0U);
}

TEST_F(Refusing, AnswersNoAck) {
  UdpPeer phone(port());
  phone.send(SipRequest{.method = "ACK", .content_type = "", .body = ""}.bytes());
  EXPECT_EQ(phone.ask({.method = "OPTIONS", .branch = "z9hG4bK-two"}).header("CSeq"), "20 OPTIONS");
}

// RFC 3261 8.2.2.3. The stack leaves that to us, and a MESSAGE that wants more than we can do was taken as if it did
// not.
TEST_F(Refusing, WhatWantsAnExtensionOfUs) {
  UdpPeer phone(port());
  for (const std::string method : {"MESSAGE", "OPTIONS"}) {
    SipRequest request{.method = method, .branch = "z9hG4bK-" + method, .call_id = method};
    request.headers = {"Require: recipient-list-message , foo", "Require: bar"};
    const SipText answer = phone.ask(request);
    EXPECT_EQ(answer.start(), "SIP/2.0 420 Bad Extension") << method;
    EXPECT_EQ(answer.header("Unsupported"), "recipient-list-message, foo, bar") << method;
  }
  // Of a proxy, which we are none, and of what we could do if we liked: no reason to refuse.
  EXPECT_EQ(phone.ask({.method = "OPTIONS", .branch = "z9hG4bK-other", .headers = {"Proxy-Require: a", "Supported: b"}})
                .status(),
            200);
  EXPECT_EQ(phone.ask({.method = "OPTIONS", .branch = "z9hG4bK-none", .headers = {"Require: "}}).status(), 200);
}

TEST_F(Refusing, NoAckOrCancelForWhatItRequires) {
  UdpPeer phone(port());
  phone.send(SipRequest{.method = "ACK", .headers = {"Require: foo"}, .content_type = "", .body = ""}.bytes());
  EXPECT_EQ(phone.ask({.method = "OPTIONS", .branch = "z9hG4bK-two"}).header("CSeq"), "20 OPTIONS");
  EXPECT_NE(phone.ask({.method = "CANCEL", .branch = "z9hG4bK-three", .headers = {"Require: foo"}}).status(), 420);
}

TEST_F(Refusing, SaysNoMoreOfExtensionsThanAnAnswerHolds) {
  UdpPeer phone(port());
  SipRequest request{.method = "OPTIONS", .branch = "z9hG4bK-many"};
  request.headers = {"Require: many"};
  for (int i = 0; i < 10'000; ++i) request.headers.front() += ", a";
  const SipText many = phone.ask(request);
  EXPECT_EQ(many.status(), 420);
  EXPECT_TRUE(many.header("Unsupported").starts_with("many, a, a"));
  EXPECT_LT(many.header("Unsupported").size(), 4000U);
  request.branch = "z9hG4bK-long";
  request.headers = {"Require: " + std::string(5000, 'a')};
  EXPECT_EQ(phone.ask(request).status(), 420);
}

TEST_F(Refusing, TypesThatItDoesNotKnow) {
  UdpPeer phone(port());
  for (const std::string type : {"image/jpeg", "text/html", "text/plain2", "plain/text", "*/*", ""}) {
    const SipText answer = phone.ask({.branch = "z9hG4bK-" + type, .call_id = "call-" + type, .content_type = type});
    EXPECT_EQ(answer.status(), 415) << type;
    EXPECT_EQ(answer.header("Accept"), kAccept) << type;
  }
}

TEST_F(Refusing, TakesTypesInAnyCase) {
  UdpPeer phone(port());
  phone.send(SipRequest{.content_type = "Text/Plain;charset=UTF-8"}.bytes());
  accept();
  EXPECT_EQ(phone.receive().status(), 202);
}

TEST_F(Refusing, EncodingsThatItDoesNotKnow) {
  UdpPeer phone(port());
  const SipText answer = phone.ask({.headers = {"Content-Encoding: gzip"}});
  EXPECT_EQ(answer.status(), 415);
  EXPECT_EQ(answer.header("Accept-Encoding"), "deflate, identity");
}

TEST_F(Refusing, UndoesDeflate) {
  UdpPeer phone(port());
  const std::string text = "<imdn>" + std::string(2000, ' ') + "</imdn>";
  phone.send(
      SipRequest{.headers = {"Content-Encoding: deflate"}, .content_type = "message/imdn+xml", .body = deflated(text)}
          .bytes());
  EXPECT_EQ(accept().body, text);
  EXPECT_EQ(phone.receive().status(), 202);
}

TEST_F(Refusing, ADeflateBombAndABrokenOne) {
  options_.most_inflated = 100'000;
  UdpPeer phone(port());
  const SipRequest bomb{.headers = {"Content-Encoding: deflate"}, .body = deflated(std::string(5'000'000, '\0'))};
  EXPECT_EQ(phone.ask(bomb).status(), 413);
  SipRequest broken = bomb;
  broken.branch = "z9hG4bK-broken";
  broken.body = "no zlib";
  EXPECT_EQ(phone.ask(broken).status(), 400);
  expect_alive();
}

TEST_F(Refusing, BodiesThatAreTooLarge) {
  options_.most_body = 10'000;
  RawClient phone(port());
  const auto of_size = [](std::size_t size) {
    return SipRequest{.transport = "TCP",
                      .branch = fmt::format("z9hG4bK-{}", size),
                      .call_id = fmt::format("call-{}", size),
                      .body = std::string(size, 'x')}
        .bytes();
  };
  phone.send(of_size(10'001));
  EXPECT_EQ(read_sip(phone).status(), 413);
  phone.send(of_size(10'000));
  EXPECT_EQ(accept().body.size(), 10'000U);
  EXPECT_EQ(read_sip(phone).status(), 202);
}

TEST_F(Refusing, WhatHasMadeTooManyHops) {
  UdpPeer phone(port());
  EXPECT_EQ(phone.ask({.max_forwards = "0"}).status(), 483);
}

TEST_F(Refusing, WhatHasBeenHereBefore) {
  UdpPeer phone(port());
  const auto via = [](std::string_view host_port) {
    return SipRequest{.headers = {fmt::format("Via: SIP/2.0/UDP {};branch=z9hG4bK-a", host_port)}};
  };
  EXPECT_EQ(phone.ask(via(fmt::format("127.0.0.1:{}", port()))).status(), 482);
  // Another port of this machine is the proxy's.
  SipRequest other = via(fmt::format("127.0.0.1:{}", port() ^ 1));
  other.branch = "z9hG4bK-other";
  phone.send(other.bytes());
  accept();
  EXPECT_EQ(phone.receive().status(), 202);
}

TEST_F(Refusing, WhatItSentItself) {
  UdpPeer proxy;
  send(outgoing(proxy.port()));
  const SipText sent = proxy.receive();
  UdpPeer phone(port());
  EXPECT_EQ(phone.ask({.headers = {"Via: " + sent.header("Via")}}).status(), 482);
  proxy.send(sent.answer(202, "Accepted"));
  EXPECT_EQ(ending().status, 202);
}

TEST_F(Refusing, WhoDoesNotSayWhoTheyAre) {
  UdpPeer phone(port());
  EXPECT_EQ(phone.ask({.from = "<sip:example.org>;tag=x"}).status(), 400);
  EXPECT_EQ(phone.ask({.branch = "z9hG4bK-two", .from = "<sip:"}).status(), 400);
}

TEST_F(Refusing, TellsWhatItTakes) {
  UdpPeer proxy(port());
  const SipText answer = proxy.ask({.method = "OPTIONS", .content_type = "", .body = ""});
  EXPECT_EQ(answer.start(), "SIP/2.0 200 OK");
  EXPECT_EQ(answer.header("Allow"), "MESSAGE, OPTIONS");
  EXPECT_EQ(answer.header("Accept"), kAccept);
  EXPECT_EQ(answer.header("Accept-Encoding"), "deflate, identity");
}

TEST_F(Refusing, TellsTheReceiverWhoHasRegistered) {
  UdpPeer proxy(port());
  const auto tell = [&](const std::string& line) {
    static int n = 0;
    return proxy
        .ask({.method = "OPTIONS",
              .branch = fmt::format("z9hG4bK-{}", ++n),
              .headers = {line},
              .content_type = "",
              .body = ""})
        .status();
  };
  EXPECT_EQ(tell("X-Registered: sip:100000_bob@example.org"), 200);
  EXPECT_EQ(receiver_.registered.pop(), "100000_bob");
  EXPECT_EQ(tell("x-registered: 100000_eve@example.org:5060"), 200);
  EXPECT_EQ(receiver_.registered.pop(), "100000_eve");
  EXPECT_EQ(tell("X-Registered: "), 200);
  EXPECT_EQ(tell("X-Registered: sip:@example.org"), 200);
  EXPECT_EQ(receiver_.registered.size(), 0U);
}

}  // namespace
}  // namespace mmsgate::sip
