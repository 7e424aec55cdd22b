// SPDX-License-Identifier: Apache-2.0
// flexisip.conf, as Flexisip itself reads it: [section], key=value, # comments on their own line, nothing that goes on
// in a further line. Lines that it passes over are passed over. Pure; any thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::formats {

struct FlexisipSetting {
  std::string section;  ///< As its head is written, without the brackets.
  std::string key;
  std::string value;  ///< Not empty: `key=` alone says nothing to Flexisip.
  int line = 0;       ///< From 1.
};

struct FlexisipConfig {
  std::vector<FlexisipSetting> settings;
  std::map<std::string, int> sections;  ///< In lower case: the line of the last head of that name.

  /// All that are called so, first to last; upper and lower case are one. Of several, Flexisip 2.3 takes the last, and
  /// newer ones do not start.
  [[nodiscard]] std::vector<const FlexisipSetting*> all(std::string_view section, std::string_view key) const;
  /// The line of the section's head; 0: there is none.
  [[nodiscard]] int line_of(std::string_view section) const;
};

[[nodiscard]] FlexisipConfig parse_flexisip_config(std::string_view text);

/// Values that are lists: their items, which blanks or commas separate.
[[nodiscard]] std::vector<std::string_view> flexisip_items(std::string_view value);

/// [module::PushNotification] firebase-service-accounts: by project, the file of its key. Empty: it is not set.
/// rejected: a pair that is not PROJECT-NUMBER:FILE, with its line.
[[nodiscard]] Result<std::map<std::string, std::string>> parse_firebase_keys(std::string_view text);

}  // namespace mmsgate::formats
