// SPDX-License-Identifier: Apache-2.0
#include "voipms/faults.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

namespace mmsgate_sim {
namespace {

enum class Takes { nothing, word, number };
struct Known {
  std::string_view name;
  Fault::Do what;
  Takes takes;
};
constexpr Known kKnown[] = {
    {"status", Fault::Do::status, Takes::word},
    {"http", Fault::Do::http, Takes::number},
    {"latency", Fault::Do::latency, Takes::number},
    {"timeout-before", Fault::Do::timeout_before, Takes::nothing},
    {"timeout-after-accept", Fault::Do::timeout_after_accept, Takes::nothing},
    {"close", Fault::Do::close, Takes::nothing},
    {"close-after-accept", Fault::Do::close_after_accept, Takes::nothing},
    {"not-json", Fault::Do::not_json, Takes::nothing},
    {"slow", Fault::Do::slow, Takes::number},
    {"huge", Fault::Do::huge, Takes::number},
    {"type", Fault::Do::type, Takes::word},
    {"cut", Fault::Do::cut, Takes::nothing},
    {"duplicate", Fault::Do::duplicate, Takes::number},
    {"drop", Fault::Do::drop, Takes::nothing},
};

Fault parse(const Json& described) {
  if (!described.is_object()) throw std::invalid_argument("a fault is an object");
  Fault fault{
      .on = text_of(described, "on"), .dst = national(text_of(described, "dst")), .text = text_of(described, "do")};
  if (fault.on.empty()) throw std::invalid_argument("\"on\" is missing");
  fault.left = number_of(described, "times", 1);
  const auto colon = std::min(fault.text.find(':'), fault.text.size());
  const std::string name = fault.text.substr(0, colon);
  const auto* known = std::ranges::find(kKnown, name, &Known::name);
  if (known == std::end(kKnown)) throw std::invalid_argument(fmt::format("nobody can do \"{}\"", fault.text));
  fault.what = known->what;
  if (colon < fault.text.size()) fault.word = fault.text.substr(colon + 1);
  const auto amount = parse_number(fault.word);
  const bool good = known->takes == Takes::nothing ? fault.word.empty()
                    : known->takes == Takes::word  ? !fault.word.empty()
                                                   : amount && *amount > 0;
  if (!good) throw std::invalid_argument(fmt::format("\"{}\" wants or has no such value behind the colon", fault.text));
  fault.amount = amount.value_or(0);
  return fault;
}

}  // namespace

void Faults::add(const Json& described) {
  std::list<Fault> added;
  if (described.is_array()) {
    for (const Json& each : described) added.push_back(parse(each));
  } else {
    added.push_back(parse(described));
  }
  const std::lock_guard lock(mutex_);
  faults_.splice(faults_.end(), added);
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  faults_.clear();
}

std::optional<Fault> Faults::take(std::string_view on, std::string_view dst) {
  const bool of_interface = on != "media" && on != "webhook";
  const std::lock_guard lock(mutex_);
  for (auto i = faults_.begin(); i != faults_.end(); ++i) {
    const bool fits = i->on == on || (of_interface && i->on == "*");
    if (!fits || (!i->dst.empty() && i->dst != dst)) continue;
    const Fault taken = *i;
    if (i->left > 0 && --i->left == 0) faults_.erase(i);
    return taken;
  }
  return std::nullopt;
}

Json Faults::list() const {
  const std::lock_guard lock(mutex_);
  Json list = Json::array();
  for (const Fault& fault : faults_) {
    list.push_back({{"on", fault.on}, {"do", fault.text}, {"times", fault.left}, {"dst", fault.dst}});
  }
  return list;
}

}  // namespace mmsgate_sim
