// SPDX-License-Identifier: Apache-2.0
// By libpng's simplified interface, which leaves no function by longjmp().
#include <png.h>

#include <vector>

#include <fmt/format.h>

#include "qr/draw.hpp"

namespace mmsgate::qr {

Result<std::string> draw_png(const Code& code) {
  constexpr int kPixels = 8;  // a side of a square
  const int size = code.size() * kPixels;
  std::vector<png_byte> pixels;
  for (int y = 0; y < size; ++y) {
    for (int x = 0; x < size; ++x) pixels.push_back(code.is_dark(x / kPixels, y / kPixels) ? 0x00 : 0xFF);
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(size);
  image.height = static_cast<png_uint_32>(size);
  image.format = PNG_FORMAT_GRAY;
  const auto failed = [&image] { return fail(ErrorKind::bug, fmt::format("cannot make a PNG: {}", image.message)); };
  std::string file;
  png_alloc_size_t length = 0;
  if (png_image_write_to_memory(&image, nullptr, &length, 0, pixels.data(), size, nullptr) == 0) return failed();
  file.resize(length);
  if (png_image_write_to_memory(&image, file.data(), &length, 0, pixels.data(), size, nullptr) == 0) return failed();
  file.resize(length);
  return file;
}

}  // namespace mmsgate::qr
