// SPDX-License-Identifier: Apache-2.0
// A QR code (ISO/IEC 18004) as black and white squares. Plain value; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace mmsgate::qr {

class Code {
 public:
  /// So many light squares stand round it, as the standard wants: scanners find it by them.
  static constexpr int kQuietZone = 4;

  /// As small as the text allows, with a seventh of it repairable or more. limit: it is too long for one.
  [[nodiscard]] static Result<Code> make(std::string_view text);

  /// Squares a side, with the quiet zone.
  [[nodiscard]] int size() const { return inner_ + 2 * kQuietZone; }
  /// From the upper left corner of the quiet zone. What lies outside is light.
  [[nodiscard]] bool is_dark(int x, int y) const;

 private:
  Code(int inner, std::vector<bool> dark) : inner_(inner), dark_(std::move(dark)) {}
  int inner_;
  std::vector<bool> dark_;
};

}  // namespace mmsgate::qr
