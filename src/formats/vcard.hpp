// SPDX-License-Identifier: Apache-2.0
// Contacts for a phone, as vCards 4.0 (RFC 6350). Pure; any thread.
#pragma once

#include <string>
#include <vector>

namespace mmsgate::formats {

struct Contact {
  std::string name;
  std::string address;  ///< "sip:101@sip.example.org"
};

/// One after the other, as Linphone fetches them from a URL.
[[nodiscard]] std::string write_vcards(const std::vector<Contact>& contacts);

}  // namespace mmsgate::formats
