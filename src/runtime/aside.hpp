// SPDX-License-Identifier: Apache-2.0
// A thread for what may take long and cannot be cut short, such as a name server that does not answer: there for as
// long as that takes, and nobody else waits for it. Whoever makes an Aside owns it; one thread calls it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace mmsgate::runtime {

class Aside {
 public:
  using Task = std::move_only_function<void()>;

  /// `name` as for a Loop. `patience`: how long the end waits for a task.
  explicit Aside(std::string name, std::chrono::milliseconds patience = std::chrono::seconds(1));
  /// A task that takes longer still goes on alone, and must therefore hold all that it uses.
  ~Aside();
  Aside(const Aside&) = delete;
  Aside& operator=(const Aside&) = delete;

  [[nodiscard]] bool is_busy() const;
  /// When it is not busy. False: the system lets nobody have another thread now, and the task is gone.
  [[nodiscard]] bool start(Task task);

 private:
  struct Shared;

  const std::string name_;
  const std::chrono::milliseconds patience_;
  const std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace mmsgate::runtime
