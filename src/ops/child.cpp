// SPDX-License-Identifier: Apache-2.0
#include "ops/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "runtime/descriptor.hpp"

namespace mmsgate::ops {
namespace {

using runtime::Descriptor;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 4096;

struct Pipe {
  Descriptor out, in;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorKind::transient, std::strerror(errno));
  return Pipe{.out = Descriptor(ends[0]), .in = Descriptor(ends[1])};
}

std::vector<char*> pointers_to(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

/// Between fork and exec, where nothing may be called that takes a lock or memory.
[[noreturn]] void become(char* const* arguments, char* const* environment, int output, int trouble, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const bool is_set = ::chdir("/") == 0 && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
                      ::dup2(output, STDERR_FILENO) >= 0;
  ::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  if (is_set) ::execve(arguments[0], arguments, environment);
  const int error = errno;
  (void)!::write(trouble, &error, sizeof error);
  ::_exit(1);
}

int code_of(int status) {
  constexpr int kBySignal = 128;
  return WIFSIGNALED(status) ? kBySignal + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Takes what is there to read, and keeps the first of it. False: nobody writes any more.
bool take_output(int fd, std::string& output) {
  std::array<char, 4096> buffer{};
  const ssize_t n = ::read(fd, buffer.data(), buffer.size());
  if (n > 0) output.append(buffer.data(), std::min(static_cast<std::size_t>(n), kMostOutput - output.size()));
  return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/// Until the program has ended: not until its output has, which a child of its own may keep open. False: it is late.
bool listen_until_end(int child, int output, Steady::time_point end, std::string& text) {
  std::array<pollfd, 2> waits{pollfd{child, POLLIN, 0}, pollfd{output, POLLIN, 0}};
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Steady::now()).count();
    if (left <= 0) return false;
    if (::poll(waits.data(), waits.size(), static_cast<int>(left)) < 0) {
      if (errno == EINTR) continue;  // and `revents` are still those of the round before
      return false;
    }
    if (waits[1].revents != 0 && !take_output(output, text)) waits[1].fd = -1;
    // Its last words came before its end.
    if (waits[0].revents != 0 && waits[1].revents == 0) return true;
  }
}

/// What kept the child from becoming the program; 0 when it has become it.
int trouble_of(int fd) {
  int error = 0;
  ssize_t n = 0;
  do {
    n = ::read(fd, &error, sizeof error);
  } while (n < 0 && errno == EINTR);
  return n == sizeof error ? error : 0;
}

}  // namespace

Result<Ended> run_child(const std::vector<std::string>& command, const std::vector<std::string>& environment,
                        std::chrono::milliseconds time) {
  const auto cannot = [&command](std::string_view why) {
    return fail(ErrorKind::transient, fmt::format("cannot run {}: {}", command.front(), why));
  };
  auto output = make_pipe();
  auto trouble = make_pipe();
  if (!output) return cannot(output.error().detail);
  if (!trouble) return cannot(trouble.error().detail);
  const auto arguments = pointers_to(command);
  const auto variables = pointers_to(environment);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return cannot(std::strerror(errno));
  if (pid == 0) become(arguments.data(), variables.data(), output->in.get(), trouble->in.get(), parent);
  output->in = Descriptor();
  trouble->in = Descriptor();
  // glibc 2.36 declares pidfd_open() for C only.
  const Descriptor child(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  // Without it nothing would tell when the program ends.
  const int unseen = child.is_open() ? 0 : errno;
  const int error = unseen != 0 ? unseen : trouble_of(trouble->out.get());
  Ended ended;
  int status = 0;
  if (error == 0) ended.late = !listen_until_end(child.get(), output->out.get(), Steady::now() + time, ended.output);
  if (ended.late || unseen != 0) ::kill(pid, SIGKILL);  // not waited for yet, so the number is still its own
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (error != 0) return cannot(std::strerror(error));
  ended.code = code_of(status);
  return ended;
}

}  // namespace mmsgate::ops
