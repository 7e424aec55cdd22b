// SPDX-License-Identifier: Apache-2.0
#include "core/copy_filter.hpp"

#include <algorithm>

namespace mmsgate {
namespace {

bool compare(const Condition::Step& step, std::string_view account) {
  const std::string_view left = step.left ? std::string_view(*step.left) : account;
  const std::string_view right = step.right ? std::string_view(*step.right) : account;
  return step.op == Condition::Op::equals ? left == right : right.find(left) != std::string_view::npos;
}

}  // namespace

bool Condition::holds(std::string_view account) const {
  std::vector<bool> stack;
  const auto pop = [&stack] {
    const bool top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const Step& step : steps_) {
    switch (step.op) {
      case Op::yes:
        stack.push_back(true);
        break;
      case Op::no:
        stack.push_back(false);
        break;
      case Op::contains:
      case Op::equals:
        stack.push_back(compare(step, account));
        break;
      case Op::negate:
        stack.back() = !stack.back();
        break;
      case Op::both: {
        const bool right = pop();
        stack.back() = stack.back() && right;
        break;
      }
      case Op::either: {
        const bool right = pop();
        stack.back() = stack.back() || right;
        break;
      }
    }
  }
  return !stack.empty() && stack.back();
}

bool CopyFilter::keeps_from(const Number& did, std::string_view account) const {
  return std::ranges::any_of(rules_,
                             [&](const Rule& rule) { return rule.did == did && rule.keeps_from.holds(account); });
}

}  // namespace mmsgate
