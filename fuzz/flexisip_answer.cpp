// SPDX-License-Identifier: Apache-2.0
#include "formats/flexisip_answer.hpp"

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text(data, size);
  if (const auto addresses = parse_registrar_dump(text)) {
    for (const std::string& each : *addresses) {
      must(each.find_first_of(" \r\n<>;\"") == std::string::npos, "an address splits no command");
    }
  } else {
    must_be_a_sentence(addresses.error().detail);
  }
  const auto contacts = parse_registrar_get(text);
  if (!contacts) {
    must_be_a_sentence(contacts.error().detail);
    return 0;
  }
  if (const auto best = choose_contact(*contacts, 1'800'000'000)) {
    for (const ContactRoute form : {ContactRoute::ctrt, ContactRoute::doroute}) {
      const std::string uri = contact_route(*best, "100000_bob@pop.example", form);
      must(uri.find_first_of(" \r\n<>\"") == std::string::npos, "a request-URI splits no request");
    }
  }
  return 0;
}
