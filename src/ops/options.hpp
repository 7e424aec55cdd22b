// SPDX-License-Identifier: Apache-2.0
// Every option of mmsgate.conf: the predecessor's names and ours. One table from which the file is read, checked,
// written
// (--default-config) and documented (docs/config.md; a test compares). Constant data; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::ops {

/// What a value looks like.
enum class Form {
  text,
  required,  ///< Text that must be there.
  port,      ///< 1 to 65535.
  count,     ///< 0 to 1,000,000.
  flag,      ///< yes or no.
  choice,    ///< One of `choices`; upper and lower case are one.
  path,      ///< A file or folder; ~ is the service user's home.
  url_path,  ///< Begins with a slash: "/mmsgate".
};

/// What this version does with an option.
enum class Use {
  live,  ///< SIGHUP is enough when it has changed.
  now    ///< ... a new start is needed.
};

struct Option {
  std::string_view section;
  std::string_view name;
  Form form = Form::text;
  std::string_view fallback;  ///< What holds when the file does not say; empty: none.
  std::string_view choices;   ///< Form::choice: separated by blanks.
  Use use = Use::now;
  std::string_view help;  ///< A sentence.
  bool secret = false;    ///< Nobody is shown it; it may stand in a file of its own, see Values::secret().
};

[[nodiscard]] std::span<const Option> options();
/// Null: there is none.
[[nodiscard]] const Option* find_option(std::string_view section, std::string_view name);
[[nodiscard]] bool is_section(std::string_view section);

/// rejected: what a value must look like, as the end of a sentence: "must be a port, 1 to 65535".
[[nodiscard]] Result<bool> check(const Option& option, std::string_view value);

/// What was meant by a name that nobody knows: `did you mean "webport" in [web]?`, or where to look.
[[nodiscard]] std::string did_you_mean(std::string_view section, std::string_view name);

/// A commented file with every option at its fallback, as --default-config prints it.
[[nodiscard]] std::string default_config();

}  // namespace mmsgate::ops
