// SPDX-License-Identifier: Apache-2.0
// The largest and nastiest datagrams cost little of the processor's time. Not of the clock's: the machine may be busy.
#include <gmock/gmock.h>

#include <future>

#include "component/sip/endpoint_fixture.hpp"
#include "formats/phone_message.hpp"
#include "support/cpu_time.hpp"
#include "support/deflated.hpp"

namespace mmsgate::sip {
namespace {

using testing_support::cpu_seconds;
using testing_support::deflated;

constexpr std::size_t kLargest = 65'000;  // of a UDP datagram over IPv4: 65,507
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kMostSeconds = 1;
#else
constexpr double kMostSeconds = 0.1;
#endif

std::string times(std::string_view piece, std::size_t bytes) {
  std::string all;
  while (all.size() + piece.size() <= bytes) all += piece;
  return all;
}

class Cost : public EndpointTest {
 protected:
  /// All that is done for it: by the endpoint, and by the gateway's reader where it gets so far.
  void expect_cheap(SipRequest request, const std::string& what) {
    UdpPeer phone(port());
    static int n = 0;
    request.branch = fmt::format("z9hG4bK-cost-{}", ++n);
    const std::string bytes = request.bytes();
    ASSERT_LE(bytes.size(), 65'507U) << what;
    ASSERT_GT(bytes.size(), 50'000U) << what;
    const double before = cpu_seconds();
    phone.send(bytes);
    expect_alive(n);
    while (receiver_.messages.size() > 0) {
      auto taken = receiver_.messages.pop();
      const auto read = formats::parse_phone_message(taken->request.content_type, taken->request.body);
      taken->responder.answer(read ? 202 : 400);
    }
    EXPECT_LT(cpu_seconds() - before, kMostSeconds) << what;
  }
  void expect_alive(int number) {
    UdpPeer peer(port());
    EXPECT_EQ(peer.ask({.method = "OPTIONS",
                        .branch = fmt::format("z9hG4bK-alive-{}", number),
                        .content_type = "",
                        .body = ""})
                  .status(),
              200);
  }
  static SipRequest with(std::string_view line) {
    SipRequest request;
    const std::string all = times(std::string(line) + "\r\n", kLargest - 1000);
    request.headers = {all.substr(0, all.size() - 2)};
    return request;
  }
};

TEST_F(Cost, OfHeaders) {
  for (const char* line : {"X:",
                           "X-A: b",
                           "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa",
                           "v:SIP/2.0/UDP a",
                           "Route: <sip:a;lr>",
                           "P-Asserted-Identity: <sip:a@b>",
                           "P-Preferred-Identity: sip:a@b",
                           "Contact: *",
                           "Require: a",
                           "k: a,b,c",
                           "Content-Encoding: identity",
                           "From: <sip:a@b>;tag=c",
                           "To: <sip:a@b>",
                           "CSeq: 1 MESSAGE",
                           "Call-ID: a",
                           "Content-Type: text/plain",
                           "Accept: */*;q=1",
                           "X-Registered: a",
                           "Authorization: Digest a=\"b\"",
                           " folded"}) {
    expect_cheap(with(line), line);
  }
}

TEST_F(Cost, OfLinesThatAreJustNotTooMany) {
  UdpPeer phone(port());
  SipRequest request{.method = "OPTIONS"};
  for (int i = 0; i < 280; ++i) request.headers.emplace_back("X-A: b");
  EXPECT_EQ(phone.ask(request).status(), 200);
  request.branch = "z9hG4bK-body";
  request.method = "MESSAGE";
  request.body = times("\r\n", 10'000);
  phone.send(request.bytes());
  EXPECT_EQ(accept().body, request.body) << "lines of a body are not counted";
}

// That nobody takes an answer is told by the kernel once, to whoever reads next, in the place of what waits there.
TEST_F(Cost, OfHeadersBehindAnAnswerThatNobodyTakes) {
  UdpPeer phone(port());
  const std::uint16_t nobody = UdpPeer().port();
  std::string lost = SipRequest{.method = "OPTIONS",
                                .sent_by = fmt::format("127.0.0.1:{}", nobody),
                                .branch = "z9hG4bK-lost",
                                .content_type = "",
                                .body = ""}
                         .bytes();
  lost.erase(lost.find(";rport"), std::string_view(";rport").size());
  SipRequest many{
      .method = "OPTIONS", .branch = "z9hG4bK-many", .call_id = "call-many", .content_type = "", .body = ""};
  for (int i = 0; i < 400; ++i) many.headers.emplace_back("X-A: b");
  const SipRequest sound{
      .method = "OPTIONS", .branch = "z9hG4bK-sound", .call_id = "call-sound", .content_type = "", .body = ""};
  std::promise<void> held;
  std::promise<void> all_wait;
  endpoint().post([&held, end = all_wait.get_future().share()] {
    held.set_value();
    end.wait();
  });
  held.get_future().wait();
  for (const std::string& each : {lost, many.bytes(), sound.bytes()}) phone.send(each);
  all_wait.set_value();
  const SipText answer = phone.receive();
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.header("Call-ID"), "call-sound") << "the other was looked at and dropped";
}

TEST_F(Cost, OfOneHeaderThatIsLong) {
  const std::pair<const char*, const char*> pieces[] = {{"Via", "SIP/2.0/UDP 192.0.2.1,"},
                                                        {"Route", "<sip:a;lr>,"},
                                                        {"P-Asserted-Identity", "<sip:a@b>,"},
                                                        {"P-Asserted-Identity", "<"},
                                                        {"P-Asserted-Identity", "\"\\"},
                                                        {"Contact", "<"},
                                                        {"Contact", "\"\\\""},
                                                        {"Contact", ";a"},
                                                        {"Content-Encoding", "identity,"},
                                                        {"Accept", "a/b;c=d,"},
                                                        {"X-A", ","},
                                                        {"X-A", "\r\n "},
                                                        {"Require", "a,"},
                                                        {"Subject", "%"},
                                                        {"Date", " "}};
  for (const auto& [name, piece] : pieces) {
    SipRequest request;
    request.headers = {fmt::format("{}: {}", name, times(piece, kLargest - 1000))};
    expect_cheap(request, fmt::format("{}: {}", name, piece));
  }
}

TEST_F(Cost, OfNamesAndTargets) {
  for (const char* piece : {"<", "%25", "\"", "a", "@", ";a", ":", "(", "\\"}) {
    const std::string much = times(piece, kLargest - 1000);
    expect_cheap({.from = fmt::format("<sip:{}@example.org>;tag=a", much)}, fmt::format("From: {}", piece));
    expect_cheap({.from = fmt::format("\"{}\" <sip:a@example.org>;tag=a", much)}, fmt::format("the name {}", piece));
    expect_cheap({.target = fmt::format("sip:{}@example.org", much)}, fmt::format("the target {}", piece));
  }
}

TEST_F(Cost, OfBodies) {
  std::string nested;
  for (int depth = 0; nested.size() < 30'000; ++depth) {
    nested += fmt::format("--b{0}\r\nContent-Type: multipart/mixed; boundary=b{1}\r\n\r\n", depth, depth + 1);
  }
  const std::string cpim_head = "From: <sip:a@b>\r\nTo: <sip:a@b>\r\n\r\nContent-Type: message/cpim\r\n\r\n";
  const std::pair<std::string, std::string> bodies[] = {
      {"multipart/mixed; boundary=b0", times(nested, 2 * nested.size())},
      {"multipart/mixed; boundary=b", times("--b\r\n", kLargest - 1000)},
      {"multipart/mixed; boundary=b", times("--b\r\nContent-Type: text/plain\r\n\r\na\r\n", kLargest - 1000)},
      {"multipart/mixed; boundary=b", times("\r\n-", kLargest - 1000)},
      {"message/cpim", times(cpim_head, kLargest - 1000)},
      {"message/cpim", times("NS: a <b>\r\n", kLargest - 1000)},
      {"message/imdn+xml", times("<a>", kLargest - 1000)},
      {"message/imdn+xml", times("<", kLargest - 1000)},
      {"message/imdn+xml", times("&", kLargest - 1000)},
      {"application/vnd.gsma.rcs-ft-http+xml", times("<file><file-info>", kLargest - 1000)},
      {"application/im-iscomposing+xml", times("<!--", kLargest - 1000)},
      {"text/plain", times("\xf0\x9f", kLargest - 1000)}};
  for (const auto& [type, body] : bodies) expect_cheap({.content_type = type, .body = body}, type + body.substr(0, 20));
}

// Each coding is undone on its own; this header names as many as there is room for.
TEST_F(Cost, OfCodingsWithinCodings) {
  std::string body(1'000'000, 'x');
  for (int depth = 0; depth < 3; ++depth) body = deflated(body);
  SipRequest request;
  request.headers = {fmt::format("Content-Encoding: deflate{}", times(", deflate", kLargest - 2000 - body.size()))};
  request.body = body;
  expect_cheap(request, "deflate, deflate, ...");
  UdpPeer phone(port());
  request.branch = "z9hG4bK-three";
  request.headers = {"Content-Encoding: deflate, deflate, deflate"};
  EXPECT_EQ(phone.ask(request).status(), 415) << "nobody deflates thrice";
}

}  // namespace
}  // namespace mmsgate::sip
