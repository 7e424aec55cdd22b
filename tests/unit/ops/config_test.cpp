// SPDX-License-Identifier: Apache-2.0
#include "ops/config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include <fmt/format.h>

#include "support/temp_folder.hpp"

namespace mmsgate::ops {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kLeast =
    "[api]\napiid = owner@example.org\napipw = s3cret\n[web]\nwebdns = sms.example.org\n";

Result<Config> read(const std::string& more) {
  return read_config(std::string(kLeast) + more, "m.conf", {.home = "/home/owner"});
}

std::string error_of(const std::string& more) {
  const auto config = read(more);
  return config ? "no error" : config.error().detail;
}

TEST(Config, ThreeValuesAreEnough) {
  const auto config = read("");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->sip_address, "127.0.0.2");
  EXPECT_EQ(config->sip_port, 5060);
  EXPECT_EQ(config->proxy.host, "localhost");
  EXPECT_EQ(config->proxy.port, 5060);
  EXPECT_EQ(config->domain, "localhost");
  EXPECT_EQ(config->public_url, "http://sms.example.org:38443");
  EXPECT_EQ(config->web.host, "0.0.0.0");
  EXPECT_EQ(config->database, "/home/owner/data/mmsgate.sqlite");
  EXPECT_EQ(config->media_folder, "/home/owner/mmsmedia");
  EXPECT_EQ(config->log_level, runtime::LogLevel::warning);
}

TEST(Config, TakesAFileOfThePredecessor) {
  const auto config = read(
      "protocol = https\nbindoverride = 0.0.0.0:8080\nwebport = 443\n"
      "webfilter = \n  5145550100 \"bob\" not in toid\n"
      "[sip]\nsippop=pop.example\nauthid=100000_gate\nauthpw=s3cret\nsipid: "
      "<sip:mmsgate@localhost>\nsipproxy=localhost\nsiplogfile=\n[mmsgate]\nlogger=INFO\noutvia=auto\n"
      "flexisippath=/opt/belledonne-communications/bin\n");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->public_url, "https://sms.example.org");
  EXPECT_EQ(config->web.host, "0.0.0.0");
  EXPECT_EQ(config->web.port, 8080);
  EXPECT_EQ(config->log_level, runtime::LogLevel::info);
  EXPECT_TRUE(config->copy_filter.keeps_from(Number::parse("5145550100").value(), "100000_alice"));
  EXPECT_EQ(config->flexisip_path, "/opt/belledonne-communications/bin");
  ASSERT_TRUE(config->registration);
  EXPECT_EQ(config->registration->pop.host, "pop.example");
  EXPECT_EQ(config->registration->identity, "<sip:mmsgate@localhost>");
}

TEST(Config, ReadsHowFilesGoOut) {
  const auto usual = read("");
  EXPECT_EQ(usual->outgoing.via, Via::automatic);
  EXPECT_EQ(usual->outgoing.most_mms_bytes, 1'200'000U);
  EXPECT_EQ(usual->outgoing.mms_types.size(), 5U);
  const auto own = read("[mmsgate]\noutvia = SMS\nautotypes = image/PNG, video/mp4\n  audio/mpeg,\nmmskbytes = 600\n");
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->outgoing.via, Via::sms);
  EXPECT_EQ(own->outgoing.most_mms_bytes, 600'000U);
  EXPECT_EQ(own->outgoing.mms_types, (std::vector<std::string>{"image/png", "video/mp4", "audio/mpeg"}));
}

