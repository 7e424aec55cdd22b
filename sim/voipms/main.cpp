// SPDX-License-Identifier: Apache-2.0
// mmsgate-sim: the outside world for trials and tests. Wires the parts together, says where it listens, waits for the
// signal.
#include <sys/resource.h>
#include <csignal>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <stdexcept>
#include <string>

#include <curl/curl.h>
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "voipms/bench.hpp"
#include "voipms/control_api.hpp"
#include "voipms/http_server.hpp"
#include "voipms/media.hpp"
#include "voipms/rest_api.hpp"
#include "voipms/webhook.hpp"

namespace mmsgate_sim {
namespace {

struct Options {
  std::string listen = "127.0.0.1:8080";
  std::string public_url;
  std::string webhook;
  std::string user = "user@example.org";
  std::string password = "sim-password";
  std::string scene;
  std::int64_t first_id = 0;
  std::size_t keep = 100'000;
};

/// So that a simulator that is started anew does not give out ids that a gateway has already seen.
std::int64_t usual_first_id() {
  constexpr std::int64_t kYear2020 = 1'577'836'800;
  constexpr std::int64_t kIdsPerSecond = 10'000;
  return (std::time(nullptr) - kYear2020) * kIdsPerSecond;
}

void prepare_process(sigset_t& ending) {
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);  // before any thread starts
  std::signal(SIGPIPE, SIG_IGN);
  setenv("TZ", "EST5EDT,M3.2.0,M11.1.0", 1);  // New York, where the provider's days begin
  tzset();
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

Json read_scene(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::invalid_argument(fmt::format("cannot read {}", path));
  return Json::parse(file);
}

void run(const Options& options, const sigset_t& ending) {
  Portal portal(options.user, options.password);
  MessageLog log(options.first_id > 0 ? options.first_id : usual_first_id(), options.keep);
  Faults faults;
  CallLog calls(options.keep);
  Outgoing outgoing;
  HttpServer server(options.listen);
  Tally tally;
  World world{
      portal, log, faults, calls, outgoing, tally, options.public_url.empty() ? server.url() : options.public_url};
  RestApi rest(world);
  Webhook webhook(world);
  Bench bench(log);
  ControlApi control(world, webhook, bench);
  portal.set_webhook({{"url", options.webhook}});
  if (!options.scene.empty()) control.set_scene(read_scene(options.scene));

  const auto handle = [&](const Request& request, Reply reply) {
    if (request.path == "/api/v1/rest.php") return rest.handle(request, std::move(reply));
    if (request.path.starts_with("/media/")) return serve_media(world, request, std::move(reply));
    if (request.path.starts_with("/sim/")) return control.handle(request, std::move(reply));
    reply.answer({.status = 404, .type = "text/plain", .body = bytes_of("not found\n")});
  };
  server.serve(handle, [&](auto delay, auto task) { outgoing.after(delay, std::move(task)); });
  fmt::print("{}\n", Json{{"event", "listening"}, {"url", server.url()}}.dump());
  std::fflush(stdout);

  int signal = 0;
  sigwait(&ending, &signal);
  bench.stop();
  outgoing.stop();
  server.stop();
}

}  // namespace
}  // namespace mmsgate_sim

int main(int argc, char** argv) {
  mmsgate_sim::Options options;
  CLI::App app("The outside world, for trials and tests of mmsgate");
  app.require_subcommand(1);
  auto* voipms = app.add_subcommand("voipms", "A stand-in for VoIP.ms: REST interface, web hook, and a control API");
  voipms->add_option("--listen", options.listen, "ADDRESS:PORT; port 0: any free one")->capture_default_str();
  voipms->add_option("--public-url", options.public_url,
                     "What links to media begin with, if not with where it listens");
  voipms->add_option("--webhook", options.webhook, "Where incoming messages are posted to");
  voipms->add_option("--user", options.user, "API user")->capture_default_str();
  voipms->add_option("--password", options.password, "API password")->capture_default_str();
  voipms->add_option("--scene", options.scene, "JSON file with accounts, dids, webhook, limits, faults");
  voipms->add_option("--first-id", options.first_id, "The first message's id; else made from the time");
  voipms->add_option("--keep", options.keep, "Messages and calls kept in memory; 0: all")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  sigset_t ending;
  mmsgate_sim::prepare_process(ending);
  try {
    mmsgate_sim::run(options, ending);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mmsgate-sim: {}\n", error.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
