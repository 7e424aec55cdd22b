// SPDX-License-Identifier: Apache-2.0
#include "formats/vcard.hpp"

#include <gtest/gtest.h>

namespace mmsgate::formats {
namespace {

TEST(Vcards, AreWrittenOneAfterTheOther) {
  EXPECT_EQ(
      write_vcards({{"Bob", "sip:102@sim.example"}, {"Shop; desk, \\ \"one\"\r\nEND:VCARD", "sip:103@sim.example"}}),
      "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Bob\r\nIMPP:sip:102@sim.example\r\nEND:VCARD\r\n"
      "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Shop\\; desk\\, \\\\ \"one\"  END:VCARD\r\nIMPP:sip:103@sim.example\r\n"
      "END:VCARD\r\n");
  EXPECT_EQ(write_vcards({}), "");
}

TEST(Vcards, AreUtf8) {
  EXPECT_EQ(write_vcards({{"Zo\xC3\xAB \xff", "sip:1@x"}}),
            "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Zo\xC3\xAB \uFFFD\r\nIMPP:sip:1@x\r\nEND:VCARD\r\n");
}

}  // namespace
}  // namespace mmsgate::formats