TEST(Config, ReadsWhoMaySendFilesAndHowMuch) {
  const auto usual = read("");
  ASSERT_TRUE(usual) << usual.error().detail;
  EXPECT_TRUE(usual->upload_login);
  EXPECT_EQ(usual->upload_quota, 1'000'000'000U);
  EXPECT_EQ(usual->upload_quota_all, 10'000'000'000U);
  const auto other = read("uploadlogin = off\nuploadquota = 0\nuploadquotaall = 1000000\n");
  ASSERT_TRUE(other) << other.error().detail;
  EXPECT_FALSE(other->upload_login);
  EXPECT_EQ(other->upload_quota, 0U);
  EXPECT_EQ(other->upload_quota_all, 1'000'000'000'000U);
  EXPECT_THAT(error_of("uploadlogin = basic\n"), HasSubstr("must be one of: digest off"));
}

TEST(Config, SaysWhatIsMissing) {
  const auto config = read_config("[web]\nwebdns = x\n", "m.conf", {.home = "/"});
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().detail, HasSubstr("[api] apiid is missing"));
}

TEST(Config, SaysWhatWasMeant) {
  EXPECT_EQ(error_of("webprot = 80\n"),
            "m.conf:6: [web] has no option \"webprot\"; did you mean \"webport\" in [web]?");
  EXPECT_THAT(error_of("[sip]\nwebport = 80\n"), HasSubstr("did you mean \"webport\" in [web]?"));
  EXPECT_THAT(error_of("[mmsgate]\nzzzzzzzz = 1\n"), HasSubstr("docs/config.md"));
  EXPECT_EQ(error_of("[wbe]\nwebport = 80\n"),
            "m.conf:7: there is no section [wbe]; the sections are [sip], [api], [web], [provision], [mmsgate]");
}

TEST(Config, SaysWhatAValueMustBe) {
  EXPECT_EQ(error_of("webport = 0\n"), "m.conf:6: webport must be a port, 1 to 65535");
  EXPECT_EQ(
      error_of("webfilter =\n  5145550100 'bob' is toid\n"),
      "m.conf:6: [web] webfilter in \"5145550100 'bob' is toid\": is stands where in, not in, == or != is expected");
  EXPECT_EQ(error_of("webport = 65536\n"), "m.conf:6: webport must be a port, 1 to 65535");
  EXPECT_EQ(error_of("webport = 80x\n"), "m.conf:6: webport must be a port, 1 to 65535");
  EXPECT_THAT(error_of("protocol = ftp\n"), HasSubstr("must be one of: http https"));
  EXPECT_THAT(error_of("pathget = mms\n"), HasSubstr("must be a path such as /mmsgate"));
  EXPECT_THAT(error_of("pathget = /mmsgate\n"), HasSubstr("must differ"));
  EXPECT_THAT(error_of("[mmsgate]\nreceipts = maybe\n"), HasSubstr("must be yes or no"));
  EXPECT_THAT(error_of("[mmsgate]\nmediawait = -1\n"), HasSubstr("must be a number"));
  EXPECT_THAT(error_of("bindoverride = 8080\n"), HasSubstr("must be ADDRESS:PORT"));
  EXPECT_THAT(error_of("[sip]\nsipproxy = host:99999\n"), HasSubstr("must be HOST or HOST:PORT"));
}

// Each of these was taken, and lost messages or pictures later.
TEST(Config, RefusesNamesThatAreNone) {
  for (const char* domain : {"sim example", "<x>", "a@b", "x:80"}) {
    EXPECT_THAT(error_of(fmt::format("[sip]\ndomain = {}\n", domain)), HasSubstr("must be a name")) << domain;
  }
  for (const char* name : {"http://host", "a b", "x:80", "host/"}) {
    const auto config = read_config(fmt::format("[api]\napiid = o\napipw = p\n[web]\nwebdns = {}\n", name), "m", {});
    ASSERT_FALSE(config) << name;
    EXPECT_THAT(config.error().detail, HasSubstr("without http://"));
  }
  EXPECT_THAT(error_of("[sip]\nsipproxy = a b\n"), HasSubstr("must be HOST or HOST:PORT"));
  const auto config = read_config("[web]\nwebdns = x\n[api]\napiid = o\napipw = p\napiurl = htp://voip.ms/\n", "m", {});
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().detail, HasSubstr("m:6: [api] apiurl must be a URL"));
}

TEST(Config, IsLookedForInTheFirstPlaceThatHasOne) {
  const testing_support::TempFolder folder;
  const std::string first = folder.file("first.conf");
  const std::string second = folder.file("second.conf");
  const std::array<std::string_view, 2> places{first, second};
  EXPECT_EQ(usual_config(places), first) << "what there is to say is said of that";
  std::ofstream(second) << "\n";
  EXPECT_EQ(usual_config(places), second);
  std::ofstream(first) << "\n";
  EXPECT_EQ(usual_config(places), first);
  EXPECT_THAT(kConfigPlaces, testing::ElementsAre("/etc/flexisip/mmsgate.conf", "/etc/mmsgate/mmsgate.conf"));
}

TEST(Config, WhatIsNotThereIsNotCalledForbidden) {
  const testing_support::TempFolder folder;
  EXPECT_THAT(load_config(folder.file("none")).error().detail, HasSubstr("write one with `mmsgate --default-config`"));
  EXPECT_THAT(load_config(folder.path()).error().detail, HasSubstr("no file that this user may read"));
}

// It ended the process.
TEST(Config, AFolderIsNoConfig) { EXPECT_THAT(load_config("/tmp").error().detail, HasSubstr("cannot read /tmp")); }

