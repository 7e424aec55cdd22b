// SPDX-License-Identifier: Apache-2.0
// Speaks as Flexisip's control socket does, byte for byte: one command a connection, an answer, the end of the line.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mmsgate::testing_support {

class Flexisip {
 public:
  /// Instead of the true answer. An empty string: it hangs up. Nothing: it says nothing and keeps the line.
  using Mood = std::function<std::optional<std::string>(const std::string& command)>;

  explicit Flexisip(std::string path) : path_(std::move(path)) {
    std::filesystem::remove(path_);
    sockaddr_un address{.sun_family = AF_UNIX};
    path_.copy(address.sun_path, sizeof address.sun_path - 1);
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 64) != 0) {
      throw std::runtime_error("no socket at " + path_);
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  /// Leaves its socket behind, as a Flexisip that was killed does.
  ~Flexisip() {
    thread_.request_stop();
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    for (const int fd : kept_) ::close(fd);
    ::close(listener_);
  }

  /// As Flexisip 2.3 writes a contact. `expires_at`: seconds since 1970.
  static std::string contact(std::string_view uri, std::string_view path, std::int64_t expires_at,
                             std::string_view accept = R"("application/sdp","text/plain")",
                             std::string_view device = "c40797e8", std::string_view user_agent = "LinphoneTest/5.1") {
    constexpr std::int64_t kHour = 3600;
    return fmt::format(
        "{{\n\t\t\t\"contact\" : \"{}\",\n\t\t\t\"path\" : [ \"{}\" ],\n\t\t\t\"expires-at\" : {},\n"
        "\t\t\t\"q\" : 1,\n\t\t\t\"unique-id\" : \"\\\"<urn:uuid:{}>\\\"\",\n\t\t\t\"user-agent\" : \"{}\",\n"
        "\t\t\t\"call-id\" : \"x~y\",\n\t\t\t\"cseq\" : 20,\n\t\t\t\"accept\" : [ {} ],\n\t\t\t\"alias\" : 0,\n"
        "\t\t\t\"update-time\" : {}\n\t\t}}",
        uri, path, expires_at, device, user_agent, accept, expires_at - kHour);
  }
  void set(const std::string& address, std::vector<std::string> contacts) {
    const std::lock_guard lock(mutex_);
    registered_[address] = std::move(contacts);
  }
  void remove(const std::string& address) {
    const std::lock_guard lock(mutex_);
    registered_.erase(address);
  }
  void set_mood(Mood mood) {
    const std::lock_guard lock(mutex_);
    mood_ = std::move(mood);
  }
  [[nodiscard]] std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  [[nodiscard]] long count(std::string_view command) const {
    return std::ranges::count_if(commands(), [&](const std::string& c) { return c.starts_with(command); });
  }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const int line = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (line < 0) return;
      char command[511];
      const ssize_t n = ::recv(line, command, sizeof command, 0);  // once, as Flexisip does
      if (n <= 0) {
        ::close(line);
        continue;
      }
      const auto answer = answer_to(std::string(command, static_cast<std::size_t>(n)));
      if (!answer) {
        kept_.push_back(line);
        continue;
      }
      (void)!::send(line, answer->data(), answer->size(), MSG_NOSIGNAL);
      ::close(line);
    }
  }
  std::optional<std::string> answer_to(const std::string& command) {
    const std::lock_guard lock(mutex_);
    commands_.push_back(command);
    if (mood_) return mood_(command);
    if (command == "REGISTRAR_DUMP") {
      std::vector<std::string> addresses;
      for (const auto& [address, contacts] : registered_) addresses.push_back(fmt::format("\"{}\"", address));
      return fmt::format("{{\n\t\"aors\" : [ {} ]\n}}\n", fmt::join(addresses, ", "));
    }
    constexpr std::string_view kGet = "REGISTRAR_GET sip:";
    if (!command.starts_with(kGet)) return fmt::format("Error: unknown command {}", command);
    const auto it = registered_.find(command.substr(kGet.size()));
    if (it == registered_.end()) {
      return "Error 404: Not Found. The Registrar does not contain the requested AOR.";
    }
    return fmt::format("{{\n\t\"contacts\" : [ {} ]\n}}\n", fmt::join(it->second, ", "));
  }

  const std::string path_;
  int listener_ = -1;
  mutable std::mutex mutex_;
  std::map<std::string, std::vector<std::string>> registered_;
  Mood mood_;
  std::vector<std::string> commands_;
  std::vector<int> kept_;  // the thread's, then the destructor's
  std::jthread thread_;
};

}  // namespace mmsgate::testing_support
