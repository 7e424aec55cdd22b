// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_config.hpp"

#include <algorithm>

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

void settings_come_back(const FlexisipConfig& config) {
  std::string text;
  for (const FlexisipSetting& each : config.settings) {
    must(!each.section.empty() && !each.key.empty() && !each.value.empty(), "a setting has all three");
    must(each.line > 0, "lines are counted from 1");
    must(config.line_of(each.section) > 0, "its section has a head");
    text += "[" + each.section + "]\n\t" + each.key + " = " + each.value + "\n";
  }
  const FlexisipConfig again = parse_flexisip_config(text);
  must(std::ranges::equal(again.settings, config.settings,
                          [](const FlexisipSetting& a, const FlexisipSetting& b) {
                            return a.section == b.section && a.key == b.key && a.value == b.value;
                          }),
       "settings come back");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  settings_come_back(parse_flexisip_config(as_text(data, size)));
  const auto keys = parse_firebase_keys(as_text(data, size));
  if (!keys) {
    must_be_a_sentence(keys.error().detail);
    return 0;
  }
  std::string text = "[module::PushNotification]\nfirebase-service-accounts=";
  for (const auto& [project, file] : *keys) {
    must(!project.empty() && !file.empty(), "a pair has two ends");
    text += project + ":" + file + " ";
  }
  must(keys->empty() || parse_firebase_keys(text) == *keys, "pairs come back");
  return 0;
}
