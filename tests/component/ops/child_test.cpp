// SPDX-License-Identifier: Apache-2.0
// Running another program, and Flexisip's tool for push in particular (whose place a script takes here).
#include "ops/child.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <fstream>
#include <thread>

#include "ops/pusher.hpp"
#include "runtime/files.hpp"
#include "support/eventually.hpp"
#include "support/temp_folder.hpp"

namespace mmsgate::ops {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing_support::TempFolder;

constexpr auto kLong = seconds(20);

TEST(RunChild, GivesItsArgumentsAsTheyAreAndNothingOfOurEnvironment) {
  const auto ended = run_child({"/usr/bin/env", "-0"}, {"A=1"}, kLong);
  ASSERT_TRUE(ended) << ended.error().detail;
  EXPECT_EQ(ended->code, 0);
  EXPECT_EQ(ended->output, std::string("A=1\0", 4));
  const auto printed = run_child({"/usr/bin/printf", "%s|", "$(id)", "a b", ";x", "\"'\\", ""}, {}, kLong);
  EXPECT_EQ(printed->output, "$(id)|a b|;x|\"'\\||");
}

TEST(RunChild, TellsHowItEnded) {
  EXPECT_EQ(run_child({"/bin/sh", "-c", "echo no >&2; exit 3"}, {}, kLong)->code, 3);
  EXPECT_EQ(run_child({"/bin/sh", "-c", "echo no >&2; exit 3"}, {}, kLong)->output, "no\n");
  EXPECT_EQ(run_child({"/bin/sh", "-c", "kill -9 $$"}, {}, kLong)->code, 128 + SIGKILL);
  const auto nowhere = run_child({"/nowhere/tool", "x"}, {}, kLong);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error(), (Error{ErrorKind::transient, "cannot run /nowhere/tool: No such file or directory"}));
}

TEST(RunChild, KeepsALimitedOutputAndReadsTheRestAway) {
  const auto ended = run_child({"/usr/bin/head", "-c", "1000000", "/dev/zero"}, {}, kLong);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->code, 0) << "it was never held up";
  EXPECT_EQ(ended->output.size(), 4096U);
}

TEST(RunChild, KillsWhatTakesTooLong) {
  const auto start = std::chrono::steady_clock::now();
  const auto ended = run_child({"/bin/sh", "-c", "echo begun; exec sleep 600"}, {}, milliseconds(300));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(ended->late);
  EXPECT_EQ(ended->code, 128 + SIGKILL);
  EXPECT_EQ(ended->output, "begun\n");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10));
}

TEST(RunChild, ASignalBetweenItsWordsIsNotItsEnd) {
  struct sigaction ours {
  }, before{};
  ours.sa_handler = [](int) {};
  ours.sa_flags = SA_RESTART;
  ASSERT_EQ(::sigaction(SIGUSR1, &ours, &before), 0);
  const auto ended =
      run_child({"/bin/sh", "-c", "echo begun; sleep 0.1; kill -USR1 $PPID; sleep 0.1; echo over; exit 3"},
                {"PATH=/usr/bin:/bin"}, kLong);
  ::sigaction(SIGUSR1, &before, nullptr);
  ASSERT_TRUE(ended) << ended.error().detail;
  EXPECT_FALSE(ended->late);
  EXPECT_EQ(ended->code, 3);
  EXPECT_EQ(ended->output, "begun\nover\n");
}

/// What run_child() says on a thread to which the kernel refuses this call.
std::string said_without(int call, int error) {
  std::string said = "the filter is refused";
  std::jthread([&] {
    std::array<sock_filter, 4> steps{
        sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
        sock_filter BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(error)),
        sock_filter BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    const sock_fprog filter{.len = steps.size(), .filter = steps.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) return;
    const auto ended = run_child({"/bin/sh", "-c", "exec sleep 20"}, {"PATH=/usr/bin:/bin"}, kLong);
    said = ended ? "nothing" : ended.error().detail;
  }).join();
  return said;
}

