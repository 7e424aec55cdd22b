// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_setup.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "crypto/digest.hpp"

namespace mmsgate::gateway {
namespace {

std::unexpected<Error> refuse(std::string why) { return fail(ErrorKind::rejected, std::move(why)); }

/// It becomes the name of a file, and stands in a list with blanks between.
bool is_usual_name(std::string_view name) {
  return std::ranges::all_of(name, [](char c) { return c > ' ' && c <= '~' && c != '/' && c != '\\'; }) &&
         !name.starts_with('.');
}

Result<std::string> domain_of(const Number& number, const CarrierLists& lists) {
  const auto did = std::ranges::find(lists.dids, number, &formats::DidPlace::number);
  if (did == lists.dids.end()) {
    return refuse(fmt::format("its Caller ID number {} is none of the account's numbers", number.national()));
  }
  const auto server = std::ranges::find(lists.servers, did->pop, &formats::PopServer::pop);
  if (server == lists.servers.end()) {
    return refuse(
        fmt::format("VoIP.ms names no server {}, which its number {} is said to be at", did->pop, number.national()));
  }
  return server->host;
}

std::string name_of(const formats::AccountSetup& account) {
  if (!account.description.empty()) return account.description;
  const std::string& id = account.account.id.value;
  return id.substr(id.find('_') + 1);
}

}  // namespace

Result<formats::PhoneAccount> set_up(const formats::AccountSetup& account, const CarrierLists& lists,
                                     const PhoneWishes& wishes) {
  const auto& caller_id = account.account.caller_id;
  if (!is_usual_name(account.account.id.value)) return refuse("it has a name that no sub account should have");
  if (!caller_id) return refuse("it has no Caller ID number; give it one at VoIP.ms (Manage Sub Accounts)");
  if (account.password.empty() && wishes.login != LoginForm::none) {
    return refuse("VoIP.ms shows no password of it; with --no-password its phone asks for it");
  }
  const auto domain = wishes.domain.empty() ? domain_of(*caller_id, lists) : Result<std::string>(wishes.domain);
  if (!domain) return std::unexpected(domain.error());
  using enum formats::PhoneTransport;
  formats::PhoneAccount phone{.user = account.account.id.value, .domain = *domain, .proxy = wishes.proxy};
  phone.transport = wishes.transport.value_or(account.is_encrypted ? tls : udp);
  phone.is_sips = account.is_encrypted && phone.transport == tls;
  phone.expires = account.max_expiry;
  switch (wishes.login) {
    case LoginForm::ha1:
      phone.ha1 = crypto::md5(fmt::format("{}:{}:{}", phone.user, phone.domain, account.password));
      break;
    case LoginForm::plain:
      phone.password = account.password;
      break;
    case LoginForm::none:
      break;
  }
  return phone;
}

Result<formats::PhoneConfig> set_up_phone(const Accounts& accounts, const CarrierLists& lists,
                                          const PhoneWishes& wishes) {
  formats::PhoneConfig phone{.stun_server = wishes.stun_server, .upload_url = wishes.upload_url};
  for (const formats::AccountSetup* each : accounts) {
    auto account = set_up(*each, lists, wishes);
    if (!account) return std::unexpected(account.error());
    phone.accounts.push_back(*std::move(account));
    if (each->is_encrypted != accounts.front()->is_encrypted) {
      return refuse(
          fmt::format("a phone encrypts its calls for all of its accounts or for none: at VoIP.ms, Encrypted "
                      "SIP Traffic differs between {} and {}",
                      accounts.front()->account.id.value, each->account.id.value));
    }
    phone.encrypts_media = each->is_encrypted;
  }
  return phone;
}

std::vector<formats::Contact> contacts_for(const Accounts& accounts, const formats::PhoneConfig& phone,
                                           const CarrierLists& lists) {
  const formats::PhoneAccount& own = phone.accounts.front();
  std::vector<formats::Contact> contacts;
  for (const formats::AccountSetup& other : lists.accounts) {
    if (other.account.extension.empty() || std::ranges::find(accounts, &other) != accounts.end()) continue;
    contacts.push_back(
        {.name = name_of(other),
         .address = fmt::format("{}:{}@{}", own.is_sips ? "sips" : "sip", other.account.extension, own.domain)});
  }
  return contacts;
}

}  // namespace mmsgate::gateway
