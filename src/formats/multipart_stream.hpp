// SPDX-License-Identifier: Apache-2.0
// Reads a multipart body (RFC 2046 5.1.1) as it comes, piece by piece, however it is cut: nothing but the headers of
// the part at hand and a boundary's length of its body is kept in memory. One thread at a time.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "core/error.hpp"

namespace mmsgate::formats {

/// What the reader finds. An error ends the reading and is given back by feed().
class PartSink {
 public:
  virtual ~PartSink() = default;
  /// A part begins. Names in lower case.
  [[nodiscard]] virtual Result<bool> on_part(const std::map<std::string, std::string>& headers) = 0;
  /// Bytes of its body; called any number of times.
  [[nodiscard]] virtual Result<bool> on_bytes(std::string_view bytes) = 0;
};

class MultipartReader {
 public:
  /// `sink` must outlive the reader.
  MultipartReader(std::string_view boundary, PartSink& sink);

  /// corrupt: not multipart, or headers of a part longer than kMostHeaderBytes. What comes after the closing boundary
  /// is dropped.
  [[nodiscard]] Result<bool> feed(std::string_view bytes);
  /// The closing boundary was there. False at the end of a body: it was cut off.
  [[nodiscard]] bool done() const { return state_ == State::done; }

  static constexpr std::size_t kMostHeaderBytes = 16 << 10;

 private:
  enum class State { preamble, body, boundary_line, headers, done };

  [[nodiscard]] Result<bool> step(bool& moved);
  [[nodiscard]] Result<bool> read_until_boundary(bool& moved);
  [[nodiscard]] Result<bool> read_headers(bool& moved);
  [[nodiscard]] Result<bool> read_boundary_line(bool& moved);

  const std::string delimiter_;  // CRLF and all
  PartSink& sink_;
  std::string pending_ = "\r\n";  // so that a boundary at the very start has its line end
  std::size_t not_body_ = 0;      // so many bytes of pending_ belong to the headers
  State state_ = State::preamble;
};

}  // namespace mmsgate::formats
