// SPDX-License-Identifier: Apache-2.0
// Bytes that no phone sends: the endpoint stays up, and its receiver sees none of them.
#include <gmock/gmock.h>

#include <chrono>
#include <cstdlib>

#include "component/sip/endpoint_fixture.hpp"

namespace mmsgate::sip {
namespace {

using testing::AnyOf;
using Wire = EndpointTest;

TEST_F(Wire, WrongLengthsOverUdp) {
  UdpPeer phone(port());
  const auto with = [](const std::string& length) {
    return SipRequest{.branch = "z9hG4bK" + length, .call_id = "call" + length, .length = length};
  };
  EXPECT_EQ(phone.ask(with("6")).status(), 400) << "more than there is";
  EXPECT_EQ(phone.ask(with("-1")).status(), 400);
  EXPECT_THAT(phone.ask(with("500000000")).status(), AnyOf(400, 413));
  EXPECT_THAT(phone.ask(with("99999999999999999999")).status(), AnyOf(400, 413));
  EXPECT_EQ(phone.ask(with("five")).status(), 400);
  expect_alive();
}

// The stack's own server for STUN loses memory with each request that it cannot read, and says so on standard error.
TEST_F(Wire, StunIsNotSpoken) {
  UdpPeer stranger(port());
  const std::string request = std::string("\0\1\0\0\x21\x12\xa4\x42", 8) + "transaction!";
  stranger.send(request);
  EXPECT_TRUE(stranger.receive().bytes().starts_with("\x01\x11")) << "not implemented";
  std::string cut = request;
  cut[3] = '!';
  testing::internal::CaptureStderr();
  stranger.send(cut);
  EXPECT_TRUE(stranger.receive().bytes().starts_with("\x01\x11"));
  expect_alive();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(Wire, CutsAUdpBodyAtItsLength) {
  UdpPeer phone(port());
  phone.send(SipRequest{.length = "2"}.bytes());  // RFC 3261 18.3: the rest is passed over
  EXPECT_EQ(accept().body, "He");
  EXPECT_EQ(phone.receive().status(), 202);
}

TEST_F(Wire, WrongLengthsOverTcp) {
  for (const std::string length : {"-1", "500000000", "99999999999999999999", "five"}) {
    RawClient phone(port());
    phone.send(SipRequest{.transport = "TCP", .branch = "z9hG4bK" + length, .length = length}.bytes());
    EXPECT_THAT(read_sip(phone).status(), AnyOf(400, 413)) << length;
  }
  expect_alive();
}

TEST_F(Wire, ATcpRequestThatIsNeverEnded) {
  RawClient phone(port());
  phone.send(SipRequest{.transport = "TCP", .length = "6"}.bytes());
  expect_alive();
  phone.send("!");
  EXPECT_EQ(accept().body, "Hello!");
  EXPECT_EQ(read_sip(phone).status(), 202);
}

TEST_F(Wire, ARequestInSingleBytes) {
  RawClient phone(port());
  for (const char c : SipRequest{.transport = "TCP"}.bytes()) phone.send(std::string(1, c));
  EXPECT_EQ(accept().body, "Hello");
  EXPECT_EQ(read_sip(phone).status(), 202);
}

TEST_F(Wire, GarbageOverTcp) {
  const std::string zeros(5000, '\0');
  for (const std::string& garbage :
       {std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), zeros, std::string("\x16\x03\x01\x02"),
        std::string("SIP/2.0 200 OK\r\n\r\n"), std::string("MESSAGE sip:a SIP/2.0\r\n\r\n")}) {
    RawClient stranger(port());
    stranger.send(garbage);
    stranger.end_sending();
    EXPECT_THAT(SipText(stranger.read_to_end()).status(), AnyOf(0, 400));
    EXPECT_TRUE(stranger.is_closed());
  }
  expect_alive();
}

TEST_F(Wire, GarbageOverUdp) {
  UdpPeer stranger(port());
  for (const std::string& garbage :
       {std::string("\0", 1), std::string(2000, '\xff'), std::string("\0\1\0\0\x21\x12\xa4\x42", 8),
        std::string("\r\n\r\n"), std::string("MESSAGE"), SipText(SipRequest{}.bytes()).answer(200, "OK")}) {
    stranger.send(garbage);
  }
  expect_alive();
}

TEST_F(Wire, OtherVersionsOfSip) {
  UdpPeer stranger(port());
  std::string request = SipRequest{.sent_by = fmt::format("127.0.0.1:{}", stranger.port())}.bytes();
  stranger.send(request.replace(request.find("SIP/2.0\r\n"), 7, "SIP/7.0"));
  EXPECT_EQ(stranger.receive().status(), 505);
}

TEST_F(Wire, EndlessHeaders) {
  options_.most_body = 10'000;
  RawClient stranger(port());
  const std::string header = "X-A: " + std::string(1000, 'a') + "\r\n";
  std::string request = SipRequest{.transport = "TCP"}.bytes();
  request.resize(request.find("\r\n\r\n") + 2);
  while (request.size() < 1'000'000) request += header;
  stranger.send(request);  // without an end
  EXPECT_THAT(read_sip(stranger).status(), AnyOf(0, 400, 413));
  expect_alive();
}

TEST_F(Wire, DoesNotWaitForNamesThatStrangersWrite) {
  UdpPeer stranger(port());
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 20; ++i) {
    stranger.send(SipRequest{.method = "OPTIONS",
                             .sent_by = "127.0.0.1:5099;maddr=no-such-host.example",
                             .branch = fmt::format("z9hG4bK-{}", i)}
                      .bytes());
  }
  expect_alive();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

}  // namespace
}  // namespace mmsgate::sip
