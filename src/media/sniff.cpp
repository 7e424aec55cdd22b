// SPDX-License-Identifier: Apache-2.0
#include "media/sniff.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <iterator>
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
    {8, "WEBP"sv, "image/webp"},         {8, "WAVE"sv, "audio/wav"},
    {0, "OggS"sv, "audio/ogg"},          {0, "#!AMR\n"sv, "audio/amr"},
    {0, "#!AMR-WB\n"sv, "audio/amr-wb"}, {0, "MThd"sv, "audio/midi"},
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

/// What a browser would show as a page, and run: the table of the WHATWG's MIME Sniffing Standard (7.1), and SVG.
bool is_page(std::string_view head) {
  constexpr std::string_view kTags[] = {"<!doctype html", "<html",  "<head", "<script", "<iframe", "<h1",   "<div",
                                        "<font",          "<table", "<a",    "<style",  "<title",  "<meta", "<b",
                                        "<body",          "<br",    "<p",    "<svg",    "<link",   "<form", "<img"};
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head.remove_prefix(std::min(head.size(), head.find_first_not_of(" \t\r\n\f")));
  std::string start(head.substr(0, 64));
  std::ranges::transform(start, start.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (start.starts_with("<!--") || start.starts_with("<?xml")) return true;
  return std::ranges::any_of(kTags, [&](std::string_view tag) {
    return start.starts_with(tag) && start.find_first_of(" \t\r\n\f/>", tag.size()) == tag.size();
  });
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }

/// Two letters alone would make a picture of a text that begins "BM": the length of the second header must be one of
/// those that there are (BITMAPCOREHEADER ... BITMAPV5HEADER).
bool is_bmp(std::string_view head) {
  constexpr std::size_t kLengthAt = 14;
  if (!head.starts_with("BM") || head.size() < kLengthAt + 4 || head.substr(kLengthAt + 1, 3) != "\0\0\0"sv)
    return false;
  constexpr std::uint8_t kLengths[] = {12, 16, 40, 52, 56, 64, 108, 124};
  return std::ranges::find(kLengths, byte_at(head, kLengthAt)) != std::end(kLengths);
}

/// With a tag before it (ID3v2 3.1: no version is 255), or a bare frame of MPEG audio, layer III (ISO/IEC 11172-3
/// 2.4.2.3).
bool is_mp3(std::string_view head) {
  if (head.starts_with("ID3")) return head.size() >= 5 && byte_at(head, 3) < 10 && byte_at(head, 4) < 0xFF;
  return head.size() >= 2 && byte_at(head, 0) == 0xFF && (byte_at(head, 1) & 0xE6U) == 0xE2U;
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
  if (is_bmp(head)) return "image/bmp";
  if (is_mp3(head)) return "audio/mpeg";
  return is_page(head) ? "text/html" : "";
}

std::string settle_type(std::string_view declared, std::string_view head) {
  if (std::string proved = sniff(head); !proved.empty()) return proved;
  std::string type = formats::parse_content_type(declared).type;
  return type.empty() || is_active(type) ? "application/octet-stream" : type;
}

// By what their names have in common, as those of new ones will: text/javascript and application/ecmascript,
// image/svg+xml and text/xml. A document such as application/vnd.openxmlformats-officedocument... is none.
bool is_active(std::string_view type) {
  constexpr std::string_view kBegins[] = {"multipart/", "message/", "text/css", "text/xsl", "text/jscript"};
  constexpr std::string_view kHas[] = {"html", "javascript", "ecmascript", "vbscript", "livescript", "shockwave"};
  const auto has = [&](std::string_view word) { return type.find(word) != std::string_view::npos; };
  const auto begins = [&](std::string_view word) { return type.starts_with(word); };
  return type.ends_with("/xml") || type.ends_with("+xml") || std::ranges::any_of(kBegins, begins) ||
         std::ranges::any_of(kHas, has);
}

namespace {

constexpr std::pair<std::string_view, std::string_view> kEndings[] = {
    {"image/jpeg", ".jpg"},      {"image/jpg", ".jpg"},  {"image/png", ".png"},       {"image/gif", ".gif"},
    {"image/webp", ".webp"},     {"image/bmp", ".bmp"},  {"image/heic", ".heic"},     {"image/avif", ".avif"},
    {"audio/mpeg", ".mp3"},      {"audio/wav", ".wav"},  {"audio/x-wav", ".wav"},     {"audio/ogg", ".ogg"},
    {"audio/amr", ".amr"},       {"audio/midi", ".mid"}, {"audio/mp4", ".m4a"},       {"audio/3gpp", ".3gp"},
    {"video/mp4", ".mp4"},       {"video/3gpp", ".3gp"}, {"video/3gpp2", ".3g2"},     {"video/quicktime", ".mov"},
    {"audio/amr-wb", ".awb"},    {"text/vcard", ".vcf"}, {"application/pdf", ".pdf"}, {"text/plain", ".txt"},
    {"video/x-matroska", ".mkv"}};

}  // namespace

std::string_view extension_for(std::string_view type) {
  const auto it = std::ranges::find(kEndings, type, &std::pair<std::string_view, std::string_view>::first);
  return it == std::end(kEndings) ? std::string_view() : it->second;
}

std::string_view type_for(std::string_view extension) {
  const auto it = std::ranges::find(kEndings, extension, &std::pair<std::string_view, std::string_view>::second);
  return it == std::end(kEndings) ? std::string_view() : it->first;
}

}  // namespace mmsgate::media