TEST(RunChild, SaysWhatTheSystemRefused) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(said_without(SYS_pidfd_open, ENOSYS), "cannot run /bin/sh: Function not implemented");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(10)) << "nor does it wait for what it cannot see";
  EXPECT_EQ(said_without(SYS_pipe2, ENFILE), "cannot run /bin/sh: Too many open files in system");
}

TEST(RunChild, DoesNotWaitForWhatItLeftBehind) {
  const TempFolder folder;
  const auto ended = run_child({"/bin/sh", "-c", "sleep 600 & echo $! > \"$1\"", "sh", folder.file("pid")},
                               {"PATH=/usr/bin:/bin"}, kLong);
  const pid_t left = std::stoi(runtime::read_file(folder.file("pid")).value_or("0"));
  ASSERT_GT(left, 1);
  EXPECT_EQ(::kill(left, SIGKILL), 0) << "it is alive: only what was started here was waited for";
  ASSERT_TRUE(ended);
  EXPECT_FALSE(ended->late);
}

TEST(RunChild, HasNoInputAndNoFilesOfOurs) {
  const TempFolder folder;
  std::ofstream(folder.file("secret")) << "x";
  const int inherited = ::open(folder.file("secret").c_str(), O_RDONLY);  // not marked to be closed
  ASSERT_GE(inherited, 0);
  const auto ended = run_child({"/bin/sh", "-c", "cat; ls /proc/self/fd; pwd"}, {"PATH=/usr/bin:/bin"}, kLong);
  ::close(inherited);
  EXPECT_EQ(ended->output, "0\n1\n2\n3\n/\n") << "3 is ls reading the folder";
}

class PusherTest : public testing::Test {
 protected:
  void write_tool(const std::string& script) const {
    std::ofstream(tool_) << "#!/bin/sh\n" << script;
    ASSERT_EQ(::chmod(tool_.c_str(), 0700), 0);
  }
  TempFolder folder_;
  const std::string tool_ = folder_.file("flexisip_pusher");
  const Pusher pusher_{folder_.path(), {{"my project; $(id)", "/keys/one.json"}}};
};

TEST_F(PusherTest, SaysWhatThePhoneAndTheConfigSaid) {
  write_tool("printf '%s|' \"$@\"\nexit 2\n");
  const auto ended = pusher_.wake({"fcm", "my project; $(id)", "a b`c`"});
  ASSERT_TRUE(ended) << ended.error().detail;
  EXPECT_EQ(ended->output, "--pn-provider|fcm|--pn-param|my project; $(id)|--pn-prid|a b`c`|--key|/keys/one.json|");
  EXPECT_EQ(ended->code, 2);
}

TEST_F(PusherTest, ApplesPhonesNeedNoKey) {
  EXPECT_THAT(*pusher_.command_for({"apns", "TEAM.org.example", "x:remote"}),
              ElementsAre(tool_, "--pn-provider", "apns", "--pn-param", "TEAM.org.example", "--pn-prid", "x:remote"));
}

TEST_F(PusherTest, SaysWhyItDoesNotWake) {
  EXPECT_THAT(pusher_.wake({"fcm", "other", "x"}).error().detail, HasSubstr("no key for other"));
  EXPECT_THAT(pusher_.wake({"wns", "other", "x"}).error().detail, HasSubstr("does not know the provider wns"));
  EXPECT_THAT(pusher_.wake({"apns", "a", "x"}).error().detail, HasSubstr("cannot run " + tool_));
}

TEST_F(PusherTest, KeysComeFromFlexisipsConfig) {
  const std::string config = folder_.file("flexisip.conf");
  EXPECT_THAT(load_push_keys(config).error().detail, HasSubstr("--flexisip-config"));
  std::ofstream(config) << "[module::PushNotification]\nfirebase-service-accounts=nothing\n";
  EXPECT_THAT(load_push_keys(config).error().detail, HasSubstr("flexisip.conf: line 2: "));
  std::ofstream(config) << "[module::PushNotification]\nfirebase-service-accounts=a:/b\n";
  EXPECT_THAT(*load_push_keys(config), ElementsAre(testing::Pair("a", "/b")));
}

}  // namespace
}  // namespace mmsgate::ops
