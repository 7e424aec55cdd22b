// SPDX-License-Identifier: Apache-2.0
// What Flexisip must be told so that it works with the gateway of a config: one table, from which the lines for
// flexisip.conf and forward.conf are printed and by which files that are there are judged. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ops/config.hpp"

namespace mmsgate::ops {

/// When a value of Flexisip's is as it should be.
enum class FlexisipJudge {
  equals,      ///< It is `value`; 1 is true, 0 is false.
  lists,       ///< A list that has all items of `value`.
  mentions,    ///< A condition that has each of `words` in it, and a ! before the first where `value` has one.
  narrow,      ///< A condition that is true only for what has one of `words` in it, and for some of the first.
  at_least,    ///< A number, or a time such as 7d, that is not less than `value`.
  is_own,      ///< Not empty, and neither Flexisip's example nor ours.
  transports,  ///< Where Flexisip listens: see flexisip_transports.hpp.
};

struct FlexisipWanted {
  std::string_view section;
  std::string_view key;
  FlexisipJudge judge = FlexisipJudge::equals;
  std::string value;      ///< What is printed.
  std::string otherwise;  ///< What holds in Flexisip where its file does not say; empty: nothing.
  std::string why;        ///< A sentence.
  std::string option;     ///< Which of our options it follows from: "[sip] sipproxy". Empty: it is always so.
  std::vector<std::string> words;
  std::optional<bool> only_when_on;  ///< Asked for only while the module is enabled; here: whether it is by itself.
  bool secret = false;               ///< What stands in a file is shown to nobody.
};

struct FlexisipRule {
  std::string route;
  std::string condition;
  std::string mark;  ///< What tells it from the others: "content-type".
  std::string why;
};

/// What the config does not say.
struct FlexisipAround {
  std::vector<std::string> prefixes;  ///< What all sub accounts begin with: "100000_". Empty: not known.
  std::string routes_file = "/etc/flexisip/forward.conf";
  std::string phones_address;  ///< Where Flexisip is to listen for phones; empty: at what their proxy's name says.
};

/// By section, in the order of flexisip.conf.
[[nodiscard]] std::vector<FlexisipWanted> wanted_of_flexisip(const Config& config, const FlexisipAround& around);
[[nodiscard]] std::vector<FlexisipRule> wanted_rules(const Config& config);

[[nodiscard]] bool is_met(const FlexisipWanted& wanted, const Config& config, std::string_view value);
/// What should stand there instead of `value`, which keeps what is the owner's. Empty `value`: nothing stands there.
[[nodiscard]] std::string mended(const FlexisipWanted& wanted, const Config& config, std::string_view value);

/// "100000_" of "100000_alice", each once.
[[nodiscard]] std::vector<std::string> account_prefixes(const std::vector<std::string>& accounts);

}  // namespace mmsgate::ops
