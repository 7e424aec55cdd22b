// SPDX-License-Identifier: Apache-2.0
// The first byte says how the body is cut: the parts must be the same as when it comes whole.
#include "formats/multipart_stream.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

using mmsgate::Result;

class Transcript final : public mmsgate::formats::PartSink {
 public:
  Result<bool> on_part(const std::map<std::string, std::string>& headers) override {
    for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
    text += "|";
    return true;
  }
  Result<bool> on_bytes(std::string_view bytes) override {
    text += bytes;
    return true;
  }
  std::string text;
};

std::string read(std::string_view body, std::size_t piece) {
  Transcript transcript;
  mmsgate::formats::MultipartReader reader("xy", transcript);
  for (std::size_t at = 0; at < body.size(); at += piece) {
    if (!reader.feed(body.substr(at, piece))) return "error";
  }
  return transcript.text + (reader.done() ? "done" : "open");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = read(body, body.size() + 1);
  const std::string pieces = read(body, data[0] % 64U + 1U);
  // An open end may be passed on a little later when it comes in pieces; what is closed must be the same.
  if ((whole.ends_with("done") || whole == "error") && whole != pieces) std::abort();
  return 0;
}
