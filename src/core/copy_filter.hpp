// SPDX-License-Identifier: Apache-2.0
// Which sub accounts get no copy of what is sent to which number: rules that the owner wrote (option webfilter). Plain
// values; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/number.hpp"

namespace mmsgate {

/// A yes or no about a sub account's name. Steps in the order of a stack machine: comparisons put a yes or no on the
/// stack, `negate` turns the topmost round, `both` and `either` make one of the two topmost.
class Condition {
 public:
  enum class Op { yes, no, contains, equals, negate, both, either };
  /// Of a comparison; nothing stands for the account's name.
  using Operand = std::optional<std::string>;
  struct Step {
    Op op = Op::no;
    Operand left;   ///< contains: what is looked for.
    Operand right;  ///< contains: where.
    bool operator==(const Step&) const = default;
  };

  /// The steps must leave exactly one answer, and never need more than is there.
  void add(Step step) { steps_.push_back(std::move(step)); }
  [[nodiscard]] bool holds(std::string_view account) const;

  bool operator==(const Condition&) const = default;

 private:
  std::vector<Step> steps_;
};

class CopyFilter {
 public:
  struct Rule {
    Number did;
    Condition keeps_from;  ///< The accounts that get no copy.
    bool operator==(const Rule&) const = default;
  };

  CopyFilter() = default;
  explicit CopyFilter(std::vector<Rule> rules) : rules_(std::move(rules)) {}

  /// Several rules for a number: one that keeps it from the account is enough.
  [[nodiscard]] bool keeps_from(const Number& did, std::string_view account) const;

  bool operator==(const CopyFilter&) const = default;

 private:
  std::vector<Rule> rules_;
};

}  // namespace mmsgate
