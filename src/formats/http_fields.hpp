// SPDX-License-Identifier: Apache-2.0
// Header fields of HTTP that a client writes or that hold what a person wrote. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mmsgate::formats {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  ///< Inclusive.
};
enum class RangeKind { whole, part, unsatisfiable };
struct RangeAnswer {
  RangeKind kind = RangeKind::whole;
  ByteRange range;
};

/// A Range header (RFC 9110 14.2) over `size` bytes. Several ranges, other units and nonsense are answered with the
/// whole.
[[nodiscard]] RangeAnswer parse_range(std::string_view header, std::uint64_t size);

/// Content-Disposition (RFC 6266): an ASCII file name and the true one as filename* (RFC 8187). No character of `name`
/// can end the header or name a folder.
[[nodiscard]] std::string content_disposition(std::string_view disposition, std::string_view name);

/// The file name of a Content-Disposition header as others write it; empty: none.
[[nodiscard]] std::string file_name_of(std::string_view content_disposition);

/// A name that is safe to show and to keep: the last path component, no control characters, valid UTF-8, at most 255
/// bytes; "file" when nothing is left.
[[nodiscard]] std::string clean_file_name(std::string_view name);

}  // namespace mmsgate::formats
