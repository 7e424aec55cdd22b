// SPDX-License-Identifier: Apache-2.0
#include "formats/inflate.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#define ZLIB_CONST  // next_in is not written through
#include <zlib.h>

namespace mmsgate::formats {
namespace {

constexpr std::size_t kStep = 16U << 10;
constexpr int kWindowBits = 15;

/// RFC 1950 2.2: the method is 8, and the first two bytes as one number are a multiple of 31.
bool looks_like_zlib(std::string_view bytes) {
  if (bytes.size() < 2) return false;
  const unsigned first = static_cast<unsigned char>(bytes[0]);
  const unsigned second = static_cast<unsigned char>(bytes[1]);
  return (first & 0x0FU) == 8 && (first * 256 + second) % 31 == 0;
}

class Inflater {
 public:
  explicit Inflater(int window_bits) : ready_(inflateInit2(&stream_, window_bits) == Z_OK) {}
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  Result<std::string> run(std::string_view deflated, std::size_t most) {
    if (!ready_) return fail(ErrorKind::transient, "no memory to inflate a body");
    stream_.next_in = reinterpret_cast<const Bytef*>(deflated.data());
    stream_.avail_in = static_cast<uInt>(deflated.size());
    std::string out;
    int status = Z_OK;
    while (status == Z_OK) {
      const std::size_t had = out.size();
      // One byte more than allowed, so that growing beyond shows.
      const std::size_t room = std::min(kStep, most - had) + 1;
      out.resize(had + room);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
      stream_.avail_out = static_cast<uInt>(room);
      status = ::inflate(&stream_, Z_NO_FLUSH);
      out.resize(had + room - stream_.avail_out);
      if (out.size() > most) return fail(ErrorKind::limit, fmt::format("a deflated body grows beyond {} bytes", most));
    }
    if (status != Z_STREAM_END) return fail(ErrorKind::corrupt, "a deflated body is broken or cut off");
    if (stream_.avail_in > 0) return fail(ErrorKind::corrupt, "a deflated body goes on behind its end");
    return out;
  }

 private:
  z_stream stream_{};
  bool ready_;
};

}  // namespace

Result<std::string> inflate(std::string_view deflated, std::size_t most) {
  if (deflated.size() > std::numeric_limits<uInt>::max()) return fail(ErrorKind::limit, "a deflated body of over 4 GB");
  if (looks_like_zlib(deflated)) {
    auto out = Inflater(kWindowBits).run(deflated, most);
    if (out || out.error().kind != ErrorKind::corrupt) return out;
  }
  return Inflater(-kWindowBits).run(deflated, most);
}

}  // namespace mmsgate::formats
