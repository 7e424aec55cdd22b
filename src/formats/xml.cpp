// SPDX-License-Identifier: Apache-2.0
#include "formats/xml.hpp"

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

/// XML 1.0, production 2.
bool is_xml_char(char32_t c) {
  if (c < 0x20) return c == '\t' || c == '\n' || c == '\r';
  return c != 0xFFFE && c != 0xFFFF;
}

}  // namespace

std::string xml_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto c = first_code_point(text);
    const std::size_t bytes = c ? c->bytes : 1;
    out += c && is_xml_char(c->value) ? text.substr(0, bytes) : kReplacement;
    text.remove_prefix(bytes);
  }
  return out;
}

Result<pugi::xml_document> parse_xml(std::string_view xml) {
  pugi::xml_document document;
  // parse_default keeps no DOCTYPE and knows the five entities of XML and character references, no others.
  const auto status = document.load_buffer(xml.data(), xml.size(), pugi::parse_default);
  if (!status) return fail(ErrorKind::corrupt, std::string("not XML: ") + status.description());
  return document;
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  return name.substr(name.rfind(':') + 1);
}

pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_element && local_name(child) == name) return child;
  }
  return {};
}

std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& child : node.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  return xml_text(trim(text));
}

std::string attribute_of(const pugi::xml_node& node, const char* name) {
  return xml_text(trim(node.attribute(name).value()));
}

std::string escape_xml(std::string_view value) {
  std::string out;
  for (const char c : xml_text(value)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      // A parser makes blanks of these in attributes, and \n of \r in text.
      case '\t':
        out += "&#9;";
        break;
      case '\n':
        out += "&#10;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace mmsgate::formats
