// SPDX-License-Identifier: Apache-2.0
// Flexisip's files, judged by what it must be told (flexisip_wanted.hpp). Settings that are none of ours are left
// alone. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/flexisip_config.hpp"
#include "formats/flexisip_routes.hpp"
#include "ops/flexisip_wanted.hpp"

namespace mmsgate::ops {

struct FlexisipLine {
  int number = 0;  ///< From 1.
  std::string text;
};

/// Something that is not as it should be.
struct FlexisipFinding {
  int line = 0;                        ///< Where it is, or where it belongs: its section's head. 0: nowhere yet.
  std::string section;                 ///< Empty: in forward.conf.
  std::string key;                     ///< In forward.conf, what the rule is about: "content-type".
  std::vector<FlexisipLine> is;        ///< What stands there; empty: nothing. Secrets are left out.
  std::vector<std::string> should_be;  ///< Empty: it is to go.
  std::string why;
};

[[nodiscard]] std::vector<FlexisipFinding> check_flexisip(const formats::FlexisipConfig& file, const Config& config,
                                                          const FlexisipAround& around);
[[nodiscard]] std::vector<FlexisipFinding> check_routes(const std::vector<formats::FlexisipRoute>& routes,
                                                        const Config& config);
/// What may be as it is, and what only its owner can know. Sentences.
[[nodiscard]] std::vector<std::string> notes_on_flexisip(const formats::FlexisipConfig& file, const Config& config,
                                                         const FlexisipAround& around);

/// Where the file says that the rules are; empty: it does not.
[[nodiscard]] std::string routes_file_of(const formats::FlexisipConfig& file);

}  // namespace mmsgate::ops
