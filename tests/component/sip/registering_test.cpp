// SPDX-License-Identifier: Apache-2.0
// Registering at a VoIP.ms server, which the test plays, down to the arithmetic of the password (RFC 2617).
#include <gmock/gmock.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <regex>

#include "component/sip/endpoint_fixture.hpp"
#include "support/eventually.hpp"
#include "support/fake_random.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::sip {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing_support::eventually;

std::string md5(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), sum.data(), &size, EVP_md5(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", sum.at(i));
  return hex;
}

std::string value_in(const std::string& header, const std::string& name) {
  std::smatch found;
  return std::regex_search(header, found, std::regex("[ ,]" + name + "=\"?([^\",]*)")) ? found[1].str() : "";
}

/// Whether `password` made the answer that stands in an Authorization header.
bool is_right(const std::string& header, const std::string& password) {
  const auto value = [&](const std::string& name) { return value_in(header, name); };
  const std::string a1 = md5(fmt::format("{}:{}:{}", value("username"), value("realm"), password));
  const std::string a2 = md5(fmt::format("REGISTER:{}", value("uri")));
  return value("response") ==
         md5(fmt::format("{}:{}:{}:{}:{}:{}", a1, value("nonce"), value("nc"), value("cnonce"), value("qop"), a2));
}

class Registering : public EndpointTest {
 protected:
  Registering() {
    options_.registration = Registration{.pop = "pop.example",
                                         .identity = "<sip:100000_gate@pop.example>",
                                         .user = "100000_gate",
                                         .password = "sesame",
                                         .route = fmt::format("sip:127.0.0.1:{}", pop_.port()),
                                         .trouble = {.first = kSoon, .longest = kSoon},
                                         .refused = {.first = kSoon, .longest = kSoon},
                                         .soonest_refresh = std::chrono::milliseconds(1),
                                         .random = &random_};
    log_ = runtime::Log::open(runtime::LogLevel::debug, folder_.file("log")).value();
  }
  /// Answers its goodbye, if it says one.
  void TearDown() override {
    {
      const std::jthread pop([this] {
        const SipText goodbye = pop_.receive();
        if (goodbye.start().starts_with("REGISTER")) pop_.send(goodbye.answer(200, "OK"));
      });
      endpoint_.reset();
      UdpPeer(pop_.port()).send("the end");
    }
    EndpointTest::TearDown();
  }
  void start() {
    auto listening = listen(options_, receiver_, log_);
    ASSERT_TRUE(listening) << listening.error().detail;
    endpoint_ = std::move(*listening);
  }
  /// The next request, answered; `headers` are whole lines.
  SipText answer(int status, std::string_view phrase, const std::string& headers = {}) {
    SipText request = pop_.receive();
    std::string bytes = request.answer(status, phrase);
    bytes.insert(bytes.find("Content-Length"), headers);
    pop_.send(bytes);
    return request;
  }
  SipText challenge(const std::string& nonce, const std::string& more = {}) {
    return answer(
        401, "Unauthorized",
        fmt::format("WWW-Authenticate: Digest realm=\"pop.example\", nonce=\"{}\", qop=\"auth\"{}\r\n", nonce, more));
  }
  SipText grant(int seconds) {
    return answer(200, "OK",
                  fmt::format("Contact: <sip:100000_gate@127.0.0.1:{}>;expires={}\r\n", endpoint_->port(), seconds));
  }
  [[nodiscard]] std::string log() const {
    std::ifstream in(folder_.file("log"));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] bool log_has(const std::string& words) const {
    return eventually([&] { return log().find(words) != std::string::npos; });
  }
  [[nodiscard]] int count_in_log(const std::string& words) const {
    int found = 0;
    const std::string all = log();
    for (auto at = all.find(words); at != std::string::npos; at = all.find(words, at + 1)) ++found;
    return found;
  }

  static constexpr Duration kSoon{20};
  const testing_support::TempFolder folder_;
  std::shared_ptr<runtime::Log> log_;
  testing_support::CountingRandom random_;
  UdpPeer pop_;
};

