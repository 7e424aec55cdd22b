// SPDX-License-Identifier: Apache-2.0
// The first line is a name that somebody asks for; the rest says whose link is made, and which of its bits is changed.
#include <cstring>

#include "formats/media_link.hpp"
#include "media/link_keys.hpp"
#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

namespace {

constexpr TimePoint kNow = from_unix_ms(1'800'000'000'000);
const BlobId kBlob = BlobId::parse("0123456789abcdef0123456789abcdef").value();

/// Anybody may ask for this.
void ask_for(const media::LinkKeys& keys, std::string_view name) {
  must(!keys.open(name, kNow), "who does not know the secret makes no link");
  const auto link = parse_media_link(name);
  if (!link) return;
  must(link->recipient.size() == MediaLink::kRecipientBytes && link->seal.size() == MediaLink::kSealBytes,
       "each piece has its length");
  must(link->until >= TimePoint() && link->until <= MediaLink::kNoEnd, "the time is one that can be written");
  const std::string again = write_media_link(*link);
  must(name.starts_with(again), "a link has one spelling");
  must(parse_media_link(again) == link, "what is written is read");
}

/// Bit `at` of a true link's name; never the same name.
std::string changed(std::string name, std::size_t at) {
  char& c = name[at / 8 % name.size()];
  c = static_cast<char>(c ^ (1 << (at % 8)));
  return name;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto [name, rest] = split_first_line(as_text(data, size));
  const media::LinkKeys keys({.secret = "one that no input of a fuzzer knows"});
  ask_for(keys, name);
  std::uint32_t number = 0;
  if (rest.size() < sizeof number) return 0;
  std::memcpy(&number, rest.data(), sizeof number);
  const std::string_view recipient = rest.substr(sizeof number);
  const TimePoint until = kNow + Duration(1000 + std::int64_t{number} % 1'000'000'000);
  const std::string made = keys.name(kBlob, until, recipient);
  must(keys.open(made, kNow) == kBlob && keys.open(made + ".jpg", kNow) == kBlob, "what is made opens its file");
  must(!keys.open(made, until), "and not for ever");
  must(!keys.open(changed(made, number), kNow), "a changed bit opens nothing");
  const LinkRevocation revocation{.recipient = std::string(recipient), .generation = 1};
  must(!media::LinkKeys({.secret = "one that no input of a fuzzer knows"}, {}, {revocation}).open(made, kNow),
       "what was revoked opens nothing");
  return 0;
}
