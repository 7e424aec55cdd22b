// SPDX-License-Identifier: Apache-2.0
// The messages of RFC 4475, which torture SIP parsers: each is in torture/, under the name that the RFC gives it. None
// stops the endpoint: the next good MESSAGE is taken as if nothing had been.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>

#include "component/sip/endpoint_fixture.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::sip {
namespace {

/// What it hears.
struct Expected {
  std::vector<int> by_udp;
  std::vector<int> by_tcp;
};
const std::vector<int> kNothing;
const std::vector<int> kBad{400};
const std::vector<int> kOk{200};
/// It is in order, though it does not look so, and its method is none of ours.
const std::vector<int> kMethod{405};

const std::map<std::string, Expected> kTable{
    {"wsinv", {kMethod, kMethod}},
    // It is in order: its NUL stands behind a backslash, in quotes. But it is a real NUL, no text that means one, and
    // the stack ends a head there, as nobody's MESSAGE has one. It is dropped rather than changed before it is read.
    {"intmeth", {kNothing, kNothing}},
    {"esc01", {kMethod, kMethod}},
    {"escnull", {kMethod, kMethod}},
    {"esc02", {kMethod, kMethod}},
    {"lwsdisp", {kOk, kOk}},
    {"longreq", {kMethod, kMethod}},
    {"dblreq", {kMethod, kMethod}},  // the Via of the second says UDP
    {"semiuri", {kOk, kOk}},
    {"transports", {kOk, kOk}},
    {"mpart01", {{202}, {202}}},
    {"unreason", {kNothing, kNothing}},
    {"noreason", {kNothing, kNothing}},
    {"badinv01", {kNothing, kNothing}},  // its only Via is broken: nobody knows whither to answer
    {"clerr", {kBad, kBad}},
    {"ncl", {kBad, kBad}},
    {"scalar02", {kBad, kBad}},
    {"scalarlg", {kNothing, kNothing}},
    {"quotbal", {kBad, kBad}},
    {"ltgtruri", {kBad, kBad}},
    {"lwsruri", {kNothing, kNothing}},  // its first line is none
    {"lwsstart", {kMethod, kMethod}},
    {"trws", {kOk, kOk}},
    {"escruri", {kMethod, kMethod}},
    {"baddate", {kMethod, kMethod}},
    {"regbadct", {kBad, kBad}},
    {"badaspec", {kOk, kOk}},
    {"baddn", {kBad, kBad}},
    {"badvers", {kNothing, {505}}},  // the Via is of another version too
    {"mismatch01", {kBad, kBad}},
    {"mismatch02", {kBad, kBad}},
    {"bigcode", {kNothing, kNothing}},
    {"badbranch", {kOk, kOk}},
    {"insuf", {kBad, kBad}},
    {"unkscm", {kOk, kOk}},
    {"novelsc", {kOk, kOk}},
    {"unksm2", {kMethod, kMethod}},
    {"bext01", {{420}, {420}}},
    {"invut", {kMethod, kMethod}},
    {"regaut01", {kMethod, kMethod}},
    {"multi01", {kBad, kBad}},
    {"mcl01", {kBad, kBad}},
    {"bcast", {kNothing, kNothing}},
    {"zeromf", {{483}, {483}}},
    {"cparam01", {kMethod, kMethod}},
    {"cparam02", {kMethod, kMethod}},
    {"regescrt", {kMethod, kMethod}},
    {"sdp01", {kMethod, kMethod}},
    {"inv2543", {kMethod, kMethod}},
};

/// An answer goes by the transport that the first Via names: the one that the message is sent by takes its place.
std::string bytes_of(const std::string& name, const std::string& transport) {
  std::ifstream file(std::string(MMSGATE_SOURCE_DIR) + "/tests/component/sip/torture/" + name + ".dat",
                     std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto at = std::min({bytes.find("/UDP"), bytes.find("/TCP"), bytes.find("/TLS")});
  return bytes.replace(at + 1, transport.size(), transport);
}

/// Answers go to the port in a Via, mostly the usual one: an address of loopback where nobody has it, another each time
/// (an INVITE's refusal is repeated, and nobody acknowledges it).
class OnUsualPort {
 public:
  explicit OnUsualPort(std::uint16_t to, const std::string& via_port) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    static std::mt19937 random{std::random_device{}()};
    sockaddr_in own{.sin_family = AF_INET, .sin_port = htons(static_cast<std::uint16_t>(std::stoi(via_port)))};
    do {
      own.sin_addr = {htonl(static_cast<std::uint32_t>(0x7f40'0001U + random() % 0x3f'fff0U))};
    } while (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0);
    const sockaddr_in there{.sin_family = AF_INET, .sin_port = htons(to), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&there), sizeof there);
  }
  void send(const std::string& bytes) const { ::send(fd_.get(), bytes.data(), bytes.size(), 0); }
  /// All that has come.
  [[nodiscard]] std::vector<int> statuses() const {
    std::vector<int> statuses;
    std::string bytes(65'536, '\0');
    for (ssize_t n = 0; (n = ::recv(fd_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;) {
      statuses.push_back(SipText(bytes.substr(0, static_cast<std::size_t>(n))).status());
    }
    return statuses;
  }

 private:
  runtime::Descriptor fd_;
};

class Torture : public EndpointTest {
 protected:
  /// Of some that end too early the stack keeps the connection.
  Torture() { options_.connections.first_request = std::chrono::milliseconds(500); }
  /// What it heard is there before this is: the endpoint does one thing after another.
  void expect_good_one_taken(const std::string& after) {
    UdpPeer phone(port(), std::chrono::seconds(5));
    const auto begun = std::chrono::steady_clock::now();
    phone.send(SipRequest{.branch = "z9hG4bK-after-" + after, .call_id = "after-" + after}.bytes());
    // One of them is as good as any, and comes by another way.
    for (int left = after == "mpart01" ? 2 : 1; left > 0; --left) {
      auto taken = receiver_.messages.pop();
      ASSERT_TRUE(taken) << after;
      EXPECT_TRUE(taken->request.call_id == "after-" + after || taken->request.from_user == "fluffy");
      taken->responder.answer(202);
    }
    EXPECT_EQ(phone.receive().status(), 202) << after;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2)) << after;
  }
};

TEST_F(Torture, TheTableHasAllOfThem) {
  std::size_t count = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(MMSGATE_SOURCE_DIR) + "/tests/component/sip/torture")) {
    EXPECT_TRUE(kTable.contains(entry.path().stem().string())) << entry.path();
    ++count;
  }
  EXPECT_EQ(count, kTable.size());
}

TEST_F(Torture, ByUdp) {
  for (const auto& [name, expected] : kTable) {
    const OnUsualPort stranger(port(), name == "quotbal" ? "5050" : "5060");
    stranger.send(bytes_of(name, "UDP"));
    expect_good_one_taken(name);
    EXPECT_EQ(stranger.statuses(), expected.by_udp) << name;
  }
}

TEST_F(Torture, ByTcp) {
  for (const auto& [name, expected] : kTable) {
    RawClient stranger(port());
    stranger.send(bytes_of(name, "TCP"));
    expect_good_one_taken(name);
    stranger.end_sending();
    std::vector<int> statuses;
    for (std::string all = stranger.read_to_end(); !all.empty();) {
      statuses.push_back(SipText(all).status());
      const auto next = all.find("SIP/2.0 ", 1);
      all = next == std::string::npos ? "" : all.substr(next);
    }
    EXPECT_EQ(statuses, expected.by_tcp) << name;
    EXPECT_TRUE(stranger.is_closed()) << name;
  }
}

}  // namespace
}  // namespace mmsgate::sip
