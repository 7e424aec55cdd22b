// SPDX-License-Identifier: Apache-2.0
// What the SIP stack does by itself, without the gateway: the ceiling that the gateway's own figures are held against.
// Each end alone is also the phones' side (responder) or the proxy's (sender) of a benchmark of the whole gateway.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include <CLI/CLI.hpp>

#include "sofia_responder.hpp"
#include "sofia_sender.hpp"

namespace {

using bench::Responder;
using bench::Sender;
using bench::Stack;

void print_line(const nlohmann::json& json) {
  std::puts(json.dump().c_str());
  std::fflush(stdout);
}

std::string with_transport(const std::string& uri, const std::string& transport) {
  return transport.empty() ? uri : fmt::format("{};transport={}", uri, transport);
}

int respond(const Responder::Options& options) {
  Stack stack;
  Responder responder(stack, options);
  print_line({{"event", "ready"}, {"port", responder.port()}});
  stack.run();
  print_line(responder.figures());
  return 0;
}

int send(const Sender::Options& options) {
  Stack stack;
  Sender sender(stack, options);
  sender.run();
  print_line(sender.figures());
  return sender.is_fine() ? 0 : 1;
}

/// A forked end; what it prints comes through a pipe.
class Child {
 public:
  template <typename Main>
  explicit Child(Main main) {
    int ends[2];
    if (::pipe(ends) != 0 || (pid_ = ::fork()) < 0) throw std::runtime_error("cannot fork");
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      int code = 1;
      try {
        code = main();
      } catch (const std::exception& e) {
        fmt::print(stderr, "{}\n", e.what());
      }
      std::fflush(stdout);
      ::_exit(code);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    stop();
    std::fclose(output_);
  }

  nlohmann::json read_line() {
    char line[4096];
    if (std::fgets(line, sizeof line, output_) == nullptr) throw std::runtime_error("an end has died");
    return nlohmann::json::parse(line);
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(std::exchange(pid_, 0), nullptr, 0);
  }

 private:
  pid_t pid_ = 0;
  std::FILE* output_ = nullptr;
};

int pair(Sender::Options options, const std::string& transport) {
  Child responder([&] { return respond({.listen = with_transport("sip:127.0.0.1:*", transport), .latency = true}); });
  const std::string uri = fmt::format("sip:127.0.0.1:{}", responder.read_line().at("port").get<int>());
  options.to = "sip:phone@127.0.0.1";
  options.route = with_transport(uri, transport);
  Child sender([&] { return send(options); });
  const nlohmann::json sent = sender.read_line();
  responder.stop();
  const nlohmann::json received = responder.read_line();
  print_line({{"figure", "a: bare SIP stack, MESSAGE/s"},
              {"transport", transport},
              {"size", options.size},
              {"window", options.window},
              {"per_second", sent.at("per_second")},
              {"sender", sent},
              {"responder", received}});
  const auto& statuses = sent.at("statuses");
  return statuses.contains("202") && statuses.at("202") == options.count ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The bare SIP stack: MESSAGEs from one end to the other.");
  app.require_subcommand(1);
  const std::vector<std::string> transports{"udp", "tcp"};

  Responder::Options answering;
  std::string transport;
  auto* responder = app.add_subcommand("responder", "Answers MESSAGEs at once, until SIGTERM or enough came.");
  responder->add_option("--listen", answering.listen, "sip:IP:PORT; port * is any free one")->capture_default_str();
  responder->add_option("--transport", transport, "Only this one; both otherwise")->check(CLI::IsMember(transports));
  responder->add_option("--count", answering.count, "End after so many requests");
  responder->add_option("--until", answering.until, "End after so many different messages (Call-IDs)");
  responder->add_option("--status", answering.status, "The answer")->capture_default_str();
  responder->add_option("--tally", answering.tally, "At the end, how often each numbered message came, into this file");
  responder->add_flag("--seconds", answering.seconds, "Say each second what came in it");
  responder->add_flag("--latency", answering.latency, "Measure by the \" @NANOSECONDS\" at the end of each text");

  Sender::Options sending;
  const auto load = [&sending](CLI::App* command) {
    command->add_option("--count", sending.count, "Messages")->required()->check(CLI::PositiveNumber);
    command->add_option("--window", sending.window, "Under way at a time")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    command->add_option("--size", sending.size, "Bytes of each body")->capture_default_str();
    command->add_option("--rate", sending.rate, "A second; as fast as it goes otherwise");
  };
  auto* sender = app.add_subcommand("sender", "Sends MESSAGEs and measures their round trips.");
  sender->add_option("--to", sending.to, "The request-URI; \"{}\" in it is 000, 001, ... below --to-count")->required();
  sender->add_option("--to-count", sending.to_count, "So many receivers in turn")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  sender->add_option("--route", sending.route, "Where they are sent: sip:IP:PORT[;transport=tcp]")->required();
  sender->add_option("--aor", sending.aor, "Who sends: the URI of From")->capture_default_str();
  sender->add_option("--listen", sending.listen, "Where it sends from: sip:IP:PORT")->capture_default_str();
  sender->add_option("--first", sending.first, "The number of the first one");
  sender->add_option("--seconds", sending.seconds, "Nothing new is sent after so long");
  sender->add_option("--retry-seconds", sending.retry, "What is refused is sent again after so long");
  sender->add_option("--tries", sending.tries, "So often at most")->check(CLI::PositiveNumber);
  load(sender);

  auto* both = app.add_subcommand("pair", "Both ends on this machine, each in a process of its own.");
  std::string pair_transport = "udp";
  both->add_option("--transport", pair_transport)->capture_default_str()->check(CLI::IsMember(transports));
  load(both);

  CLI11_PARSE(app, argc, argv);
  try {
    answering.listen = with_transport(answering.listen, transport);
    if (responder->parsed()) return respond(answering);
    if (sender->parsed()) return send(sending);
    return pair(sending, pair_transport);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 2;
  }
}
