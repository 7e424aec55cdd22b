// SPDX-License-Identifier: Apache-2.0
#include "core/directory.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mmsgate {

std::vector<const SubAccount*> Directory::with_caller_id(const Number& did) const {
  std::vector<const SubAccount*> found;
  for (const SubAccount& account : accounts_) {
    if (account.caller_id == did) found.push_back(&account);
  }
  return found;
}

const SubAccount* Directory::find(std::string_view account) const {
  const auto it = std::ranges::find_if(accounts_, [&](const SubAccount& a) { return a.id.value == account; });
  return it == accounts_.end() ? nullptr : &*it;
}

const SubAccount* Directory::with_extension(std::string_view dialled) const {
  if (dialled.empty()) return nullptr;
  const auto it = std::ranges::find(accounts_, dialled, &SubAccount::extension);
  return it == accounts_.end() ? nullptr : &*it;
}

const Did* Directory::find_did(const Number& number) const {
  const auto it = std::ranges::find(dids_, number, &Did::number);
  return it == dids_.end() ? nullptr : &*it;
}

std::vector<std::string> Directory::advice() const {
  std::vector<std::string> sentences;
  for (const Did& did : dids_) {
    if (!did.messages_on) {
      sentences.push_back(fmt::format("{}: SMS and MMS are switched off for this number", did.number.national()));
    } else if (with_caller_id(did.number).empty()) {
      sentences.push_back(
          fmt::format("{}: no sub account has this number as its Caller ID number, so nobody gets its "
                      "messages",
                      did.number.national()));
    }
  }
  if (dids_.empty()) return sentences;
  for (const SubAccount& account : accounts_) {
    if (!account.caller_id || find_did(*account.caller_id) != nullptr) continue;
    sentences.push_back(fmt::format("{}: its Caller ID number {} is none of this account's numbers", account.id.value,
                                    account.caller_id->national()));
  }
  return sentences;
}

bool looks_like_extension(std::string_view dialled) {
  constexpr std::size_t kMostDigits = 10;
  if (!dialled.starts_with(kExtensionPrefix)) return false;
  const std::string_view rest = dialled.substr(kExtensionPrefix.size());
  // A ten-digit number never begins with 1, so an extension is never taken for a number.
  return !rest.empty() && rest.size() <= kMostDigits &&
         std::ranges::all_of(rest, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace mmsgate
