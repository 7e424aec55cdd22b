// SPDX-License-Identifier: Apache-2.0
#include "formats/imdn.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

using testing::HasSubstr;

std::string document(std::string_view id, std::string_view notification) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<imdn xmlns=\"urn:ietf:params:xml:ns:imdn\"><message-id>" +
         std::string(id) + "</message-id><datetime>2026-01-02T03:04:05Z</datetime>" + std::string(notification) +
         "</imdn>";
}

Receipt receipt_in(std::string_view notification) {
  const auto imdn = parse_imdn(document("id-1", notification));
  EXPECT_TRUE(imdn);
  return imdn ? imdn->receipt : Receipt::other;
}

TEST(Imdn, ReadsWhatPhonesSay) {
  EXPECT_EQ(receipt_in("<delivery-notification><status><delivered/></status></delivery-notification>"),
            Receipt::delivered);
  EXPECT_EQ(receipt_in("<display-notification><status><displayed/></status></display-notification>"),
            Receipt::displayed);
  for (const char* word : {"failed", "forbidden", "error"}) {
    const std::string status = "<status><" + std::string(word) + "/></status>";
    EXPECT_EQ(receipt_in("<delivery-notification>" + status + "</delivery-notification>"), Receipt::error) << word;
    EXPECT_EQ(receipt_in("<display-notification>" + status + "</display-notification>"), Receipt::other)
        << "no receipt of reading does not mean no message: " << word;
  }
  EXPECT_EQ(receipt_in("<processing-notification><status><processed/></status></processing-notification>"),
            Receipt::other);
  EXPECT_EQ(receipt_in("<delivery-notification><status><teleported/></status></delivery-notification>"),
            Receipt::other);
  EXPECT_EQ(receipt_in(""), Receipt::other);
}

TEST(Imdn, TakesPrefixesAndBlanks) {
  const auto imdn = parse_imdn(
      "<i:imdn xmlns:i=\"urn:ietf:params:xml:ns:imdn\"><i:message-id>\n  a&amp;b@c \n</i:message-id>"
      "<i:delivery-notification>\n<i:status>\n<i:delivered/>\n</i:status>\n</i:delivery-notification></i:imdn>");
  ASSERT_TRUE(imdn);
  EXPECT_EQ(imdn->message_id, "a&b@c");
  EXPECT_EQ(imdn->receipt, Receipt::delivered);
}

TEST(Imdn, RefusesWhatIsNone) {
  for (const std::string& xml : {std::string(), std::string("delivered"), std::string("<imdn>"),
                                 std::string("<isComposing/>"), std::string("<imdn/>"), document("  ", "")}) {
    const auto imdn = parse_imdn(xml);
    ASSERT_FALSE(imdn) << xml;
    EXPECT_EQ(imdn.error().kind, ErrorKind::corrupt);
  }
}

TEST(Imdn, ExpandsNoEntity) {
  const auto imdn = parse_imdn("<!DOCTYPE imdn [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" + document("&x;", ""));
  ASSERT_TRUE(imdn);
  EXPECT_EQ(imdn->message_id, "&x;");
}

TEST(Imdn, ReadsWhatItWrote) {
  for (const Receipt receipt : {Receipt::delivered, Receipt::displayed, Receipt::error, Receipt::other}) {
    const std::string xml = write_imdn({"x<&\">y", receipt}, from_unix_ms(0), "sip:bob&<@test.local");
    EXPECT_THAT(xml, HasSubstr("<datetime>1970-01-01T00:00:00Z</datetime>"));
    EXPECT_THAT(xml, HasSubstr("<recipient-uri>sip:bob&amp;&lt;@test.local</recipient-uri>"));
    const auto again = parse_imdn(xml);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->message_id, "x<&\">y");
    EXPECT_EQ(again->receipt, receipt);
  }
}

}  // namespace
}  // namespace mmsgate::formats