TEST_F(Registering, ShowsItsPasswordWhenItIsAskedFor) {
  start();
  const SipText first = challenge("first");
  EXPECT_EQ(first.start(), "REGISTER sip:pop.example SIP/2.0");
  EXPECT_EQ(first.header("To"), "<sip:100000_gate@pop.example>");
  EXPECT_THAT(first.header("From"), HasSubstr("<sip:100000_gate@pop.example>;tag="));
  EXPECT_EQ(first.header("Contact"), fmt::format("<sip:100000_gate@127.0.0.1:{}>", endpoint_->port()));
  EXPECT_EQ(first.header("Expires"), "600");
  EXPECT_EQ(first.header("Authorization"), "");
  const SipText second = grant(600);
  EXPECT_EQ(second.header("Call-ID"), first.header("Call-ID"));
  EXPECT_EQ(std::stoi(second.header("CSeq")), std::stoi(first.header("CSeq")) + 1);
  const std::string shown = second.header("Authorization");
  EXPECT_EQ(value_in(shown, "username"), "100000_gate");
  EXPECT_EQ(value_in(shown, "uri"), "sip:pop.example");
  EXPECT_EQ(value_in(shown, "nc"), "00000001");
  EXPECT_TRUE(is_right(shown, "sesame")) << shown;
  EXPECT_FALSE(is_right(shown, "other"));
  EXPECT_TRUE(log_has("info registered at pop.example as 100000_gate"));
  EXPECT_THAT(log(), Not(HasSubstr("sesame")));
}

TEST_F(Registering, IsRenewedInTimeWithTheSameNonce) {
  start();
  challenge("first");
  grant(2);
  const auto begin = std::chrono::steady_clock::now();
  const SipText renewed = grant(2);
  const auto waited = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(waited, std::chrono::milliseconds(900));
  EXPECT_LT(waited, std::chrono::seconds(2)) << "before it is over";
  EXPECT_EQ(value_in(renewed.header("Authorization"), "nonce"), "first");
  EXPECT_EQ(value_in(renewed.header("Authorization"), "nc"), "00000002");
  EXPECT_TRUE(is_right(renewed.header("Authorization"), "sesame"));
  grant(600);
  EXPECT_EQ(count_in_log("registered at"), 1) << "only what changes is told";
}

// Whose port begins as ours does, and who is listed after us.
TEST_F(Registering, TheTimeOfAnotherContactIsNotOurs) {
  constexpr std::uint16_t kLast = 6552;  // with one more digit it still is a port
  for (options_.port = 2000; !endpoint_ && options_.port <= kLast; ++options_.port) {
    if (auto listening = listen(options_, receiver_, log_)) endpoint_ = std::move(*listening);
  }
  ASSERT_TRUE(endpoint_) << "no port is free";
  challenge("first");
  const std::string ours = fmt::format("sip:100000_gate@127.0.0.1:{}", endpoint_->port());
  answer(200, "OK", fmt::format("Contact: <{}>;expires=1\r\nContact: <{}1>;expires=600\r\n", ours, ours));
  answer(200, "OK", fmt::format("Contact: <{};transport=udp>;expires=1\r\nExpires: 600\r\n", ours));
  grant(600);  // and so it came each time within the second
}

TEST_F(Registering, ANonceThatHasGrownOldIsReplaced) {
  start();
  challenge("first");
  grant(1);
  challenge("second", ", stale=true");
  const SipText renewed = grant(600);
  EXPECT_EQ(value_in(renewed.header("Authorization"), "nonce"), "second");
  EXPECT_EQ(value_in(renewed.header("Authorization"), "nc"), "00000001");
  EXPECT_TRUE(is_right(renewed.header("Authorization"), "sesame"));
  EXPECT_EQ(count_in_log("warning"), 0);
}

// Servers lock out who tries often.
TEST_F(Registering, AWrongPasswordIsToldOnceAndNotTriedAgainForLong) {
  options_.registration->refused = {.first = std::chrono::minutes(5), .longest = std::chrono::hours(1)};
  start();
  challenge("first");
  challenge("second");
  ASSERT_TRUE(log_has("warning pop.example does not let 100000_gate register: 401 Unauthorized; check sippop, authid"));
  send(outgoing(pop_.port()));  // what it sends next is this, and no REGISTER
  const SipText next = pop_.receive();
  EXPECT_THAT(next.start(), HasSubstr("MESSAGE"));
  pop_.send(next.answer(200, "OK"));
  EXPECT_EQ(ending().status, 200);
}

