// SPDX-License-Identifier: Apache-2.0
#include "formats/multipart_stream.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "formats/header_text.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::size_t kLineEnd = 2;

}  // namespace

MultipartReader::MultipartReader(std::string_view boundary, PartSink& sink)
    : delimiter_(fmt::format("\r\n--{}", boundary)), sink_(sink) {}

Result<bool> MultipartReader::feed(std::string_view bytes) {
  if (done()) return true;
  pending_ += bytes;
  for (bool moved = true; moved && !done();) {
    moved = false;
    if (auto stepped = step(moved); !stepped) return stepped;
  }
  return true;
}

Result<bool> MultipartReader::step(bool& moved) {
  switch (state_) {
    case State::preamble:
    case State::body:
      return read_until_boundary(moved);
    case State::boundary_line:
      return read_boundary_line(moved);
    case State::headers:
      return read_headers(moved);
    case State::done:
      return true;
  }
  return true;
}

Result<bool> MultipartReader::read_until_boundary(bool& moved) {
  const std::size_t at = pending_.find(delimiter_);
  const bool found = at != std::string::npos;
  // The end of what is here may be the beginning of a boundary.
  const std::size_t safe = found ? at : pending_.size() - std::min(pending_.size(), delimiter_.size() - 1);
  const std::size_t skipped = std::min(not_body_, safe);
  not_body_ -= skipped;
  if (state_ == State::body && safe > skipped) {
    if (auto taken = sink_.on_bytes(std::string_view(pending_).substr(skipped, safe - skipped)); !taken) return taken;
  }
  pending_.erase(0, found ? at + delimiter_.size() : safe);
  if (found) state_ = State::boundary_line;
  moved = found;
  return true;
}

/// Behind a boundary: "--" and all is over, or blanks and the end of the line.
Result<bool> MultipartReader::read_boundary_line(bool& moved) {
  if (pending_.size() < 2) return true;
  if (pending_.starts_with("--")) {
    state_ = State::done;
    pending_.clear();
    return true;
  }
  const std::size_t end = pending_.find("\r\n");
  const std::string_view line = std::string_view(pending_).substr(0, end);
  if (line.find_first_not_of(" \t\r") != std::string_view::npos || line.size() > kMostHeaderBytes) {
    return fail(ErrorKind::corrupt, "a boundary of the multipart body does not end its line");
  }
  if (end == std::string::npos) return true;
  pending_.erase(0, end);  // the line's end stays: where there are no headers, it begins the blank line
  state_ = State::headers;
  moved = true;
  return true;
}

Result<bool> MultipartReader::read_headers(bool& moved) {
  const std::size_t end = pending_.find("\r\n\r\n");
  if (std::min(end, pending_.size()) > kMostHeaderBytes) {
    return fail(ErrorKind::corrupt, fmt::format("the headers of a part are longer than {} bytes", kMostHeaderBytes));
  }
  if (end == std::string::npos) return true;
  std::string_view text = std::string_view(pending_).substr(0, end);
  text.remove_prefix(std::min(kLineEnd, text.size()));
  const auto block = take_header_block(text);
  if (!block) return std::unexpected(block.error());
  std::map<std::string, std::string> headers;
  for (const HeaderField& field : block->fields) headers.emplace(lower(field.name), field.value);
  if (auto taken = sink_.on_part(headers); !taken) return taken;
  // The blank line's end stays, as what may begin the next boundary: that of an empty body.
  pending_.erase(0, end + kLineEnd);
  not_body_ = kLineEnd;
  state_ = State::body;
  moved = true;
  return true;
}

}  // namespace mmsgate::formats
