// SPDX-License-Identifier: Apache-2.0
// Do the threads still turn? Each is asked to say so, by its own door, and has until the next call. One thread calls.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mmsgate::runtime {

class RollCall {
 public:
  /// Called by the thread that was asked, or dropped.
  using Present = std::move_only_function<void()>;
  /// Must come back at once.
  using Ask = std::function<void(Present)>;

  void add(std::string name, Ask ask) { members_.push_back({std::move(name), std::move(ask)}); }

  /// Those that have not answered the last call. When all have, they are called again.
  [[nodiscard]] std::vector<std::string> call() {
    std::vector<std::string> missing;
    for (const Member& member : members_) {
      if (!*member.is_present) missing.push_back(member.name);
    }
    if (missing.empty()) {
      for (const Member& member : members_) {
        *member.is_present = false;
        member.ask([present = member.is_present] { *present = true; });
      }
    }
    return missing;
  }

 private:
  struct Member {
    std::string name;
    Ask ask;
    std::shared_ptr<std::atomic<bool>> is_present = std::make_shared<std::atomic<bool>>(true);
  };
  std::vector<Member> members_;
};

}  // namespace mmsgate::runtime