TEST_F(Registering, WhoIsForbiddenTriesAgainAfterAWhileAndIsLetIn) {
  start();
  for (int i = 0; i < 3; ++i) answer(403, "Forbidden");
  challenge("first");
  grant(600);
  EXPECT_TRUE(log_has("info registered at"));
  EXPECT_EQ(count_in_log("does not let"), 1);
}

TEST_F(Registering, TroubleIsToldOnceAndTriedAgain) {
  start();
  for (int i = 0; i < 3; ++i) answer(503, "Service Unavailable");
  EXPECT_TRUE(log_has("warning cannot register at pop.example as 100000_gate: 503 Service Unavailable"));
  challenge("first");
  grant(600);
  EXPECT_TRUE(log_has("info registered at"));
  EXPECT_EQ(count_in_log("cannot register"), 1);
}

TEST_F(Registering, AProxyAsksWithNamesOfItsOwn) {
  start();
  answer(407, "Proxy Authentication Required",
         "Proxy-Authenticate: Digest realm=\"proxy\", nonce=\"n\", qop=\"auth\"\r\n");
  const SipText second = grant(600);
  EXPECT_EQ(second.header("Authorization"), "");
  EXPECT_TRUE(is_right(second.header("Proxy-Authorization"), "sesame"));
}

TEST_F(Registering, AnAlgorithmThatIsNotKnownHidesNoneThatIs) {
  start();
  answer(401, "Unauthorized",
         "WWW-Authenticate: Digest realm=\"pop.example\", nonce=\"x\", qop=\"auth\", algorithm=SHA-256\r\n"
         "WWW-Authenticate: Digest realm=\"pop.example\", nonce=\"y\", qop=\"auth\", algorithm=MD5\r\n");
  const SipText second = grant(600);
  EXPECT_EQ(value_in(second.header("Authorization"), "nonce"), "y");
  EXPECT_TRUE(is_right(second.header("Authorization"), "sesame"));
}

TEST_F(Registering, AsksForLongerWhereTheServerWantsItSo) {
  start();
  answer(423, "Interval Too Brief", "Min-Expires: 1800\r\n");
  EXPECT_EQ(grant(1800).header("Expires"), "1800");
}

TEST_F(Registering, DoesNotGoOnForEverWithAServerThatWantsEverLonger) {
  start();
  answer(423, "Interval Too Brief", "Min-Expires: 1800\r\n");
  answer(423, "Interval Too Brief", "Min-Expires: 1900\r\n");
  answer(423, "Interval Too Brief", "Min-Expires: 2000\r\n");
  EXPECT_TRUE(log_has("423 Interval Too Brief"));
}

TEST_F(Registering, SaysGoodbye) {
  start();
  challenge("first");
  grant(600);
  ASSERT_TRUE(log_has("registered at"));
  std::jthread end([this] { endpoint_.reset(); });
  const SipText goodbye = answer(200, "OK");
  EXPECT_EQ(goodbye.header("Expires"), "0");
  EXPECT_TRUE(is_right(goodbye.header("Authorization"), "sesame"));
  end.join();
  EXPECT_TRUE(log_has("no longer registered at pop.example"));
}

TEST_F(Registering, DoesNotWaitLongForAnAnswerToIt) {
  start();
  challenge("first");
  grant(600);
  ASSERT_TRUE(log_has("registered at"));
  const auto begin = std::chrono::steady_clock::now();
  endpoint_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(Registering, WhoWasNeverRegisteredEndsAtOnce) {
  start();
  static_cast<void>(pop_.receive());
  const auto begin = std::chrono::steady_clock::now();
  endpoint_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(Registering, MessagesComeOverItAsEver) {
  start();
  challenge("first");
  grant(600);
  UdpPeer proxy(endpoint_->port());
  proxy.send(SipRequest{.target = fmt::format("sip:100000_gate@127.0.0.1:{}", endpoint_->port())}.bytes());
  EXPECT_EQ(accept().target_user, "100000_gate");
  EXPECT_EQ(proxy.receive().status(), 202);
}

}  // namespace
}  // namespace mmsgate::sip
