// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_logins.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "crypto/digest.hpp"
#include "crypto/seal.hpp"
#include "crypto/secret.hpp"
#include "crypto/stretch.hpp"

namespace mmsgate::gateway {
namespace {

constexpr const char* kName = "phone logins";
/// Of one account: who makes up domains does not fill the database.
constexpr std::ptrdiff_t kMostRealms = 8;

/// It stands in a line with blanks between.
bool is_word(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) { return c > ' ' && c != '\x7f'; });
}

}  // namespace

Result<bool> PhoneLogins::start() {
  const auto sealed = world_.store.sealed(kName);
  if (!sealed) return std::unexpected(sealed.error());
  if (!*sealed) return true;
  auto key = crypto::stretch(api_password_, (*sealed)->salt);
  if (!key) return std::unexpected(key.error());
  salt_ = (*sealed)->salt;
  key_ = *std::move(key);
  if (const auto text = crypto::unseal(key_, kName, (*sealed)->text)) {
    written_ = *text;
    known_.kept = read(*text);
    for (const auto& [place, hashes] : known_.kept) {
      if (std::ranges::find(realms_, place.second) == realms_.end()) places_.push_back(place);
    }
  } else {
    world_.log.info(
        "phones can send files once VoIP.ms has been reached: what was kept of their logins is of another API "
        "password");
  }
  publish();
  return true;
}

void PhoneLogins::learn(const std::vector<formats::AccountSetup>& accounts) {
  std::map<std::string, std::string> passwords;
  std::vector<std::string> without;
  for (const formats::AccountSetup& each : accounts) {
    const std::string& account = each.account.id.value;
    if (each.password.empty()) without.push_back(account);
    if (is_word(account) && !each.password.empty()) passwords[account] = each.password;
  }
  world_.loop.post([this, passwords = std::move(passwords), without = std::move(without)]() mutable {
    if (without != std::exchange(without_password_, without) && !without.empty()) {
      world_.log.warning(
          "VoIP.ms shows no password of {}: phones of theirs cannot log in to send files ([web] uploadlogin)",
          fmt::join(without, ", "));
    }
    known_.was_read = true;
    known_.passwords = std::move(passwords);
    known_.kept = to_keep();
    publish();
    write();
  });
}

Result<std::optional<std::string>> PhoneLogins::hash(formats::DigestHash kind, const std::string& user,
                                                     const std::string& realm) const {
  const auto known = book_.read();
  const auto word = [kind](const Hashes& hashes) {
    return kind == formats::DigestHash::md5 ? hashes.md5 : hashes.sha256;
  };
  if (const auto kept = known->kept.find({user, realm}); kept != known->kept.end()) return word(kept->second);
  if (const auto password = known->passwords.find(user); password != known->passwords.end()) {
    return word(hashes_of({user, realm}, password->second));
  }
  if (known->was_read) return std::nullopt;
  return fail(ErrorKind::transient, "the sub accounts have not been read from VoIP.ms yet");
}

void PhoneLogins::used(const std::string& user, const std::string& realm) {
  if (book_.read()->kept.contains({user, realm})) return;
  world_.loop.post([this, place = Place(user, realm)] {
    if (!known_.passwords.contains(place.first) || known_.kept.contains(place)) return;
    places_.push_back(place);
    const auto of_account = [&](const Place& each) { return each.first == place.first; };
    if (std::ranges::count_if(places_, of_account) > kMostRealms)
      places_.erase(std::ranges::find_if(places_, of_account));
    known_.kept = to_keep();
    publish();
    write();
  });
}

void PhoneLogins::replace_password(std::string api_password) {
  world_.loop.post([this, api_password = std::move(api_password)]() mutable {
    if (api_password == api_password_) return;
    api_password_ = std::move(api_password);
    key_.clear();
    written_.clear();
    if (known_.was_read) write();
  });
}

void PhoneLogins::publish() { book_.replace(known_); }

void PhoneLogins::write() {
  std::string text = text_of(known_.kept);
  if (text == written_) return;
  if (!key_.empty()) return seal(text);
  if (salt_.empty()) salt_ = crypto::make_secret(world_.random);
  // Making the key takes a while.
  world_.work.post([this, password = api_password_, salt = salt_] {
    auto key = crypto::stretch(password, salt);
    world_.loop.post([this, password, key = std::move(key)]() mutable {
      if (!key) return world_.log.error("{}", key.error().detail);
      if (password != api_password_) return;  // it has been replaced meanwhile, and another key is under way
      key_ = *std::move(key);
      seal(text_of(known_.kept));
    });
  });
}

void PhoneLogins::seal(const std::string& text) {
  auto sealed = crypto::seal(key_, kName, text, world_.random);
  if (!sealed) return world_.log.error("the phones' logins cannot be kept: {}", sealed.error().detail);
  written_ = text;
  world_.store.keep_sealed({.name = kName, .salt = salt_, .text = *std::move(sealed)},
                           [this](const Result<bool>& stored) {
                             if (stored) return;
                             world_.log.error("the phones' logins cannot be written down: {}", stored.error().detail);
                             world_.loop.post([this] { written_.clear(); });  // the next look at VoIP.ms tries again
                           });
}

PhoneLogins::Kept PhoneLogins::to_keep() const {
  Kept kept;
  const auto add = [&](const Place& place, const std::string& password) {
    kept.emplace(place, hashes_of(place, password));
  };
  for (const auto& [account, password] : known_.passwords) {
    for (const std::string& realm : realms_) add({account, realm}, password);
  }
  for (const Place& place : places_) {
    if (const auto found = known_.passwords.find(place.first); found != known_.passwords.end()) {
      add(place, found->second);
    }
  }
  return kept;
}

PhoneLogins::Hashes PhoneLogins::hashes_of(const Place& place, const std::string& password) {
  const std::string text = fmt::format("{}:{}:{}", place.first, place.second, password);
  return {.md5 = crypto::md5(text), .sha256 = crypto::sha256(text)};
}

std::string PhoneLogins::text_of(const Kept& kept) {
  std::string text;
  for (const auto& [place, hashes] : kept) {
    text += fmt::format("{} {} {} {}\n", place.first, place.second, hashes.md5, hashes.sha256);
  }
  return text;
}

PhoneLogins::Kept PhoneLogins::read(const std::string& text) {
  Kept kept;
  std::istringstream words(text);
  Place place;
  Hashes hashes;
  while (words >> place.first >> place.second >> hashes.md5 >> hashes.sha256) kept.emplace(place, hashes);
  return kept;
}

}  // namespace mmsgate::gateway