TEST(Config, RefusesToForgetWhatTheLogStillShows) {
  EXPECT_THAT(error_of("[mmsgate]\nkeepmessages = 29\n"), HasSubstr("must be 0 (for ever), or 30 and more"));
  EXPECT_THAT(error_of("[mmsgate]\nkeepmessages = 60\nlookback = 60\n"), HasSubstr("more than lookback"));
  EXPECT_EQ(read("[mmsgate]\nkeepmessages = 60\nkeepdays = 0\n")->messages_kept, std::chrono::hours(24 * 60));
}

TEST(Config, RefusesHttpsThatNobodyWouldServe) {
  EXPECT_THAT(error_of("protocol = https\n"), HasSubstr("set bindoverride"));
}

TEST(Config, ReadsAddressesOfBothKinds) {
  const auto config = read("[sip]\nsipproxy = [::1]:5070\n");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->proxy.host, "::1");
  EXPECT_EQ(config->proxy.port, 5070);
}

TEST(Config, ReadsWhatTheWebHookBelieves) {
  const auto usual = read("");
  EXPECT_EQ(usual->hook_bare, HookBare::verify);
  EXPECT_FALSE(usual->hook_check);
  EXPECT_EQ(usual->hook_rate, 60);
  EXPECT_TRUE(usual->trusted_proxies.empty());
  const auto own = read("hookbare = Trust\nhookcheck = yes\nhookrate = 0\ntrustedproxies = 127.0.0.1,\n  10.0.0.0/8\n");
  ASSERT_TRUE(own) << own.error().detail;
  EXPECT_EQ(own->hook_bare, HookBare::trust);
  EXPECT_TRUE(own->hook_check);
  EXPECT_EQ(own->trusted_proxies.size(), 2U);
  EXPECT_THAT(error_of("hookbare = maybe\n"), HasSubstr("must be one of: verify trust refuse"));
  EXPECT_THAT(error_of("trustedproxies = nginx\n"), HasSubstr("m.conf:6: [web] trustedproxies must be addresses"));
}

TEST(Config, UnreadableLinesHaveTheirNumber) { EXPECT_THAT(error_of("what is this\n"), HasSubstr("line 6")); }

TEST(Config, AFileThatIsNotThereSaysHowToWriteOne) {
  const auto config = load_config("/nonexistent/mmsgate.conf");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().detail, HasSubstr("--default-config"));
}

class Secrets : public testing::Test {
 protected:
  static constexpr const char* kRest = "[web]\nwebdns = x\n[api]\napiid = o\n";
  void write(const std::string& name, const std::string& text) const { std::ofstream(folder_.file(name)) << text; }
  [[nodiscard]] Result<Config> read(const std::string& more) const {
    return read_config(kRest + more, "m.conf", {.home = folder_.path(), .credentials = folder_.path()});
  }
  /// What who speaks with VoIP.ms is told.
  [[nodiscard]] std::string missing(const std::string& more) const {
    const auto config = read(more);
    if (!config) return "refused: " + config.error().detail;
    EXPECT_EQ(config->api_password.empty(), !check_secrets(*config));
    const auto known = check_secrets(*config);
    return known ? "" : known.error().detail;
  }
  testing_support::TempFolder folder_;
};

TEST_F(Secrets, StandInTheFileOrInOneOfTheirOwnOrWithSystemd) {
  write("pw", "from a file\n");
  EXPECT_EQ(read("apipw_file = ~/pw\n")->api_password, "from a file");
  EXPECT_EQ(missing("apipw = here\n"), "");
  EXPECT_EQ(missing(""), "m.conf: [api] apipw is missing: The VoIP.ms API password (not the portal's).");
  write("apipw", "from systemd");
  EXPECT_EQ(read("")->api_password, "from systemd");
  EXPECT_EQ(read("apipw_file = ~/pw\n")->api_password, "from a file");
}

TEST_F(Secrets, InTwoPlacesAreRefusedSinceOneOfThemWouldBeChangedInVain) {
  write("pw", "from a file\n");
  EXPECT_EQ(missing("apipw = here\napipw_file = ~/pw\n"),
            "m.conf:5: [api] apipw stands here, and apipw_file names a file with it: take one of the two out");
  EXPECT_EQ(missing("apipw = here\n"), "");
  write("apipw", "from systemd");
  EXPECT_EQ(missing("apipw = here\n"),
            "m.conf:5: [api] apipw stands here, and systemd has it too: take one of the two out");
}

TEST_F(Secrets, AnEmptyLineIsAsNone) {
  write("pw", "from a file");
  EXPECT_EQ(read("apipw =\napipw_file = ~/pw\n")->api_password, "from a file");
  EXPECT_THAT(missing("apipw =\n"), HasSubstr("[api] apipw is missing"));
  write("apipw", "from systemd");
  EXPECT_EQ(read("apipw =\n")->api_password, "from systemd");
}

