// SPDX-License-Identifier: Apache-2.0
#include "qr/code.hpp"

#include <exception>
#include <qrcodegen/qrcodegen.hpp>

namespace mmsgate::qr {

Result<Code> Code::make(std::string_view text) {
  try {
    const std::string copy(text);
    const auto code = qrcodegen::QrCode::encodeText(copy.c_str(), qrcodegen::QrCode::Ecc::MEDIUM);
    std::vector<bool> dark;
    for (int y = 0; y < code.getSize(); ++y) {
      for (int x = 0; x < code.getSize(); ++x) dark.push_back(code.getModule(x, y));
    }
    return Code(code.getSize(), std::move(dark));
  } catch (const std::exception&) {  // qrcodegen::data_too_long
    return fail(ErrorKind::limit, "the text is too long for a QR code");
  }
}

bool Code::is_dark(int x, int y) const {
  x -= kQuietZone;
  y -= kQuietZone;
  if (x < 0 || y < 0 || x >= inner_ || y >= inner_) return false;
  return dark_[static_cast<std::size_t>(y) * static_cast<std::size_t>(inner_) + static_cast<std::size_t>(x)];
}

}  // namespace mmsgate::qr
