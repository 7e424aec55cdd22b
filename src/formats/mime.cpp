// SPDX-License-Identifier: Apache-2.0
#include "formats/mime.hpp"

#include <algorithm>
#include <optional>

#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::size_t kMostParts = 64;

enum class Line { content, delimiter, closing };

Line kind_of(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return Line::content;
  std::string_view tail = line.substr(2 + boundary.size());
  const bool closing = tail.starts_with("--");
  if (closing) tail.remove_prefix(2);
  // Only padding may follow (RFC 2046 5.1.1); else it is the delimiter of a longer boundary, or text.
  if (!trim(tail).empty()) return Line::content;
  return closing ? Line::closing : Line::delimiter;
}

/// The line break before a delimiter belongs to the delimiter (RFC 2046 5.1.1).
std::string_view without_last_break(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

Result<BodyPart> parse_part(std::string_view text) {
  auto block = take_header_block(text);
  if (!block) return std::unexpected(std::move(block.error()));
  BodyPart part{.content_type = "text/plain", .body = std::string(text)};
  for (HeaderField& field : block->fields) {
    if (const std::string name = lower(field.name); name != "content-type") {
      part.headers.try_emplace(name, std::move(field.value));
    } else if (!field.value.empty()) {
      part.content_type = std::move(field.value);
    }
  }
  return part;
}

/// No value may end its line.
std::string on_one_line(std::string_view value) {
  std::string out(value);
  std::ranges::replace_if(
      out, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return out;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(on_one_line(value)).append("\r\n");
}

}  // namespace

ContentType parse_content_type(std::string_view value) {
  const std::size_t end = value.find(';');
  const std::string_view type = trim(value.substr(0, end));
  const std::size_t slash = type.find('/');
  if (slash == std::string_view::npos || !is_token(type.substr(0, slash)) || !is_token(type.substr(slash + 1)))
    return {};
  ContentType content_type{.type = lower(type)};
  if (end != std::string_view::npos) content_type.parameters = parse_parameters(value.substr(end + 1));
  return content_type;
}

Result<std::vector<BodyPart>> parse_multipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty()) return fail(ErrorKind::corrupt, "a multipart body without a boundary");
  std::vector<BodyPart> parts;
  std::optional<std::size_t> part_at;  // where the part begins that we are in; none in the preamble
  for (std::string_view rest = body; !rest.empty();) {
    const std::size_t line_at = body.size() - rest.size();
    const Line kind = kind_of(take_line(rest), boundary);
    if (kind == Line::content) continue;
    if (part_at) {
      if (parts.size() == kMostParts) return fail(ErrorKind::corrupt, "a multipart body of more than 64 parts");
      auto part = parse_part(without_last_break(body.substr(*part_at, line_at - *part_at)));
      if (!part) return std::unexpected(std::move(part.error()));
      parts.push_back(std::move(*part));
    }
    part_at = body.size() - rest.size();
    if (kind == Line::closing) {
      if (parts.empty()) return fail(ErrorKind::corrupt, "a multipart body without a part");
      return parts;
    }
  }
  return fail(ErrorKind::corrupt, part_at ? "a multipart body without its closing boundary"
                                          : "a multipart body in which its boundary does not occur");
}

std::string write_multipart(const std::vector<BodyPart>& parts, std::string_view boundary) {
  std::string out;
  for (const BodyPart& part : parts) {
    out.append("--").append(boundary).append("\r\n");
    append_field(out, "Content-Type", part.content_type.empty() ? "text/plain" : part.content_type);
    for (const auto& [name, value] : part.headers) {
      if (is_token(name)) append_field(out, name, value);
    }
    out.append("\r\n").append(part.body).append("\r\n");
  }
  return out.append("--").append(boundary).append("--\r\n");
}

}  // namespace mmsgate::formats
