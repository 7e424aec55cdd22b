// SPDX-License-Identifier: Apache-2.0
// What the SIP stack says in pieces, put together: lines of its own, and whole messages. Passwords are taken out and
// nothing that is left can talk to a terminal. One object, one thread; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mmsgate::sip {

/// A message that went by, or (without lines) something that the stack says of itself.
struct Traced {
  std::string head;                ///< "<- UDP 127.0.0.1:5060, 512 bytes", or what the stack says.
  std::vector<std::string> lines;  ///< Of the message, without their ends.
  bool is_message = false;
};

class TraceText {
 public:
  /// One call of the stack's logger; what is whole with it. A message that has no end is given out when it is longer
  /// than any that the stack takes.
  [[nodiscard]] std::optional<Traced> take(std::string_view said);

 private:
  [[nodiscard]] bool begins(std::string_view said);
  void add(std::string_view piece);
  void end_line();
  [[nodiscard]] Traced finish();

  std::optional<Traced> message_;  ///< That is being put together.
  std::string line_;
  bool has_line_ = false;  ///< Something of it has come, if only its indent.
  bool hides_ = false;     ///< The header that holds a password goes on in lines that begin with a blank.
  std::size_t size_ = 0;
};

/// A line of a message as it may be shown. `hides`: whether the line before it was of a header that is hidden; then
/// whether this one is.
[[nodiscard]] std::string shown_line(std::string_view line, bool& hides);

}  // namespace mmsgate::sip
