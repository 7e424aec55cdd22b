// SPDX-License-Identifier: Apache-2.0
// Connections that ask for nothing, that drip, and that are many: they end, and SIP goes on.
#include <gmock/gmock.h>
#include <sys/resource.h>

#include <ctime>
#include <filesystem>

#include "component/sip/endpoint_fixture.hpp"
#include "runtime/descriptor.hpp"
#include "support/eventually.hpp"
#include "support/tls.hpp"

namespace mmsgate::sip {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing_support::connect_by_tls;
using testing_support::eventually;
using testing_support::TestCertificate;

class OverConnections : public EndpointTest {
 protected:
  OverConnections() {
    // What is not the test's subject does not happen while it runs.
    options_.connections = {.first_request = hours(1), .idle = hours(1), .most = 1000, .most_of_one = 1000};
  }
  template <typename Socket>
  static int options(Socket& socket, const char* transport = "TCP") {
    static int n = 0;
    socket.send(SipRequest{.method = "OPTIONS",
                           .transport = transport,
                           .branch = fmt::format("z9hG4bK-options-{}", ++n),
                           .content_type = "",
                           .body = ""}
                    .bytes());
    return read_sip(socket).status();
  }
  /// Another may connect to `port` from there, and says nothing.
  std::vector<RawClient> silent(int count, const std::string& from, std::uint16_t to = 0) {
    std::vector<RawClient> clients;
    for (int i = 0; i < count; ++i) clients.emplace_back(to == 0 ? port() : to, from);
    return clients;
  }
  static long open_ones(const std::vector<RawClient>& clients) {
    return std::ranges::count_if(clients, [](const RawClient& each) { return !each.is_readable(); });
  }
};

TEST_F(OverConnections, OneThatNeverAsksIsEnded) {
  options_.connections.first_request = milliseconds(200);
  RawClient silent(port());
  EXPECT_EQ(silent.read_to_end(), "");
  EXPECT_TRUE(silent.is_closed());
  expect_alive();
}

TEST_F(OverConnections, ARequestThatDripsIsEnded) {
  options_.connections.first_request = milliseconds(300);
  RawClient dripping(port());
  const std::string request = SipRequest{.transport = "TCP", .body = std::string(60'000, 'x')}.bytes();
  std::size_t sent = 0;
  EXPECT_TRUE(eventually([&] { return dripping.is_readable() || !dripping.send(request.substr(sent++, 1)); }));
  EXPECT_LT(sent, request.size());
  expect_alive();
}

TEST_F(OverConnections, ALaterRequestThatDripsIsEnded) {
  options_.connections.first_request = milliseconds(300);
  RawClient dripping(port());
  EXPECT_EQ(options(dripping), 200);
  const std::string request = SipRequest{.transport = "TCP", .body = std::string(60'000, 'x')}.bytes();
  std::size_t sent = 0;
  EXPECT_TRUE(eventually([&] {
    sent += 10;
    return dripping.is_readable() || !dripping.send(request.substr(sent - 10, 10));
  }));
  EXPECT_LT(sent, request.size());
  expect_alive();
}

// RFC 5626 3.5.1: two line breaks, for routers in between.
TEST_F(OverConnections, OneThatIsKeptOpenByPingsIsNotTakenForOneThatDrips) {
  options_.connections.first_request = milliseconds(200);
  RawClient pinging(port());
  EXPECT_EQ(options(pinging), 200);
  for (int i = 0; i < 3; ++i) {
    RawClient silent(port());
    pinging.send("\r\n\r\n");
    EXPECT_EQ(silent.read_to_end(), "") << "so much time has passed";
  }
  pinging.send(SipRequest{.method = "OPTIONS", .transport = "TCP", .branch = "z9hG4bK-late"}.bytes());
  EXPECT_NE(pinging.read_until("200 OK"), "");
  EXPECT_FALSE(pinging.is_closed());
}

TEST_F(OverConnections, OneThatAsksNoMoreIsEnded) {
  options_.connections.idle = milliseconds(300);
  RawClient idle(port());
  EXPECT_EQ(options(idle), 200);
  EXPECT_EQ(idle.read_to_end(), "");
  EXPECT_TRUE(idle.is_closed());
  expect_alive();
}

TEST_F(OverConnections, TlsThatIsNeverAgreedUponIsEnded) {
  const TestCertificate own("localhost");
  options_.tls = Tls{.certificate = own.certificate, .key = own.key};
  options_.connections.first_request = milliseconds(300);
  RawClient silent(endpoint().tls_port());
  RawClient halfway(endpoint().tls_port());
  halfway.send(std::string_view("\x16\x03\x01\x01\x00\x01\x00\x00\xfc\x03\x03", 11));
  auto agreed = connect_by_tls(endpoint().tls_port());
  ASSERT_TRUE(agreed.is_open());
  EXPECT_EQ(options(agreed, "TLS"), 200);
  static_cast<void>(silent.read_to_end());
  EXPECT_TRUE(silent.is_closed());
  static_cast<void>(halfway.read_to_end());
  EXPECT_TRUE(halfway.is_closed());
  EXPECT_EQ(options(agreed, "TLS"), 200) << "this one is as it should be";
}

TEST_F(OverConnections, ThreeHundredThatAskForNothingKeepNobodyOut) {
  options_.connections.most_of_one = 64;
  RawClient proxy(port());
  EXPECT_EQ(options(proxy), 200);
  const auto crowd = silent(300, "127.0.0.1");
  EXPECT_TRUE(eventually([&] { return open_ones(crowd) <= 63; })) << open_ones(crowd);
  EXPECT_EQ(receiver_.crowds.pop(), "127.0.0.1");
  EXPECT_GE(open_ones(crowd), 1) << "those who came last are in nobody's way";
  EXPECT_EQ(options(proxy), 200) << "who has asked before goes last";
  RawClient another(port());
  EXPECT_EQ(options(another), 200);
  expect_alive();
}

TEST_F(OverConnections, WhoeverHasTheMostGivesWayToTheOthers) {
  options_.connections.most = 12;
  options_.connections.most_of_one = 8;
  std::vector<RawClient> proxy;
  for (int i = 0; i < 3; ++i) {
    proxy.emplace_back(port(), "127.0.0.2");
    EXPECT_EQ(options(proxy.back()), 200);
  }
  std::vector<std::vector<RawClient>> crowds;
  for (const char* from : {"127.0.0.3", "127.0.0.4", "127.0.0.5"}) crowds.push_back(silent(8, from));
  const auto left = [&] { return open_ones(crowds[0]) + open_ones(crowds[1]) + open_ones(crowds[2]); };
  EXPECT_TRUE(eventually([&] { return left() <= 9; })) << left();
  EXPECT_EQ(left(), 9);
  for (const auto& crowd : crowds) EXPECT_EQ(open_ones(crowd), 3);
  for (RawClient& each : proxy) EXPECT_EQ(options(each), 200);
}

TEST_F(OverConnections, AllWhoMayNotSpeakAreOne) {
  options_.callers = *formats::parse_networks("127.0.0.1");
  options_.connections.most_of_one = 4;
  auto proxy = silent(4, "127.0.0.1");
  std::vector<std::vector<RawClient>> strangers;
  strangers.reserve(20);
  for (int i = 0; i < 20; ++i) strangers.push_back(silent(1, fmt::format("127.0.1.{}", i + 1)));
  const auto left = [&] {
    return std::ranges::count_if(strangers, [](const auto& each) { return open_ones(each) == 1; });
  };
  EXPECT_TRUE(eventually([&] { return left() <= 4; })) << left();
  EXPECT_EQ(left(), 4);
  for (RawClient& each : proxy) EXPECT_EQ(options(each), 200);
}

TEST_F(OverConnections, ThoseToThePortThatWeCallFromEndToo) {
  options_.connections.first_request = milliseconds(200);
  UdpPeer proxy;
  send(outgoing(proxy.port()));
  const SipText sent = proxy.receive();
  proxy.send(sent.answer(202, "Accepted"));
  EXPECT_EQ(ending().status, 202);
  const std::string via = sent.header("Via");
  const auto at = via.find("127.0.0.1:");
  ASSERT_NE(at, std::string::npos) << via;
  RawClient stranger(static_cast<std::uint16_t>(std::stoi(via.substr(at + 10))));
  EXPECT_EQ(stranger.read_to_end(), "");
  EXPECT_TRUE(stranger.is_closed());
}

TEST_F(OverConnections, WhoNeverReadsTheAnswersHoldsUpNobody) {
  RawClient deaf(port());
  UdpPeer phone(port());
  std::string many;
  for (int i = 0; i < 5000; ++i) {
    many += SipRequest{.method = "OPTIONS", .transport = "TCP", .branch = fmt::format("z9hG4bK-deaf-{}", i)}.bytes();
  }
  deaf.send(many);
  EXPECT_EQ(phone.ask({.method = "OPTIONS", .branch = "z9hG4bK-alive", .content_type = "", .body = ""}).status(), 200);
}

/// While it lives, this process can open nothing more.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit now = before_;
    now.rlim_cur = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      now.rlim_cur = std::max<rlim_t>(now.rlim_cur, std::stoul(entry.path().filename().string()));
    }
    // The listing's own descriptor may have been the highest, or a hole below it: what is free up to there is taken.
    setrlimit(RLIMIT_NOFILE, &now);
    for (int fd = ::dup(0); fd >= 0; fd = ::dup(0)) taken_.emplace_back(fd);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
  std::vector<runtime::Descriptor> taken_;
};

double cpu_seconds() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
}

TEST_F(OverConnections, WithoutDescriptorsItTurnsThemAwayAndDoesNotSpin) {
  UdpPeer phone(port());
  std::vector<int> sockets;
  for (int i = 0; i < 20; ++i) sockets.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  std::vector<RawSocket> clients;
  for (const int fd : sockets) clients.emplace_back(fd);
  {
    const NoDescriptors none;
    ASSERT_EQ(::dup(0), -1);
    const sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port()), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (const int fd : sockets) {
      ASSERT_EQ(::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
    }
    for (RawSocket& each : clients) EXPECT_EQ(each.read_to_end(), "");
    const double before = cpu_seconds();
    ::poll(nullptr, 0, 300);  // the time in which the work is measured
    EXPECT_LT(cpu_seconds() - before, 0.1);
    EXPECT_EQ(phone.ask({.method = "OPTIONS", .branch = "z9hG4bK-none"}).status(), 200);
  }
  RawClient later(port());
  EXPECT_EQ(options(later), 200) << "and when there are some again, all is well";
}

}  // namespace
}  // namespace mmsgate::sip
