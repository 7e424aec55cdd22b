// SPDX-License-Identifier: Apache-2.0
#include "runtime/aside.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <future>

#include "support/eventually.hpp"

namespace mmsgate::runtime {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing_support::eventually;

constexpr uid_t kNobody = 65'534;

/// What a name server that does not answer is like.
class Held {
 public:
  /// Tells when it has begun, and when it is over.
  Aside::Task task() {
    return [begun = &begun_, end = end_.get_future().share(), over = over_] {
      begun->set_value();
      end.wait();
      over->set_value();
    };
  }
  void wait_until_begun() { begun_.get_future().wait(); }
  void let_go() { end_.set_value(); }
  void wait_until_over() { over_->get_future().wait(); }

 private:
  std::promise<void> begun_;
  std::promise<void> end_;
  std::shared_ptr<std::promise<void>> over_ = std::make_shared<std::promise<void>>();
};

TEST(Aside, WhoStartsATaskDoesNotWaitForIt) {
  Held slow;
  Aside aside("names", hours(1));
  EXPECT_FALSE(aside.is_busy());
  ASSERT_TRUE(aside.start(slow.task()));
  slow.wait_until_begun();
  EXPECT_TRUE(aside.is_busy());
  slow.let_go();
  EXPECT_TRUE(eventually([&] { return !aside.is_busy(); }));
}

TEST(Aside, TakesOneAfterTheOther) {
  Aside aside("names", hours(1));
  for (int n = 0; n < 20; ++n) {
    std::promise<int> told;
    ASSERT_TRUE(aside.start([&told, n] { told.set_value(n); }));
    EXPECT_EQ(told.get_future().get(), n);
    ASSERT_TRUE(eventually([&] { return !aside.is_busy(); }));
  }
}

/// Ends the process: 0 when it is said.
[[noreturn]] void start_without_threads() {
  // Of root the kernel counts nothing.
  const rlimit none{.rlim_cur = 1, .rlim_max = 1};
  if (::setrlimit(RLIMIT_NPROC, &none) != 0 || ::setresuid(kNobody, kNobody, kNobody) != 0) std::_Exit(2);
  Aside aside("names");
  const bool starts = aside.start([] {});
  std::_Exit(starts || aside.is_busy() ? 1 : 0);
}

// Regression: the exception ended the process.
TEST(Aside, WhereTheSystemHasNoThreadForItItIsSaid) {
  EXPECT_EXIT(start_without_threads(), testing::ExitedWithCode(0), "");
}

TEST(Aside, TheEndWaitsForATaskThatIsSoonOver) {
  Held slow;
  std::jthread other;
  {
    Aside aside("names", hours(1));
    ASSERT_TRUE(aside.start(slow.task()));
    slow.wait_until_begun();
    other = std::jthread([&slow] { slow.let_go(); });
  }
  slow.wait_until_over();
}

TEST(Aside, TheEndIsNotHeldUpByATaskThatHangs) {
  Held slow;
  {
    Aside aside("names", milliseconds(10));
    ASSERT_TRUE(aside.start(slow.task()));
    slow.wait_until_begun();
  }
  slow.let_go();
  slow.wait_until_over();
}

}  // namespace
}  // namespace mmsgate::runtime
