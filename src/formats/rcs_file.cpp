// SPDX-License-Identifier: Apache-2.0
#include "formats/rcs_file.hpp"

#include <charconv>

#include <fmt/format.h>

#include "formats/mime.hpp"
#include "formats/xml.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::size_t kMostFiles = 64;

/// 0 for what is no number: a size is only ever shown.
std::uint64_t number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end ? value : 0;
}

Result<RcsFile> read_file(const pugi::xml_node& info) {
  const pugi::xml_node data = child_named(info, "data");
  RcsFile file{.name = text_of(child_named(info, "file-name")),
               .type = parse_content_type(text_of(child_named(info, "content-type"))).type,
               .size = number_of(text_of(child_named(info, "file-size"))),
               .url = attribute_of(data, "url"),
               .until = attribute_of(data, "until")};
  if (file.url.empty()) return fail(ErrorKind::corrupt, "a file of the file transfer XML has no URL");
  if (file.type.empty()) file.type = "application/octet-stream";
  return file;
}

/// Linphone (seen in 5.1) writes the name of a file as its owner wrote it: with every < that is in it.
std::string with_names_escaped(std::string_view xml) {
  constexpr std::string_view kBegin = "<file-name>";
  constexpr std::string_view kEnd = "</file-name>";
  std::string mended;
  for (;;) {
    const std::size_t begin = xml.find(kBegin);
    const std::size_t end = begin == std::string_view::npos ? begin : xml.find(kEnd, begin);
    if (end == std::string_view::npos) return mended.append(xml);
    mended.append(xml.substr(0, begin + kBegin.size()));
    for (const char c : xml.substr(begin + kBegin.size(), end - begin - kBegin.size())) {
      c == '<' ? mended.append("&lt;") : mended.append(1, c);
    }
    xml.remove_prefix(end);
  }
}

}  // namespace

Result<std::vector<RcsFile>> parse_rcs_files(std::string_view xml) {
  auto document = parse_xml(xml);
  if (!document) document = parse_xml(with_names_escaped(xml));
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node root = document->document_element();
  if (local_name(root) != "file") return fail(ErrorKind::corrupt, "the file transfer XML has no <file> root");
  std::vector<RcsFile> files;
  for (const pugi::xml_node& info : root.children()) {
    if (local_name(info) != "file-info" || attribute_of(info, "type") == "thumbnail") continue;
    if (files.size() == kMostFiles) return fail(ErrorKind::limit, "the file transfer XML names more than 64 files");
    auto file = read_file(info);
    if (!file) return std::unexpected(std::move(file.error()));
    files.push_back(std::move(*file));
  }
  return files;
}

std::string write_rcs_files(const std::vector<RcsFile>& files) {
  std::string xml =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<file xmlns=\"urn:gsma:params:xml:ns:rcs:rcs:fthttp\">\n";
  for (const RcsFile& file : files) {
    xml += "<file-info type=\"file\">\n";
    xml += fmt::format("<file-size>{}</file-size>\n", file.size);
    xml += fmt::format("<file-name>{}</file-name>\n", escape_xml(file.name));
    xml += fmt::format("<content-type>{}</content-type>\n", escape_xml(file.type));
    const std::string until = file.until.empty() ? "" : fmt::format(" until=\"{}\"", escape_xml(file.until));
    xml += fmt::format("<data url=\"{}\"{}/>\n", escape_xml(file.url), until);
    xml += "</file-info>\n";
  }
  return xml + "</file>\n";
}

}  // namespace mmsgate::formats
