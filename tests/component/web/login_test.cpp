// SPDX-License-Identifier: Apache-2.0
// A phone logs in before it sends a file: who is let in, who is not, and that nothing of a file is taken before.
#include <gmock/gmock.h>

#include <vector>

#include "server_fixture.hpp"
#include "web/upload_login.hpp"

namespace mmsgate::web {
namespace {

using formats::DigestHash;
using testing::HasSubstr;
using testing::Not;
using testing_support::RawClient;
using testing_support::RawMessage;

constexpr const char* kBob = "123456_bob";
constexpr const char* kEve = "123456_eve";
constexpr const char* kForm =
    "------line\r\nContent-Disposition: form-data; name=\"File\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n"
    "\r\nbytes\r\n------line--\r\n";

/// A login as a phone would make it. What a test changes of it is wrong.
struct Login {
  std::string user = kBob, realm = "sip.example.com", password = "sesame", uri = "/file", method = "POST";
  std::string nonce, nc = "00000001";
  DigestHash hash = DigestHash::md5;

  [[nodiscard]] std::string digest(const std::string& text) const {
    return hash == DigestHash::md5 ? crypto::md5(text) : crypto::sha256(text);
  }
  [[nodiscard]] std::string header() const {
    const std::string ha1 = digest(fmt::format("{}:{}:{}", user, realm, password));
    const std::string ha2 = digest(fmt::format("{}:{}", method, uri));
    const std::string response = digest(fmt::format("{}:{}:{}:c:auth:{}", ha1, nonce, nc, ha2));
    return fmt::format(
        "Authorization: Digest username=\"{}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{}\", "
        "algorithm={}, cnonce=\"c\", nc={}, qop=auth\r\n",
        user, realm, nonce, uri, response, to_string(hash), nc);
  }
};

class LoginTest : public ServerTest {
 protected:
  LoginTest() {
    options_.wants_login = true;
    options_.login_domain = "configured.example";
    options_.login_secret = "secret";
    site_.passwords = {{kBob, "sesame"}, {kEve, "apple"}};
  }

  static std::string from(const std::string& user = kBob, const std::string& host = "sip.example.com") {
    return fmt::format("From: sip:{}@{}\r\n", user, host);
  }
  /// As liblinphone 5.1 asks: no length at all.
  static std::string question(const std::string& headers) {
    return fmt::format("POST /file HTTP/1.1\r\nUser-Agent: LinphoneAndroid/5.1\r\nHost: h\r\n{}\r\n", headers);
  }
  static std::string file(const std::string& headers) {
    return fmt::format(
        "POST /file HTTP/1.1\r\nHost: h\r\n{}Content-Type: multipart/form-data; boundary=----line\r\n"
        "Content-Length: {}\r\n\r\n{}",
        headers, std::string_view(kForm).size(), kForm);
  }
  /// What comes up to the blank line, with both challenges.
  static std::string head_of(RawClient& client, const std::string& request) {
    client.send(request);
    std::string head = client.read_until("\r\n\r\n");
    const auto at = head.find("Content-Length: ");
    if (at != std::string::npos) static_cast<void>(client.read(std::stoul(head.substr(at + 16))));
    return head;
  }
  static std::string challenge(const std::string& head, DigestHash hash) {
    std::size_t at = 0;
    for (; (at = head.find("WWW-Authenticate: ", at)) != std::string::npos; ++at) {
      const std::string line = head.substr(at, head.find("\r\n", at) - at);
      if (line.find(fmt::format("algorithm={}", to_string(hash))) != std::string::npos) return line;
    }
    return "";
  }
  static std::string nonce_of(const std::string& challenge) {
    const auto at = challenge.find("nonce=\"") + 7;
    return challenge.substr(at, challenge.find('"', at) - at);
  }
  /// A login that is right, with a nonce that was just asked for.
  Login fresh(DigestHash hash = DigestHash::md5, const std::string& from_header = from()) {
    auto client = connect();
    Login login{.hash = hash};
    login.nonce = nonce_of(challenge(head_of(client, question(from_header)), hash));
    return login;
  }
  /// Sends the file with that login; the site says yes to what reaches it.
  int status_of(const Login& login, const std::string& from_header = from()) {
    auto client = connect();
    client.send(file(from_header + login.header()));
    EXPECT_TRUE(testing_support::eventually([&] { return site_.uploads.size() > 0 || client.is_readable(); }));
    if (site_.uploads.size() > 0) {
      auto sent = site_.uploads.pop();
      last_account_ = sent->upload.account;
      sent->reply.answer({.status = 200});
    }
    return client.answer().status();
  }

