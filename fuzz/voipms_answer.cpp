// SPDX-License-Identifier: Apache-2.0
#include "formats/voipms_answer.hpp"

#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view json = as_text(data, size);
  if (const auto id = parse_sent(json, "sms")) {
    must(!id->empty(), "there is an id");
    must_be_utf8(*id);
  } else {
    must_be_a_sentence(id.error().detail);
    must(id.error().kind != ErrorKind::transient && id.error().kind != ErrorKind::bug,
         "an answer is never blamed on us");
  }
  if (const auto dids = parse_dids(json)) {
    for (const Did& did : *dids) must_be_utf8(did.number.e164());
  } else {
    must_be_a_sentence(dids.error().detail);
  }
  if (const auto setups = parse_account_setups(json)) {
    for (const AccountSetup& setup : *setups) {
      const SubAccount& account = setup.account;
      must(!account.id.value.empty(), "an account has a name");
      must(account.extension.empty() || account.extension.starts_with(kExtensionPrefix), "an extension is as dialled");
      must(setup.max_expiry > 0, "a registration lasts a while");
      for (const std::string& text : {account.id.value, setup.password, setup.description}) must_be_utf8(text);
    }
  } else {
    must_be_a_sentence(setups.error().detail);
  }
  if (const auto places = parse_did_places(json)) {
    for (const DidPlace& place : *places) must_be_utf8(place.pop);
  } else {
    must_be_a_sentence(places.error().detail);
  }
  if (const auto servers = parse_servers(json)) {
    for (const PopServer& server : *servers) {
      must(!server.pop.empty() && !server.host.empty(), "a server has a place and a name");
      must_be_utf8(server.host);
    }
  } else {
    must_be_a_sentence(servers.error().detail);
  }
  if (const auto log = parse_log(json)) {
    for (const LoggedMessage& entry : *log) {
      must(!entry.id.empty(), "an entry has an id");
      for (const std::string& text : {entry.id, entry.date, entry.did, entry.contact, entry.text}) must_be_utf8(text);
    }
  } else {
    must_be_a_sentence(log.error().detail);
  }
  return 0;
}
