// SPDX-License-Identifier: Apache-2.0
#include "media/sniff.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "formats/mime.hpp"

namespace mmsgate::media {
namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t at;
  std::string_view bytes;
  std::string_view type;
};

// File signatures, each from the format's own specification.
constexpr Magic kMagics[] = {
    {0, "\xFF\xD8\xFF"sv, "image/jpeg"}, {0, "\x89PNG\r\n\x1A\n"sv, "image/png"},
    {0, "GIF87a"sv, "image/gif"},        {0, "GIF89a"sv, "image/gif"},
    {8, "WEBP"sv, "image/webp"},         {0, "BM"sv, "image/bmp"},
    {8, "WAVE"sv, "audio/wav"},          {0, "OggS"sv, "audio/ogg"},
    {0, "#!AMR\n"sv, "audio/amr"},       {0, "#!AMR-WB\n"sv, "audio/amr-wb"},
    {0, "MThd"sv, "audio/midi"},         {0, "ID3"sv, "audio/mpeg"},
    {0, "%PDF-"sv, "application/pdf"},   {0, "BEGIN:VCARD"sv, "text/vcard"},
};

/// The brand of an ISO base media file (ISO/IEC 14496-12 4.3) says what is in it.
std::string_view of_brand(std::string_view brand) {
  if (brand.starts_with("3g2")) return "video/3gpp2";
  if (brand.starts_with("3g")) return "video/3gpp";
  if (brand == "qt  ") return "video/quicktime";
  if (brand == "M4A ") return "audio/mp4";
  if (brand == "avif" || brand == "avis") return "image/avif";
  if (brand == "heic" || brand == "heix" || brand == "mif1" || brand == "msf1") return "image/heic";
  return "video/mp4";
}

/// What a browser would run if it were served as a page: HTML, XHTML, SVG.
bool is_page(std::string_view head) {
  const auto first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string_view::npos) return false;
  std::string start(head.substr(first, 64));
  std::ranges::transform(start, start.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(
      std::array{"<!doctype html"sv, "<html"sv, "<head"sv, "<body"sv, "<script"sv, "<svg"sv, "<?xml"sv},
      [&](std::string_view tag) { return start.starts_with(tag); });
}

/// A frame of MPEG audio, layer III (ISO/IEC 11172-3 2.4.2.3), without a tag before it.
bool is_mp3_frame(std::string_view head) {
  return head.size() >= 2 && head[0] == '\xFF' && (static_cast<unsigned char>(head[1]) & 0xE6U) == 0xE2U;
}

}  // namespace

std::string sniff(std::string_view head) {
  const auto here = [&](const Magic& magic) {
    return head.size() > magic.at && head.substr(magic.at).starts_with(magic.bytes);
  };
  constexpr std::size_t kBrandAt = 8;
  if (head.size() >= kBrandAt + 4 && head.substr(4, 4) == "ftyp")
    return std::string(of_brand(head.substr(kBrandAt, 4)));
  for (const Magic& magic : kMagics) {
    const bool is_riff = magic.at == 0 || head.starts_with("RIFF");
    if (here(magic) && is_riff) return std::string(magic.type);
  }
  if (is_mp3_frame(head)) return "audio/mpeg";
  return is_page(head) ? "text/html" : "";
}

std::string settle_type(std::string_view declared, std::string_view head) {
  if (std::string proved = sniff(head); !proved.empty()) return proved;
  std::string type = formats::parse_content_type(declared).type;
  if (type.empty() || type == "text/html" || type == "application/xhtml+xml" || type == "image/svg+xml") {
    return "application/octet-stream";
  }
  return type;
}

std::string_view extension_for(std::string_view type) {
  static constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
      {"image/jpeg", ".jpg"},      {"image/jpg", ".jpg"},  {"image/png", ".png"},       {"image/gif", ".gif"},
      {"image/webp", ".webp"},     {"image/bmp", ".bmp"},  {"image/heic", ".heic"},     {"image/avif", ".avif"},
      {"audio/mpeg", ".mp3"},      {"audio/wav", ".wav"},  {"audio/x-wav", ".wav"},     {"audio/ogg", ".ogg"},
      {"audio/amr", ".amr"},       {"audio/midi", ".mid"}, {"audio/mp4", ".m4a"},       {"audio/3gpp", ".3gp"},
      {"video/mp4", ".mp4"},       {"video/3gpp", ".3gp"}, {"video/3gpp2", ".3g2"},     {"video/quicktime", ".mov"},
      {"audio/amr-wb", ".awb"},    {"text/vcard", ".vcf"}, {"application/pdf", ".pdf"}, {"text/plain", ".txt"},
      {"video/x-matroska", ".mkv"}};
  const auto it = std::ranges::find(kEndings, type, &std::pair<std::string_view, std::string_view>::first);
  return it == std::end(kEndings) ? std::string_view() : it->second;
}

}  // namespace mmsgate::media
