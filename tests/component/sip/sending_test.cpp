// SPDX-License-Identifier: Apache-2.0
// MESSAGEs to a proxy that the test plays.
#include <gmock/gmock.h>

#include <chrono>

#include "component/sip/endpoint_fixture.hpp"

namespace mmsgate::sip {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Sending = EndpointTest;

TEST_F(Sending, WritesTheRequestAsItIsTold) {
  UdpPeer proxy;
  Outgoing message = outgoing(proxy.port());
  message.body = std::string("Good\0morning\r\n", 14);
  send(message);
  const SipText sent = proxy.receive();
  EXPECT_EQ(sent.start(), "MESSAGE sip:100000_bob@example.org SIP/2.0");
  EXPECT_THAT(sent.header("Via"), StartsWith("SIP/2.0/UDP 127.0.0.1:"));
  EXPECT_THAT(sent.header("From"), StartsWith("\"5145550123\" <sip:5145550123@example.org>;tag="));
  EXPECT_EQ(sent.header("To"), "<sip:100000_bob@example.org>");
  EXPECT_EQ(sent.header("Call-ID"), "delivery-1");
  EXPECT_THAT(sent.header("CSeq"), HasSubstr(" MESSAGE"));
  EXPECT_EQ(sent.header("Max-Forwards"), "70");
  EXPECT_EQ(sent.header("User-Agent"), "mmsgate");
  EXPECT_EQ(sent.header("X-SMS-To"), "5145550100");
  EXPECT_EQ(sent.header("Content-Type"), "text/plain;charset=utf-8");
  EXPECT_EQ(sent.header("Content-Length"), "14");
  EXPECT_EQ(sent.header("Route"), "");
  EXPECT_EQ(sent.body(), message.body);
  proxy.send(sent.answer(202, "Kept for later"));
  const Ending end = ending();
  EXPECT_EQ(end.status, 202);
  EXPECT_EQ(end.phrase, "Kept for later");
  EXPECT_EQ(provisional_.size(), 0U);
}

TEST_F(Sending, SendsAnEmptyBody) {
  UdpPeer proxy;
  Outgoing message = outgoing(proxy.port());
  message.body.clear();
  message.content_type.clear();
  message.headers.clear();
  send(message);
  const SipText sent = proxy.receive();
  EXPECT_EQ(sent.header("Content-Length"), "0");
  EXPECT_EQ(sent.header("Content-Type"), "");
  proxy.send(sent.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
}

TEST_F(Sending, KeepsTheCallIdAndChangesAllElseThatTellsTriesApart) {
  UdpPeer proxy;
  send(outgoing(proxy.port()));
  const SipText first = proxy.receive();
  proxy.send(first.answer(480, "Not here"));
  EXPECT_EQ(ending().status, 480);
  send(outgoing(proxy.port()));
  const SipText second = proxy.receive();
  proxy.send(second.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
  EXPECT_EQ(second.header("Call-ID"), first.header("Call-ID"));
  EXPECT_NE(second.header("Via"), first.header("Via"));
  EXPECT_NE(second.header("From"), first.header("From"));
}

TEST_F(Sending, GoesByTcpWhenItIsTooLargeForUdp) {
  TcpPeer tcp;
  Outgoing message = outgoing(tcp.port());
  message.body = std::string(1301, 'x');
  send(message);
  RawSocket proxy = tcp.accept();
  const SipText sent = read_sip(proxy);
  EXPECT_THAT(sent.header("Via"), StartsWith("SIP/2.0/TCP 127.0.0.1:"));
  EXPECT_EQ(sent.start(), "MESSAGE sip:100000_bob@example.org SIP/2.0");
  EXPECT_EQ(sent.body(), message.body);
  proxy.send(sent.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
}

TEST_F(Sending, CountsTheHeadOfTheRequestToo) {
  TcpPeer tcp;
  Outgoing message = outgoing(tcp.port());
  message.body = std::string(1250, 'x');
  send(message);
  RawSocket proxy = tcp.accept();
  const SipText sent = read_sip(proxy);
  EXPECT_EQ(sent.body(), message.body);
  proxy.send(sent.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
}

TEST_F(Sending, GoesByTcpWhenTheRouteSaysSoOverOneConnection) {
  TcpPeer tcp;
  Outgoing message = outgoing(tcp.port());
  message.route += ";transport=tcp";
  send(message);
  RawSocket proxy = tcp.accept();
  for (int i = 0; i < 3; ++i) {
    const SipText sent = read_sip(proxy);
    EXPECT_EQ(sent.status(), 0);
    EXPECT_EQ(sent.body(), "Good morning");
    proxy.send(sent.answer(200, "OK"));
    EXPECT_EQ(ending().status, 200);
    if (i < 2) send(message);
  }
}

TEST_F(Sending, TellsOnceThatTheProxyHasItInHand) {
  UdpPeer proxy;
  send(outgoing(proxy.port()));
  const SipText sent = proxy.receive();
  proxy.send(sent.answer(100, "Trying"));
  EXPECT_TRUE(provisional_.pop());
  EXPECT_EQ(endings_.size(), 0U);
  proxy.send(sent.answer(183, "Still trying"));
  proxy.send(sent.answer(202, "Accepted"));
  EXPECT_EQ(ending().status, 202);
  EXPECT_EQ(provisional_.size(), 0U);
  proxy.send(sent.answer(500, "No, it was not"));  // too late
  expect_alive();
  EXPECT_EQ(endings_.size(), 0U);
}

TEST_F(Sending, RepeatsItselfUntilItIsAnswered) {
  UdpPeer proxy;
  send(outgoing(proxy.port()));
  const SipText first = proxy.receive();
  const SipText second = proxy.receive();
  EXPECT_EQ(second.bytes(), first.bytes());
  proxy.send(first.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
}

TEST_F(Sending, SaysAtOnceThatNobodyIsThere) {
  const std::uint16_t nobody = [] { return UdpPeer().port(); }();
  const auto start = std::chrono::steady_clock::now();
  send(outgoing(nobody));
  EXPECT_EQ(ending().status, 503) << "UDP";
  Outgoing by_tcp = outgoing(nobody);
  by_tcp.route += ";transport=tcp";
  send(by_tcp);
  EXPECT_EQ(ending().status, 503) << "TCP";
  Outgoing large = outgoing(nobody);
  large.body = std::string(5000, 'x');
  send(large);
  EXPECT_EQ(ending().status, 503) << "TCP for its size";
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(Sending, SaysThatNobodyAnswered) {
  options_.timeout = std::chrono::milliseconds(300);
  UdpPeer silent;
  send(outgoing(silent.port()));
  const Ending by_udp = ending();
  EXPECT_EQ(by_udp.status, 408);
  EXPECT_EQ(by_udp.phrase, "Request Timeout");
  TcpPeer silent_tcp;
  Outgoing by_tcp = outgoing(silent_tcp.port());
  by_tcp.route += ";transport=tcp";
  send(by_tcp);
  EXPECT_EQ(ending().status, 408);
}

TEST_F(Sending, ClosedConnectionsAreOpenedAnew) {
  TcpPeer tcp;
  Outgoing message = outgoing(tcp.port());
  message.route += ";transport=tcp";
  for (int i = 0; i < 2; ++i) {
    send(message);
    RawSocket proxy = tcp.accept();
    const SipText sent = read_sip(proxy);
    proxy.send(sent.answer(200, "OK"));
    EXPECT_EQ(ending().status, 200);
    proxy.end_sending();
    EXPECT_EQ(proxy.read_to_end(), "");
  }
}

TEST_F(Sending, RefusesWhatWouldWriteOtherHeaders) {
  UdpPeer proxy;
  const auto refused = [&](auto spoil) {
    Outgoing message = outgoing(proxy.port());
    spoil(message);
    send(message);
    return ending().status;
  };
  const std::string evil = "a\r\nX-Evil: b";
  EXPECT_EQ(refused([&](Outgoing& m) { m.headers = {{"X-SMS-To", evil}}; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.headers = {{evil, "b"}}; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.headers = {{"Route: a, X", "b"}}; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.headers = {{"", "b"}}; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.headers = {{"X-A", std::string("a\0b", 3)}}; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.request_uri += evil; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.request_uri = "sip:a SIP/2.0"; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.route += "\n"; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.from += evil; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.to += evil; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.call_id += evil; }), 400);
  EXPECT_EQ(refused([&](Outgoing& m) { m.content_type += evil; }), 400);
  EXPECT_EQ(refused([](Outgoing& m) { m.to = "<nonsense"; }), 400);
  EXPECT_EQ(refused([](Outgoing& m) { m.from = ""; }), 400);
  EXPECT_EQ(refused([](Outgoing& m) { m.call_id = ""; }), 400);
  EXPECT_EQ(refused([](Outgoing& m) { m.request_uri = ""; }), 400);
  EXPECT_EQ(refused([](Outgoing& m) { m.request_uri = "nonsense"; }), 400);
}

TEST_F(Sending, LooksUpNoNames) {
  Outgoing message = outgoing(5060);
  message.route = "sip:proxy.example.org";
  send(message);
  const Ending end = ending();
  EXPECT_EQ(end.status, 503);
  EXPECT_THAT(end.phrase, HasSubstr("proxy.example.org"));
  message.route = "";
  send(message);
  EXPECT_EQ(ending().status, 503);
}

TEST_F(Sending, EndsWithRequestsUnderWay) {
  UdpPeer silent;
  auto held = std::make_shared<int>();
  endpoint().send(outgoing(silent.port()), {.on_final = [held](int, const std::string&) {}});
  EXPECT_EQ(silent.receive().status(), 0);
  endpoint_.reset();
  EXPECT_EQ(held.use_count(), 1);
}

TEST_F(Sending, TakesNoRequestsWhereItSendsFrom) {
  UdpPeer proxy;
  send(outgoing(proxy.port()));
  const SipText sent = proxy.receive();
  proxy.send(SipRequest{}.bytes());
  const SipText refused = proxy.receive();
  EXPECT_GE(refused.status(), 400);
  proxy.send(sent.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
}

}  // namespace
}  // namespace mmsgate::sip
