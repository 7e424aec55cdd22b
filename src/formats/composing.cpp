// SPDX-License-Identifier: Apache-2.0
#include "formats/composing.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "formats/xml.hpp"

namespace mmsgate::formats {

Result<Composing> parse_composing(std::string_view xml) {
  const auto document = parse_xml(xml);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node root = document->document_element();
  if (local_name(root) != "isComposing") return fail(ErrorKind::corrupt, "there is no <isComposing> root");
  Composing composing{.active = text_of(child_named(root, "state")) == "active"};
  constexpr int kDay = 24 * 60 * 60;
  const std::string refresh = text_of(child_named(root, "refresh"));
  int seconds = 0;
  std::from_chars(refresh.data(), refresh.data() + refresh.size(), seconds);
  composing.refresh = std::chrono::seconds(std::clamp(seconds, 0, kDay));
  return composing;
}

std::string write_composing(const Composing& composing) {
  const std::string refresh =
      composing.refresh.count() > 0 ? fmt::format("<refresh>{}</refresh>\n", composing.refresh.count()) : "";
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">\n<state>{}</state>\n{}</isComposing>\n",
      composing.active ? "active" : "idle", refresh);
}

}  // namespace mmsgate::formats
