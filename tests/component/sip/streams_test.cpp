// SPDX-License-Identifier: Apache-2.0
// Whatever one connection sends, it costs little of the processor's time. Not of the clock's: the machine may be busy.
#include <gmock/gmock.h>

#include <csignal>

#include "component/sip/endpoint_fixture.hpp"
#include "sip/streams.hpp"
#include "support/cpu_time.hpp"
#include "support/tls.hpp"

namespace mmsgate::sip {
namespace {

using testing_support::connect_by_tls;
using testing_support::cpu_seconds;
using testing_support::TestCertificate;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kMostSeconds = 2;
#else
constexpr double kMostSeconds = 0.3;
#endif

/// Lines that the stack takes for headers, good and bad, each in as few bytes as it can have.
constexpr const char* kLines[] = {
    "X:\r\n", "X:\n", "X:\r", "a\n", ":\n", "s:\n", "i:a\n", "v:a\r\n", "v:SIP/2.0/UDP a\n", "k:a\n"};

std::string endless_head(const std::string& line, std::size_t bytes, const char* transport = "TCP") {
  std::string request = SipRequest{.transport = transport}.bytes();
  request.resize(request.find("\r\n\r\n") + 2);
  while (request.size() < bytes) request += line;
  return request;
}

class CostOfAConnection : public EndpointTest {
 protected:
  void expect_alive() {
    static int n = 0;
    UdpPeer peer(port());
    EXPECT_EQ(peer.ask({.method = "OPTIONS", .branch = fmt::format("z9hG4bK-alive-{}", ++n)}).status(), 200);
  }
  /// Sends until it is ended, or all is sent; then the endpoint answers others.
  template <typename Socket>
  double cost_of(Socket& socket, const std::string& bytes) {
    constexpr std::size_t kAtOnce = 100'000;
    const double before = cpu_seconds();
    for (std::size_t at = 0; at < bytes.size() && socket.send(bytes.substr(at, kAtOnce)); at += kAtOnce) {
    }
    expect_alive();
    return cpu_seconds() - before;
  }
};

TEST_F(CostOfAConnection, OfAMegabyteOfLines) {
  static_cast<void>(port());
  for (const char* line : kLines) {
    RawClient phone(port());
    EXPECT_LT(cost_of(phone, endless_head(line, 1'000'000)), kMostSeconds) << line;
    static_cast<void>(phone.read_to_end());
    EXPECT_TRUE(phone.is_closed()) << line;
  }
}

TEST_F(CostOfAConnection, OfTheWorstHeadThatIsReadByTcp) {
  static_cast<void>(port());
  for (const char* line : kLines) {
    RawClient phone(port());
    std::string head = SipRequest{.method = "OPTIONS", .transport = "TCP"}.bytes();
    head.resize(head.find("\r\n\r\n") + 2);
    for (int i = 0; i < 1980; ++i) head += line;
    EXPECT_LT(cost_of(phone, head + "\r\n"), kMostSeconds) << line;
  }
}

TEST_F(CostOfAConnection, OfLinesAfterARequestThatIsWhole) {
  RawClient phone(port());
  const std::string first = SipRequest{.method = "OPTIONS", .transport = "TCP"}.bytes();
  EXPECT_LT(cost_of(phone, first + endless_head("X:\r\n", 1'000'000)), kMostSeconds);
  static_cast<void>(phone.read_to_end());
  EXPECT_TRUE(phone.is_closed());
}

TEST_F(CostOfAConnection, OfLinesThatDrip) {
  RawClient phone(port());
  const std::string head = endless_head("X:\r\n", 200'000);
  const double before = cpu_seconds();
  for (std::size_t at = 0; at < head.size() && phone.send(head.substr(at, 1000)); at += 1000) expect_alive();
  EXPECT_LT(cpu_seconds() - before, kMostSeconds);
  static_cast<void>(phone.read_to_end());
  EXPECT_TRUE(phone.is_closed());
}

TEST_F(CostOfAConnection, OfAStrangerByTls) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to a connection that has ended
  const TestCertificate own("localhost");
  options_.tls = Tls{.certificate = own.certificate, .key = own.key};
  options_.callers = *formats::parse_networks("127.0.0.9");
  int n = 0;
  for (const char* line : kLines) {
    auto stranger = connect_by_tls(endpoint().tls_port());
    ASSERT_TRUE(stranger.is_open());
    const double before = cpu_seconds();
    const std::string head = endless_head(line, 1'000'000, "TLS");
    for (std::size_t at = 0; at < head.size() && stranger.send(head.substr(at, 10'000)); at += 10'000) {
    }
    UdpPeer other(port());
    EXPECT_EQ(other.ask({.method = "OPTIONS", .branch = fmt::format("z9hG4bK-other-{}", ++n)}).status(), 403);
    EXPECT_LT(cpu_seconds() - before, kMostSeconds) << line;
  }
}

// A head or a body of lines that are just not too many, many of them at once.
TEST_F(CostOfAConnection, WhatPeopleMeanIsTaken) {
  RawClient phone(port());
  SipRequest request{.transport = "TCP"};
  for (int i = 0; i < 280; ++i) request.headers.emplace_back("X-A: b");
  for (int i = 0; i < 900; ++i) request.body += "line\r\n";
  for (int i = 0; i < 5; ++i) {
    request.branch = fmt::format("z9hG4bK-{}", i);
    request.call_id = fmt::format("call-{}", i);
    phone.send(request.bytes());
    EXPECT_EQ(accept().body, request.body);
    EXPECT_EQ(read_sip(phone).status(), 202);
  }
}

TEST_F(CostOfAConnection, AStrangerHearsThatHeIsOne) {
  options_.callers = *formats::parse_networks("127.0.0.9");
  RawClient stranger(port());
  stranger.send(SipRequest{.transport = "TCP"}.bytes());
  EXPECT_EQ(read_sip(stranger).status(), 403);
  stranger.send(SipRequest{.transport = "TCP", .branch = "z9hG4bK-two", .body = std::string(30'000, 'x')}.bytes());
  static_cast<void>(stranger.read_to_end());
  EXPECT_TRUE(stranger.is_closed()) << "and no more, for more";
}

std::string lines(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += "a\r\n";
  return all;
}

TEST(LineRun, CountsFromOneEmptyLineToTheNext) {
  LineRun run;
  EXPECT_TRUE(run.take(lines(1900) + "\r\n" + lines(1900) + "\n" + lines(1900) + "\r"));
  EXPECT_TRUE(run.take("\n" + lines(1900))) << "an end of a line in two pieces";
  EXPECT_FALSE(run.take(lines(200)));
}

TEST(LineRun, TakesAnyEndOfALineAndNoBlankForAnEmptyOne) {
  for (const char* line : {"a\r", "a\n", " \r\n", ":\n"}) {
    LineRun run;
    bool is_sound = true;
    for (int i = 0; i < 2001; ++i) is_sound = is_sound && run.take(line);
    EXPECT_FALSE(is_sound) << line;
  }
}

}  // namespace
}  // namespace mmsgate::sip
