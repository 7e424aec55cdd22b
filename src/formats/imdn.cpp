// SPDX-License-Identifier: Apache-2.0
#include "formats/imdn.hpp"

#include <fmt/format.h>

#include "formats/xml.hpp"

namespace mmsgate::formats {
namespace {

/// What stands in <xyz-notification><status>.
Receipt receipt_of(std::string_view notification, std::string_view status) {
  if (status == "delivered") return Receipt::delivered;
  if (status == "displayed") return Receipt::displayed;
  const bool bad = status == "failed" || status == "forbidden" || status == "error";
  // <display-notification> with an error says that no receipt of reading will come, not that the message was lost.
  return bad && notification == "delivery-notification" ? Receipt::error : Receipt::other;
}

struct Words {
  std::string_view notification;
  std::string_view status;
};

Words words_of(Receipt receipt) {
  switch (receipt) {
    case Receipt::delivered:
      return {"delivery-notification", "delivered"};
    case Receipt::displayed:
      return {"display-notification", "displayed"};
    case Receipt::error:
      return {"delivery-notification", "error"};
    case Receipt::other:
      return {"processing-notification", "processed"};
  }
  return {"processing-notification", "processed"};
}

}  // namespace

Result<Imdn> parse_imdn(std::string_view xml) {
  const auto document = parse_xml(xml);
  if (!document) return std::unexpected(document.error());
  const pugi::xml_node root = document->document_element();
  if (local_name(root) != "imdn") return fail(ErrorKind::corrupt, "the receipt has no <imdn> root");
  Imdn imdn{.message_id = text_of(child_named(root, "message-id"))};
  if (imdn.message_id.empty()) return fail(ErrorKind::corrupt, "the receipt names no message");
  for (const pugi::xml_node& notification : root.children()) {
    for (const pugi::xml_node& status : child_named(notification, "status").children()) {
      if (imdn.receipt == Receipt::other) imdn.receipt = receipt_of(local_name(notification), local_name(status));
    }
  }
  return imdn;
}

std::string write_imdn(const Imdn& imdn, TimePoint when, std::string_view recipient_uri) {
  const auto [notification, status] = words_of(imdn.receipt);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\">\n"
      "<message-id>{}</message-id>\n<datetime>{}</datetime>\n<recipient-uri>{}</recipient-uri>\n"
      "<{}><status><{}/></status></{}>\n</imdn>\n",
      escape_xml(imdn.message_id), rfc3339(when), escape_xml(recipient_uri), notification, status, notification);
}

}  // namespace mmsgate::formats
