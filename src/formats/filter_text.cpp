// SPDX-License-Identifier: Apache-2.0
#include "formats/filter_text.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace mmsgate::formats {
namespace {

using Op = Condition::Op;

constexpr std::string_view kBlanks = " \t\r";
/// Parentheses and "not" within each other; nobody writes so many by hand, and each costs a frame of our stack.
constexpr int kDeepest = 50;

/// Cuts a line into words, signs and texts.
class Tokens {
 public:
  explicit Tokens(std::string_view line) : rest_(line) { advance(); }

  /// A text keeps its quotes, so that no text is taken for a word. Empty: the end.
  [[nodiscard]] std::string_view current() const { return token_; }
  [[nodiscard]] bool at_end() const { return token_.empty(); }
  bool take(std::string_view wanted) {
    if (token_ != wanted) return false;
    advance();
    return true;
  }
  void next() { advance(); }

 private:
  void advance() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kBlanks), rest_.size()));
    token_ = rest_.substr(0, length());
    rest_.remove_prefix(token_.size());
  }
  /// Of the token that the rest begins with.
  [[nodiscard]] std::size_t length() const {
    if (rest_.empty()) return 0;
    const char first = rest_.front();
    if (first == '"' || first == '\'') return std::min(rest_.find(first, 1), rest_.size() - 1) + 1;
    if (rest_.starts_with("==") || rest_.starts_with("!=")) return 2;
    if (first == '(' || first == ')' || first == '=' || first == '!') return 1;
    return std::min(rest_.find_first_of(" \t\r()=!\"'"), rest_.size());
  }

  std::string_view rest_;
  std::string_view token_;
};

/// By recursive descent, as the grammar in the header stands. A false says that error() is set.
class Parser {
 public:
  explicit Parser(std::string_view line) : tokens_(line) {}

  Result<Condition> parse() {
    if (!any_of_them()) return std::unexpected(error());
    if (!tokens_.at_end()) return std::unexpected(expected("and, or, or the end of the line"));
    return std::move(condition_);
  }

 private:
  bool any_of_them() {
    if (!all_of_them()) return false;
    while (tokens_.take("or")) {
      if (!all_of_them()) return false;
      condition_.add({.op = Op::either});
    }
    return true;
  }
  bool all_of_them() {
    if (!single()) return false;
    while (tokens_.take("and")) {
      if (!single()) return false;
      condition_.add({.op = Op::both});
    }
    return true;
  }
  bool single() {
    if (++depth_ > kDeepest) return refuse("it is nested too deeply");
    const bool read = nested_single();
    --depth_;
    return read;
  }
  bool nested_single() {
    if (tokens_.take("not")) {
      if (!single()) return false;
      condition_.add({.op = Op::negate});
      return true;
    }
    if (tokens_.take("(")) {
      if (!any_of_them()) return false;
      return tokens_.take(")") || miss(")");
    }
    if (tokens_.take("True")) return constant(Op::yes);
    if (tokens_.take("False")) return constant(Op::no);
    return comparison();
  }
  bool constant(Op op) {
    condition_.add({.op = op});
    return true;
  }
  bool comparison() {
    Condition::Step step;
    if (!operand(step.left)) return false;
    bool negated = false;
    if (tokens_.take("in")) {
      step.op = Op::contains;
    } else if (tokens_.take("not")) {
      negated = true;
      step.op = Op::contains;
      if (!tokens_.take("in")) return miss("in");
    } else if (tokens_.take("==")) {
      step.op = Op::equals;
    } else if (tokens_.take("!=")) {
      negated = true;
      step.op = Op::equals;
    } else {
      return miss("in, not in, == or !=");
    }
    if (!operand(step.right)) return false;
    condition_.add(std::move(step));
    if (negated) condition_.add({.op = Op::negate});
    return true;
  }
  bool operand(Condition::Operand& into) {
    if (tokens_.take("toid")) return true;  // nothing stands for the account
    const std::string_view token = tokens_.current();
    if (!token.starts_with('"') && !token.starts_with('\'')) return miss("toid or a text in quotes");
    if (token.size() < 2 || token.front() != token.back()) return refuse("a text lacks its closing quote");
    if (token.contains('\\')) return refuse("a text may hold no backslash");
    into = std::string(token.substr(1, token.size() - 2));
    tokens_.next();
    return true;
  }

  Error expected(std::string_view what) const {
    const std::string found = tokens_.at_end() ? "the line ends" : fmt::format("{} stands", tokens_.current());
    return {ErrorKind::rejected, fmt::format("{} where {} is expected", found, what)};
  }
  bool miss(std::string_view what) {
    error_ = expected(what);
    return false;
  }
  bool refuse(std::string_view why) {
    error_ = {ErrorKind::rejected, std::string(why)};
    return false;
  }
  [[nodiscard]] Error error() const { return error_; }

  Tokens tokens_;
  Condition condition_;
  Error error_;
  int depth_ = 0;
};

Result<CopyFilter::Rule> parse_rule(std::string_view line) {
  const auto end = std::min(line.find_first_of(kBlanks), line.size());
  auto did = Number::parse(line.substr(0, end));
  if (!did) return fail(ErrorKind::rejected, "it must begin with a phone number");
  auto condition = Parser(line.substr(end)).parse();
  if (!condition) return std::unexpected(condition.error());
  return CopyFilter::Rule{*std::move(did), *std::move(condition)};
}

}  // namespace

Result<CopyFilter> parse_filter(std::string_view text) {
  std::vector<CopyFilter::Rule> rules;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) continue;
    auto rule = parse_rule(line);
    if (!rule) return fail(rule.error().kind, fmt::format("in \"{}\": {}", line, rule.error().detail));
    rules.push_back(*std::move(rule));
  }
  return CopyFilter(std::move(rules));
}

}  // namespace mmsgate::formats
