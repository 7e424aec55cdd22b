// SPDX-License-Identifier: Apache-2.0
#include "sip/trace_text.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "formats/utf8.hpp"

namespace mmsgate::sip {
namespace {

constexpr std::string_view kIndent = "   ";
constexpr std::size_t kDashes = 72;
constexpr std::size_t kLongest = 4 << 20;

/// What is no UTF-8 or a control character is a question mark: bodies may be packed, and terminals obey.
std::string readable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto point = formats::first_code_point(text);
    const std::size_t size = point ? point->bytes : 1;
    const bool is_shown = point && point->value >= 0x20 && (point->value < 0x7f || point->value > 0x9f);
    out += is_shown ? text.substr(0, size) : "?";
    text.remove_prefix(size);
  }
  return out;
}

/// The stack ends the head of a message with it, and the message.
std::string_view separator() {
  static const std::string line = std::string(kIndent) + std::string(kDashes, '-') + "\n";
  return line;
}

std::string_view word(std::string_view& text, std::string_view end) {
  const auto at = std::min(text.size(), text.find(end));
  const std::string_view found = text.substr(0, at);
  text.remove_prefix(std::min(text.size(), at + end.size()));
  return found;
}

/// "recv 512 bytes from udp/[127.0.0.1]:5060 at 12:34:56.123456:"
std::string head_of(std::string_view stamp) {
  std::string_view rest = stamp;
  word(rest, " ");
  const std::string_view bytes = word(rest, " bytes ");
  const std::string_view way = word(rest, " ");
  std::string transport(word(rest, "/["));
  std::ranges::transform(transport, transport.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const std::string_view host = word(rest, "]:");
  const std::string_view port = word(rest, " ");
  const bool is_v6 = host.find(':') != std::string_view::npos;
  return fmt::format("{} {} {}{}{}:{}, {} bytes", way == "to" ? "->" : "<-", transport, is_v6 ? "[" : "", host,
                     is_v6 ? "]" : "", port, bytes);
}

bool is_same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

std::string shown_line(std::string_view line, bool& hides) {
  const bool goes_on = !line.empty() && (line.front() == ' ' || line.front() == '\t');
  if (goes_on && hides) return " (hidden)";
  std::string_view name = line.substr(0, line.find(':'));
  while (!name.empty() && (name.back() == ' ' || name.back() == '\t')) name.remove_suffix(1);
  hides = is_same(name, "Authorization") || is_same(name, "Proxy-Authorization");
  return hides ? fmt::format("{}: (hidden)", readable(name)) : readable(line);
}

std::optional<Traced> TraceText::take(std::string_view said) {
  if (!message_) {
    if (begins(said)) return std::nullopt;
    while (said.ends_with('\n')) said.remove_suffix(1);
    if (said.empty()) return std::nullopt;
    return Traced{.head = readable(said), .lines = {}};
  }
  size_ += said.size();
  if (said == "\n") {
    end_line();
  } else if (said.ends_with(separator())) {
    // A line of the message that looks so comes without its end.
    if (has_line_) end_line();
    return finish();
  } else {
    add(said);
  }
  if (size_ > kLongest) return finish();
  return std::nullopt;
}

bool TraceText::begins(std::string_view said) {
  if (!said.ends_with(separator()) || said.find(" bytes ") == std::string_view::npos) return false;
  said.remove_suffix(separator().size());
  message_ = Traced{.head = readable(head_of(said.substr(0, said.find('\n')))), .lines = {}};
  message_->is_message = true;
  hides_ = false;
  size_ = 0;
  return true;
}

void TraceText::add(std::string_view piece) {
  // The first piece of a line is indented; those after it are not.
  if (!has_line_ && piece.starts_with(kIndent)) piece.remove_prefix(kIndent.size());
  has_line_ = true;
  line_ += piece;
}

void TraceText::end_line() {
  message_->lines.push_back(shown_line(std::exchange(line_, {}), hides_));
  has_line_ = false;
}

Traced TraceText::finish() {
  Traced done = *std::move(message_);
  message_.reset();
  line_.clear();
  has_line_ = false;
  return done;
}

}  // namespace mmsgate::sip
