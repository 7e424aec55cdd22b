// SPDX-License-Identifier: Apache-2.0
#include "cli/registrations_text.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "cli/printable.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::cli {
namespace {

using nlohmann::ordered_json;

/// Of one phone, or of an account that has none.
struct Line {
  std::string account;
  const Sighting* phone = nullptr;
  const Woken* woken = nullptr;
};

std::string_view state_of(const Line& line, TimePoint now) {
  if (line.phone == nullptr) return "not registered";
  if (is_over(line.phone->registration, now)) return "expired";
  return line.phone->is_listed ? "registered" : "gone";
}

std::vector<Line> lines_of(const View& view) {
  std::vector<Line> lines;
  for (const auto& [key, phone] : view.seen) {
    const auto woken = view.woken.find(key);
    lines.push_back({phone.registration.account, &phone, woken == view.woken.end() ? nullptr : &woken->second});
  }
  for (const std::string& account : view.accounts) {
    const auto is_his = [&account](const Line& line) { return line.account == account; };
    if (std::ranges::none_of(lines, is_his)) lines.push_back({.account = account});
  }
  std::ranges::stable_sort(lines, {}, &Line::account);
  return lines;
}

std::string push_of(const Registration& phone) {
  if (phone.push) return printable(phone.push->provider);
  return phone.no_push.empty() ? "-" : "?";
}

std::string note_of(const Line& line) {
  if (line.woken != nullptr) return printable(line.woken->note);
  return line.phone == nullptr ? std::string() : printable(line.phone->registration.no_push);
}

using Cells = std::array<std::string, 9>;

Cells cells_of(const Line& line, TimePoint now) {
  constexpr std::size_t kLongestAgent = 40;
  const std::string state(state_of(line, now));
  if (line.phone == nullptr) return {printable(line.account), "-", "-", "-", state, "-", "-", "-", ""};
  const Registration& phone = line.phone->registration;
  const std::string agent = printable(phone.user_agent);
  return {printable(phone.account),
          printable(phone.domain),
          phone.expires_at ? rfc3339(*phone.expires_at) : "-",
          phone.expires_at ? time_left(*phone.expires_at - now) : "never",
          state,
          phone.transport,
          push_of(phone),
          agent.empty() ? "-" : std::string(formats::cut_utf8(agent, kLongestAgent)),
          note_of(line)};
}

ordered_json to_json(const Line& line, TimePoint now) {
  ordered_json json{{"account", line.account}, {"state", state_of(line, now)}};
  if (line.phone == nullptr) return json;
  const Registration& phone = line.phone->registration;
  json["domain"] = phone.domain;
  if (phone.expires_at) {
    json["expires_at"] = rfc3339(*phone.expires_at);
    json["seconds_left"] = std::chrono::floor<std::chrono::seconds>(*phone.expires_at - now).count();
  }
  json["transport"] = phone.transport;
  json["user_agent"] = phone.user_agent;
  json["push"] = phone.push ? ordered_json(phone.push->provider) : ordered_json();
  if (!phone.no_push.empty()) json["no_push"] = phone.no_push;
  if (line.woken != nullptr) {
    json["pushed"] = {{"exit_code", line.woken->code ? ordered_json(*line.woken->code) : ordered_json()},
                      {"note", line.woken->note},
                      {"output", line.woken->output}};
  }
  return json;
}

}  // namespace

std::string time_left(Duration left) {
  constexpr long long kHour = 3600;
  constexpr long long kMinute = 60;
  const long long seconds = std::chrono::floor<std::chrono::seconds>(left).count();
  const long long size = seconds < 0 ? -seconds : seconds;
  return fmt::format("{}{:02}:{:02}:{:02}", seconds < 0 ? '-' : '+', size / kHour, size % kHour / kMinute,
                     size % kMinute);
}

std::string as_table(const View& view) {
  std::vector<Cells> rows{
      {"ACCOUNT", "DOMAIN", "EXPIRES AT", "IN", "STATE", "TRANSPORT", "PUSH", "USER AGENT", "NOTE"}};
  for (const Line& line : lines_of(view)) rows.push_back(cells_of(line, view.now));
  std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{}{:<{}}", i == 0 ? "" : "  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  for (const auto& [key, woken] : view.woken) {
    if (woken.output.empty()) continue;
    text += fmt::format("flexisip_pusher said of {}:\n", printable(key.substr(0, key.find(' '))));
    std::string_view rest = woken.output;
    while (!rest.empty()) {
      const auto end = std::min(rest.find('\n'), rest.size());
      text += fmt::format("  {}\n", printable(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  for (const std::string& trouble : view.troubles) text += printable(trouble) + '\n';
  return text;
}

ordered_json as_json(const View& view) {
  ordered_json json{{"at", rfc3339(view.now)}, {"registrar", view.registrar}, {"phones", ordered_json::array()}};
  for (const Line& line : lines_of(view)) json["phones"].push_back(to_json(line, view.now));
  json["troubles"] = view.troubles;
  if (view.next_look) json["next_look"] = rfc3339(*view.next_look);
  return json;
}

}  // namespace mmsgate::cli