TEST_F(Secrets, ThatCannotBeReadAreSaid) {
  EXPECT_THAT(missing("apipw_file = ~/nowhere\n"), StartsWith("m.conf:5: [api] apipw_file cannot be read"));
  write("pw", " \n");
  EXPECT_THAT(missing("apipw_file = ~/pw\n"), HasSubstr("is empty"));
  EXPECT_THAT(missing("[sip]\nsippop = a\nauthid = b\n"), HasSubstr("apipw is missing")) << "the first of two";
}

TEST_F(Secrets, ThatHaveChangedWaitForAStartLikeTheRest) {
  const auto with = [&](const std::string& more) {
    return read("apipw = p\n[sip]\nsippop = a\nauthid = b\n" + more).value();
  };
  using Names = std::vector<std::string>;
  const Config one = with("authpw = s3cret\n");
  EXPECT_EQ(waiting_for_a_start(one, with("authpw = s3cret\n")), Names{});
  EXPECT_EQ(waiting_for_a_start(one, with("authpw = two = 2\n")), Names{"[sip] authpw"});
  write("pw", "s3cret\n");
  const Config in_file = with("authpw_file = ~/pw\n");
  EXPECT_EQ(waiting_for_a_start(one, in_file), Names{"[sip] authpw_file"}) << "it is the same password";
  write("pw", "two\n");
  EXPECT_EQ(waiting_for_a_start(in_file, with("authpw_file = ~/pw\n")), Names{"[sip] authpw"});
  for (const std::string& line : one.fixed)
    EXPECT_THAT(line, testing::Not(HasSubstr("s3cret"))) << "it is not kept as it is";
}

TEST_F(Secrets, OfTheApiTakeEffectAtOnce) {
  EXPECT_TRUE(waiting_for_a_start(read("apipw = one\n").value(), read("apipw = two\n").value()).empty());
}

TEST_F(Secrets, AreNotShown) {
  write("m.conf", kRest + std::string("apipw = s3cret\n[sip]\nsippop = a\nauthid = b\nauthpw = "
                                      "other\n[mmsgate]\nautotypes =\n  image/png\n  image/gif\n"));
  const auto shown = show_config(folder_.file("m.conf"));
  ASSERT_TRUE(shown) << shown.error().detail;
  EXPECT_THAT(*shown, HasSubstr("apipw = (set)\n"));
  EXPECT_THAT(*shown, HasSubstr("webport = 38443\n"));
  EXPECT_THAT(*shown, HasSubstr("apipw_file =\n"));
  EXPECT_THAT(*shown, testing::Not(HasSubstr("s3cret")));
  EXPECT_THAT(*shown, testing::Not(HasSubstr("other")));
  EXPECT_TRUE(read_config(*shown, "shown", {.home = "/"})) << "it can be read back";
}

TEST(Config, PhonesAreSetUpForThisServerUnlessItIsSaidOtherwise) {
  auto config = read("");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->phones.proxy, "sms.example.org");
  EXPECT_EQ(config->phones.stun_server, "sms.example.org");
  EXPECT_EQ(config->phones.domain, "");
  EXPECT_FALSE(config->phones.transport);
  EXPECT_EQ(config->handout_path, "/conf");
  config = read(
      "pathconf = /phones\n[provision]\nphoneproxy = sip.example.org:5070\nphonetransport = TCP\n"
      "phonedomain = home.example.org\nstunserver = none\n");
  ASSERT_TRUE(config) << config.error().detail;
  EXPECT_EQ(config->phones.proxy, "sip.example.org:5070");
  EXPECT_EQ(config->phones.transport, formats::PhoneTransport::tcp);
  EXPECT_EQ(config->phones.domain, "home.example.org");
  EXPECT_EQ(config->phones.stun_server, "");
  EXPECT_EQ(config->handout_path, "/phones");
}

TEST(Config, WhatPhonesCouldNotUseIsRefused) {
  EXPECT_THAT(error_of("[provision]\nphoneproxy = sip:x\n"), HasSubstr("phoneproxy must be HOST or HOST:PORT"));
  EXPECT_THAT(error_of("[provision]\nphoneproxy = a b\n"), HasSubstr("phoneproxy must be"));
  EXPECT_THAT(error_of("[provision]\nstunserver = x:99999\n"), HasSubstr("stunserver must be"));
  EXPECT_THAT(error_of("[provision]\nphonedomain = x:1\n"), HasSubstr("phonedomain must be"));
  EXPECT_THAT(error_of("[provision]\nphonetransport = sctp\n"), HasSubstr("phonetransport must be one of"));
  EXPECT_THAT(error_of("pathconf = /file\n"), HasSubstr("from each other"));
}

}  // namespace
}  // namespace mmsgate::ops
