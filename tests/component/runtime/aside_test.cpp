// SPDX-License-Identifier: Apache-2.0
#include "runtime/aside.hpp"

#include <gtest/gtest.h>

#include <future>

#include "support/eventually.hpp"

namespace mmsgate::runtime {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing_support::eventually;

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
  aside.start(slow.task());
  slow.wait_until_begun();
  EXPECT_TRUE(aside.is_busy());
  slow.let_go();
  EXPECT_TRUE(eventually([&] { return !aside.is_busy(); }));
}

TEST(Aside, TakesOneAfterTheOther) {
  Aside aside("names", hours(1));
  for (int n = 0; n < 20; ++n) {
    std::promise<int> told;
    aside.start([&told, n] { told.set_value(n); });
    EXPECT_EQ(told.get_future().get(), n);
    ASSERT_TRUE(eventually([&] { return !aside.is_busy(); }));
  }
}

TEST(Aside, TheEndWaitsForATaskThatIsSoonOver) {
  Held slow;
  std::jthread other;
  {
    Aside aside("names", hours(1));
    aside.start(slow.task());
    slow.wait_until_begun();
    other = std::jthread([&slow] { slow.let_go(); });
  }
  slow.wait_until_over();
}

TEST(Aside, TheEndIsNotHeldUpByATaskThatHangs) {
  Held slow;
  {
    Aside aside("names", milliseconds(10));
    aside.start(slow.task());
    slow.wait_until_begun();
  }
  slow.let_go();
  slow.wait_until_over();
}

}  // namespace
}  // namespace mmsgate::runtime