  std::string last_account_;
};

TEST_F(LoginTest, TheQuestionWithoutALengthIsChallenged) {
  start();
  auto client = connect();
  const std::string head = head_of(client, question(from()));
  EXPECT_THAT(head, HasSubstr("HTTP/1.1 401 "));
  for (const DigestHash hash : {DigestHash::md5, DigestHash::sha256}) {
    const std::string line = challenge(head, hash);
    EXPECT_THAT(line, HasSubstr("Digest realm=\"sip.example.com\"")) << "of the domain that the phone is of";
    EXPECT_THAT(line, HasSubstr("qop=\"auth\""));
    EXPECT_THAT(line, Not(HasSubstr("stale")));
  }
  EXPECT_LT(head.find("algorithm=MD5"), head.find("algorithm=SHA-256"));
  EXPECT_THAT(head_of(client, question("Content-Length: 0\r\n" + from())), HasSubstr(" 401 ")) << "as newer ones ask";
}

TEST_F(LoginTest, WithoutAHostOfItsOwnTheRealmIsTheConfiguredDomain) {
  start();
  for (const std::string& header :
       {std::string(), std::string("From: nonsense\r\n"), from(kBob, "a\"b"), from(kBob, "x, Digest y")}) {
    auto client = connect();
    EXPECT_THAT(head_of(client, question(header)), HasSubstr("realm=\"configured.example\"")) << header;
  }
}

TEST_F(LoginTest, TheRightPasswordBringsTheFileAndSaysWhoseItIs) {
  start();
  for (const DigestHash hash : {DigestHash::md5, DigestHash::sha256}) {
    EXPECT_EQ(status_of(fresh(hash)), 200) << to_string(hash);
    EXPECT_EQ(last_account_, kBob);
    EXPECT_EQ(site_.logins.pop(), "right 123456_bob sip.example.com");
    EXPECT_THAT(site_.reserved.pop().value(), testing::StartsWith("123456_bob "));
  }
}

TEST_F(LoginTest, TheQuestionWithALoginIsAnswered204) {
  start();
  auto client = connect();
  EXPECT_EQ(client.ask(question(from() + fresh().header())).status(), 204);
}

TEST_F(LoginTest, ScriptsWithAKeyNeedNoLogin) {
  start();
  auto client = connect();
  std::string request = file("X-Upload-Key: k\r\n");
  client.send(request.replace(request.find("/file"), 5, "/file?to=bob"));
  EXPECT_TRUE(site_.uploads.pop());
}

TEST_F(LoginTest, AWrongLoginIsChallengedAnewAndLeavesNothing) {
  start();
  const auto with = [this](auto change) {
    Login login = fresh();
    change(login);
    return login;
  };
  const std::pair<const char*, Login> wrong[] = {
      {"password", with([](Login& l) { l.password = "another"; })},
      {"account", with([](Login& l) { l.user = "123456_nobody"; })},
      {"another's name", with([](Login& l) { l.user = kEve; })},
      {"method", with([](Login& l) { l.method = "PUT"; })},
      {"realm", with([](Login& l) { l.realm = "configured.example"; })},
  };
  for (const auto& [what, login] : wrong) {
    auto client = connect();
    const std::string head = head_of(client, file(from() + login.header()));
    EXPECT_THAT(head, HasSubstr(" 401 ")) << what;
    EXPECT_THAT(head, Not(HasSubstr("stale"))) << what;
    EXPECT_EQ(files_on_disk(), 0U) << what;
  }
  EXPECT_EQ(site_.uploads.size(), 0U);
  EXPECT_EQ(site_.reserved.size(), 0U) << "nor was room asked for";
}

TEST_F(LoginTest, WithoutALoginNoByteOfAFileIsAskedFor) {
  start();
  std::string request = file(from() + "Expect: 100-continue\r\n");
  request.resize(request.find("\r\n\r\n") + 4);
  auto client = connect();
  EXPECT_EQ(client.ask(request).status(), 401) << "and not 100";
  auto sends_at_once = connect();
  EXPECT_EQ(sends_at_once.ask(file(from())).status(), 401);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(LoginTest, ALoginThatIsUsedAgainIsStale) {
  start();
  Login login = fresh();
  EXPECT_EQ(status_of(login), 200);
  auto client = connect();
  const std::string head = head_of(client, file(from() + login.header()));
  EXPECT_THAT(head, HasSubstr(" 401 "));
  EXPECT_THAT(challenge(head, DigestHash::md5), HasSubstr("stale=true"));
  login.nonce = nonce_of(challenge(head, DigestHash::md5));
  EXPECT_EQ(status_of(login), 200) << "with the new nonce it goes on";
  login.nc = "00000002";
  EXPECT_EQ(status_of(login), 200) << "and so with a higher count";
  login.nc = "00000001";
  EXPECT_EQ(status_of(login), 401);
  EXPECT_EQ(files_on_disk(), 0U);
}

TEST_F(LoginTest, ANonceThatIsNoneOfOursIsStaleForWhoKnowsThePassword) {
  start();
  auto client = connect();
  Login login{.nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c0"};
  EXPECT_THAT(head_of(client, question(from() + login.header())), HasSubstr("stale=true"));
  login.password = "wrong";
  EXPECT_THAT(head_of(client, question(from() + login.header())), Not(HasSubstr("stale=true")));
}

TEST_F(LoginTest, AnothersAddressInFromIs403) {
  start();
  const std::string eves = from(kEve);
  EXPECT_EQ(status_of(fresh(DigestHash::md5, eves), eves), 403);
  EXPECT_EQ(files_on_disk(), 0U);
  EXPECT_EQ(site_.logins.size(), 0U);
}

TEST_F(LoginTest, ALoginForAnotherPathIs400) {
  start();
  Login login = fresh();
  login.uri = "/elsewhere";
  EXPECT_EQ(status_of(login), 400);
  login.uri = "http://h/file?a=b";
  EXPECT_EQ(status_of(login), 200) << "a query and a host are no other path";
}

TEST_F(LoginTest, ALoginThatCannotBeReadIs400) {
  start();
  auto client = connect();
  EXPECT_EQ(client.ask(question(from() + "Authorization: Digest username=\"x\r\n")).status(), 400);
  EXPECT_EQ(client.ask(question(from() + "Authorization: Basic YTpi\r\n")).status(), 401);
}

TEST_F(LoginTest, AfterAFewWrongPasswordsOneHasToWait) {
  start();
  const Login right = fresh();
  Login wrong = right;
  wrong.password = "guess";
  for (int i = 0; i < 4; ++i) EXPECT_EQ(connect().ask(question(from() + wrong.header())).status(), 401) << i;
  const RawMessage answer = connect().ask(question(from() + right.header()));
  EXPECT_EQ(answer.status(), 429) << "the right one as well: or the wait would tell which it is";
  EXPECT_EQ(answer.header("retry-after"), "1");
  Login eve = fresh(DigestHash::md5, from(kEve));
  eve.user = kEve;
  eve.password = "apple";
  EXPECT_EQ(status_of(eve, from(kEve)), 200) << "another account goes on";
}

TEST_F(LoginTest, BeforeAnybodyIsKnownItIs503) {
  site_.login_error = Error{ErrorKind::transient, "not read yet"};
  start();
  EXPECT_EQ(connect().ask(question(from() + fresh().header())).status(), 503);
}

TEST_F(LoginTest, WhereThereIsNoRoomTheAnswerIsTheSites) {
  site_.no_room = Response{.status = 413, .body = "enough for today\n"};
  start();
  auto client = connect();
  const RawMessage answer = client.ask(file(from() + fresh().header()));
  EXPECT_EQ(answer.status(), 413);
  EXPECT_EQ(answer.body, "enough for today\n");
  EXPECT_EQ(files_on_disk(), 0U);
}

/// The same without a server, where time is the test's.
class LoginInTime : public LoginTest {
 protected:
  [[nodiscard]] static LoginTry attempt(const std::string& header, const std::string& agent = "phone",
                                        const std::string& user = kBob) {
    const auto value = header.find(": ") + 2;
    return {.method = "POST",
            .path = "/file",
            .authorization = header.empty() ? "" : header.substr(value, header.find("\r\n") - value),
            .from = fmt::format("sip:{}@sip.example.com", user),
            .agent = agent,
            .client = formats::IpAddress::parse("192.0.2.1").value()};
  }
  /// The first challenge.
  static std::string challenge_of(const Response& refusal) {
    return refusal.headers.empty() ? "" : refusal.headers.front().second;
  }

  /// A try of that password, with a nonce that was just asked for.
  int try_password(const std::string& user, const std::string& password, const std::string& agent) {
    Login login{.user = user, .password = password};
    login.nonce = nonce_of(challenge_of(login_.check(attempt("", agent, user), now_).error()));
    const auto account = login_.check(attempt(login.header(), agent, user), now_);
    return account ? 200 : account.error().status;
  }

  UploadLogin login_{options_, site_};
  UploadLogin::Clock::time_point now_{std::chrono::hours(1)};
};

TEST_F(LoginInTime, ANonceIsGoodForFiveMinutesThenStale) {
  Login bob;
  bob.nonce = nonce_of(challenge_of(login_.check(attempt(""), now_).error()));
  now_ += std::chrono::seconds(299);
  EXPECT_EQ(login_.check(attempt(bob.header()), now_).value(), kBob);
  now_ += std::chrono::seconds(1);
  bob.nc = "00000002";
  const Response late = login_.check(attempt(bob.header()), now_).error();
  EXPECT_EQ(late.status, 401);
  EXPECT_THAT(challenge_of(late), HasSubstr("stale=true"));
  bob.nonce = nonce_of(challenge_of(late));
  EXPECT_EQ(login_.check(attempt(bob.header()), now_).value(), kBob);
}

TEST_F(LoginInTime, WhoHadToWaitMayTryAgain) {
  Login guess{.password = "guess", .nonce = nonce_of(challenge_of(login_.check(attempt(""), now_).error()))};
  for (int i = 0; i < 4; ++i) EXPECT_EQ(login_.check(attempt(guess.header()), now_).error().status, 401);
  EXPECT_EQ(login_.check(attempt(guess.header()), now_).error().status, 429);
  now_ += std::chrono::seconds(1);
  guess.password = "sesame";
  EXPECT_EQ(login_.check(attempt(guess.header()), now_).value(), kBob);
}

// After a start, when nobody had logged in yet, one who guessed kept out all who have the same address.
TEST_F(LoginInTime, WhoGuessesLocksOutNobodyElseAtItsAddress) {
  const auto guess = [&](int n) { return try_password(kBob, fmt::format("guess {}", n), "guesses"); };
  for (int i = 0; i < 300; ++i, now_ += std::chrono::seconds(1)) {
    static_cast<void>(guess(i));
    static_cast<void>(try_password(fmt::format("made-up {}", i), "x", "guesses"));
  }
  EXPECT_EQ(guess(300), 429);
  EXPECT_EQ(try_password(kBob, "sesame", "guesses"), 429) << "the wait does not tell which is right";
  EXPECT_EQ(try_password(kEve, "apple", "phone"), 200);
  EXPECT_EQ(try_password(kBob, "sesame", "phone"), 200) << "nor the phone of the account itself";
  for (int i = 0; i < 300; ++i, now_ += std::chrono::seconds(1)) static_cast<void>(guess(i));
  EXPECT_EQ(try_password(kBob, "sesame", "phone"), 200) << "and once in, it stays";
  EXPECT_EQ(try_password(kEve, "apple", "phone"), 200);
}

TEST_F(LoginInTime, FromOneAddressNobodyTriesThousandsOfPasswords) {
  constexpr int kHour = 3600;
  for (int i = 0; i < kHour; ++i, now_ += std::chrono::seconds(1)) {
    const std::string agent = fmt::format("another {}", i);  // and so always one that was never wrong
    static_cast<void>(try_password(kBob, "x", agent));
    static_cast<void>(try_password(fmt::format("made-up {}", i), "x", agent));
    static_cast<void>(try_password(kEve, "x", agent));
  }
  EXPECT_LT(site_.judged, 120) << "ten are free; then one a minute, and of each account eight proofs and six an hour";
  EXPECT_GT(site_.judged, 30) << "or the test asks for nothing";
}

TEST_F(LoginInTime, WhileOneHasToWaitAccountsThatThereAreAnswerLikeOthers) {
  for (int i = 0; i < 20; ++i) static_cast<void>(try_password(fmt::format("made-up {}", i), "x", "guesses"));
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(try_password(kEve, "x", "phone"), 429);
    EXPECT_EQ(try_password("123456_nobody", "x", "phone"), 429);
  }
  EXPECT_EQ(try_password(kBob, "sesame", "phone"), 200) << "who made no mistake may prove it";
}

// 503 for some names and 401 for others told who has logged in here before, as often as one asked.
TEST_F(LoginInTime, WhatIsNotKnownYetIsToldNoOftenerThanAWrongPassword) {
  site_.login_error = Error{ErrorKind::transient, "not read yet"};
  std::vector<int> statuses;
  for (int i = 0; i < 11; ++i) statuses.push_back(try_password(fmt::format("name {}", i), "x", "guesses"));
  EXPECT_EQ(statuses, std::vector<int>(11, 503));
  EXPECT_EQ(try_password("name 12", "x", "guesses"), 429);
}

}  // namespace
}  // namespace mmsgate::web
