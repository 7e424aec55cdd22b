// SPDX-License-Identifier: Apache-2.0
#include "gateway/errand_plan.hpp"

#include <algorithm>

#include "core/number.hpp"
#include "crypto/digest.hpp"
#include "crypto/same.hpp"
#include "crypto/secret.hpp"
#include "formats/utf8.hpp"
#include "gateway/outbound_plan.hpp"
#include "gateway/phone_deliveries.hpp"

namespace mmsgate::gateway {
namespace {

/// All are compared, and each in constant time: how long it takes says nothing of any of them.
const store::UploadKey* find_key(const std::vector<store::UploadKey>& keys, const std::string& key) {
  if (!crypto::looks_like_secret(key)) return nullptr;
  const std::string hash = crypto::sha256(key);
  const store::UploadKey* found = nullptr;
  for (const store::UploadKey& each : keys) {
    if (crypto::same(each.hash, hash)) found = &each;
  }
  return found;
}

bool covers(const store::UploadKey& key, const SubAccount* callee) {
  if (key.all_accounts) return true;
  return callee != nullptr && std::ranges::find(key.accounts, callee->id.value) != key.accounts.end();
}

bool is_sender(std::string_view from) {
  constexpr std::size_t kMost = 64;
  constexpr std::string_view kPlain = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-+";
  return !from.empty() && from.size() <= kMost && from.find_first_not_of(kPlain) == std::string_view::npos;
}

std::unexpected<web::Response> refusal(int status, std::string sentence) {
  return std::unexpected(web::Response{.status = status, .body = std::move(sentence)});
}

}  // namespace

web::Response no_warrant() {
  return {.status = 403,
          .body =
              "sending a file to a phone needs a key that is good for this phone; the gateway's owner makes one "
              "with `mmsgate keys add`\n"};
}

std::expected<Warrant, web::Response> warrant_for(const web::Errand& errand, const std::vector<store::UploadKey>& keys,
                                                  const Directory& directory) {
  const store::UploadKey* key = find_key(keys, errand.key);
  if (key == nullptr) return std::unexpected(no_warrant());
  if (directory.accounts().empty()) return refusal(503, "the sub accounts have not been read from VoIP.ms yet\n");
  const SubAccount* callee = directory.find(errand.to);
  if (callee == nullptr) callee = directory.with_extension(errand.to);
  if (!covers(*key, callee)) return std::unexpected(no_warrant());
  if (callee == nullptr) return refusal(404, "`to` is no sub account and no extension of this gateway\n");
  if (errand.from && !is_sender(*errand.from)) {
    return refusal(400, "`from` must be 1 to 64 letters, digits and . _ - + (in a URL, + is written %2B)\n");
  }
  return Warrant{.key_hash = key->hash, .callee = *callee};
}

NewMessage plan_errand(const web::Errand& errand, const SubAccount& callee, const store::Blob& blob, Layout layout,
                       Random& random) {
  NewMessage row;
  row.direction = Direction::extension;
  row.provider = "upload";
  row.provider_id = blob.id.str();
  row.own = shown_as(callee);
  row.peer = peer_form(errand.from.value_or(std::string(kScript)));
  row.text = formats::mend_utf8(errand.text);
  row.received_at = blob.created_at;
  row.parts.push_back(
      {.type = blob.type, .name = blob.name, .size = blob.size, .blob = blob.id, .state = PartState::stored});
  add_phone_deliveries(row, callee.id, layout, random);
  return row;
}

}  // namespace mmsgate::gateway
