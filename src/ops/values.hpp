// SPDX-License-Identifier: Apache-2.0
// What a configuration file says, checked against the table of options; what it does not say is answered with the
// option's fallback. Used while reading, on one thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "formats/ini.hpp"
#include "ops/options.hpp"

namespace mmsgate::ops {

/// What a config file refers to without saying it.
struct Surroundings {
  std::string home;         ///< Stands for ~ in paths.
  std::string credentials;  ///< The folder where systemd puts secrets ($CREDENTIALS_DIRECTORY); empty: none.
};

class Values {
 public:
  /// `file` is how errors name the file.
  Values(std::string_view file, Surroundings around) : file_(file), around_(std::move(around)) {}

  /// rejected: no such section or option, or a bad value; says the line and what was meant.
  [[nodiscard]] Result<bool> take(const formats::IniEntry& entry);
  /// rejected: what must stand in the file does not. A secret may be elsewhere: that is for who asks for it.
  [[nodiscard]] Result<bool> all_required() const;

  // Of options that are in the table: asking for another is a bug.
  [[nodiscard]] std::string text(std::string_view section, std::string_view name) const;
  [[nodiscard]] int number(std::string_view section, std::string_view name) const;
  [[nodiscard]] bool is(std::string_view section, std::string_view name, std::string_view wanted) const;

  [[nodiscard]] bool is_set(const Option& option) const { return set_.contains(&option); }
  /// What stands in the file, or in the file that NAME_file names, or in the credential called NAME. rejected: that
  /// cannot be read, or is empty, or both stand in the file. Empty: in none of them.
  [[nodiscard]] Result<std::string> secret(std::string_view section, std::string_view name) const;

  /// "FILE:LINE: what", with the line where the option stands; without it where it is not set.
  [[nodiscard]] std::unexpected<Error> wrong(std::string_view section, std::string_view name,
                                             std::string_view what) const;
  /// Every option as it holds, in the form of the file. A secret is "(set)".
  [[nodiscard]] std::string show() const;
  /// Every option that takes effect at a start only, as it holds; of a secret, what tells it from
  /// another.
  [[nodiscard]] std::vector<std::string> fixed() const;

 private:
  struct Set {
    std::string value;
    int line = 0;
  };
  [[nodiscard]] std::unexpected<Error> wrong_at(int line, std::string_view what) const;

  std::string file_;
  Surroundings around_;
  std::map<const Option*, Set> set_;
};

}  // namespace mmsgate::ops
