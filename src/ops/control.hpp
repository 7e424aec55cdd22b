// SPDX-License-Identifier: Apache-2.0
// How the command line speaks to the gateway that runs: a Unix socket beside the database, for its owner alone. One
// command a connection: a line, then the answer up to the end. The socket's lock is also what keeps a second gateway
// from the same database.
//
// open() and the destructor: main thread. The handler is called on the thread "control"; its answer may come from any.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::ops {

class Control {
 public:
  /// Called once; dropping it hangs up.
  using Answer = std::move_only_function<void(Result<std::string>)>;
  using Handler = std::function<void(const std::string& line, Answer answer)>;

  /// `database`: where that is; beside it are the socket and its lock. rejected: another gateway has it. transient: it
  /// cannot be made.
  [[nodiscard]] static Result<std::unique_ptr<Control>> open(const std::string& database);
  /// Waits for the handler, not for its answers.
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  /// From now on commands are answered; before, they wait. Once.
  void start(Handler handler);

 private:
  Control(std::string path, runtime::Descriptor lock, runtime::Descriptor listener);
  void run();
  void serve(runtime::Descriptor peer);

  const std::string path_;
  runtime::Descriptor lock_, listener_, stop_;
  Handler handler_;
  std::thread thread_;  // last: it uses the others
};

/// Has the running gateway do it. transient: none runs. unanswered: one runs, and could not be told, or did not answer
/// in time. Else what it says.
[[nodiscard]] Result<std::string> ask_running(const std::string& database, const std::string& line,
                                              std::chrono::seconds patience);

}  // namespace mmsgate::ops
