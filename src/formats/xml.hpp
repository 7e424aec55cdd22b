// SPDX-License-Identifier: Apache-2.0
// Small XML documents, read by pugixml, and written by it or by hand. Entities that a document declares are never
// expanded, nothing is ever fetched. For this room only.
#pragma once

#include <string>
#include <string_view>

#include <pugixml.hpp>

#include "core/error.hpp"

namespace mmsgate::formats {

/// corrupt: not well-formed enough to be read.
[[nodiscard]] Result<pugi::xml_document> parse_xml(std::string_view xml);

/// The name without its namespace prefix: phones choose prefixes freely.
[[nodiscard]] std::string_view local_name(const pugi::xml_node& node);

/// The first child element of that local name; null: none.
[[nodiscard]] pugi::xml_node child_named(const pugi::xml_node& node, std::string_view name);

/// The character data right below, trimmed; what XML cannot hold became U+FFFD.
[[nodiscard]] std::string text_of(const pugi::xml_node& node);
[[nodiscard]] std::string attribute_of(const pugi::xml_node& node, const char* name);

/// What XML cannot hold becomes U+FFFD.
[[nodiscard]] std::string xml_text(std::string_view text);

/// For text and for attributes in double quotes.
[[nodiscard]] std::string escape_xml(std::string_view value);

}  // namespace mmsgate::formats
