// SPDX-License-Identifier: Apache-2.0
#include "media/link_keys.hpp"

#include <utility>

#include "crypto/mac.hpp"
#include "crypto/same.hpp"

namespace mmsgate::media {
namespace {

// What is made for one purpose is not taken for another.
constexpr std::string_view kForRecipients = "mmsgate link recipient\n";
constexpr std::string_view kForLinks = "mmsgate link\n";

std::string eight_bytes(std::uint64_t number) {
  std::string bytes;
  for (unsigned shift = 64; shift > 0; shift -= 8) bytes += static_cast<char>((number >> (shift - 8)) & 0xFFU);
  return bytes;
}

}  // namespace

LinkKeys::LinkKeys(const LinkSecret& current, const std::vector<LinkSecret>& former,
                   const std::vector<LinkRevocation>& revocations) {
  keys_.push_back(make_key(current, revocations));
  for (const LinkSecret& each : former) keys_.push_back(make_key(each, revocations));
}

LinkKeys::Key LinkKeys::make_key(const LinkSecret& secret, const std::vector<LinkRevocation>& revocations) {
  Key key{.secret = secret.secret, .until = secret.until, .generations = {}};
  for (const LinkRevocation& each : revocations) {
    std::string what = each.recipient.empty() ? "" : recipient_bytes(key.secret, each.recipient);
    if (each.blob) what += each.blob->str();
    key.generations[std::move(what)] = each.generation;
  }
  return key;
}

std::string LinkKeys::recipient_bytes(std::string_view secret, std::string_view recipient) {
  return crypto::hmac_sha256(secret, std::string(kForRecipients).append(recipient))
      .substr(0, formats::MediaLink::kRecipientBytes);
}

/// Each revocation raises one of the four numbers, and so their sum.
std::string LinkKeys::seal_of(const Key& key, const formats::MediaLink& link) {
  std::uint64_t generation = 0;
  for (const std::string& whose : {std::string(), link.recipient}) {
    for (const std::string& what : {std::string(), link.blob.str()}) {
      const auto found = key.generations.find(whose + what);
      if (found != key.generations.end()) generation += found->second;
    }
  }
  return crypto::hmac_sha256(key.secret,
                             std::string(kForLinks).append(sealed_bytes(link)).append(eight_bytes(generation)))
      .substr(0, formats::MediaLink::kSealBytes);
}

std::string LinkKeys::name(const BlobId& blob, TimePoint until, std::string_view recipient) const {
  const Key& key = keys_.front();
  formats::MediaLink link{
      .blob = blob, .until = until, .recipient = recipient_bytes(key.secret, recipient), .seal = ""};
  link.seal = seal_of(key, link);
  return write_media_link(link);
}

std::optional<BlobId> LinkKeys::open(std::string_view name, TimePoint now) const {
  auto link = formats::parse_media_link(name);
  if (!link) return std::nullopt;
  bool is_true = false;
  for (const Key& key : keys_) {  // all, whichever it is
    const bool is_good = !key.until || now < *key.until;
    is_true |= crypto::same(seal_of(key, *link), link->seal) && is_good;
  }
  if (!is_true || now >= link->until) return std::nullopt;
  return std::move(link->blob);
}

}  // namespace mmsgate::media
