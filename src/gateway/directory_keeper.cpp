// SPDX-License-Identifier: Apache-2.0
#include "gateway/directory_keeper.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate::gateway {

Result<bool> DirectoryKeeper::start() {
  auto known = world_.store.directory();
  if (!known) return std::unexpected(known.error());
  world_.book.replace(std::move(*known));
  world_.loop.post([this] { refresh(); });
  return true;
}

void DirectoryKeeper::refresh() {
  if (std::exchange(is_asking_, true)) {
    again_ = true;
    return;
  }
  api_.account_setups([this](Result<std::vector<formats::AccountSetup>> answer) {
    world_.loop.post([this, answer = std::move(answer)] { on_accounts(answer); });
  });
}

void DirectoryKeeper::on_accounts(const Result<std::vector<formats::AccountSetup>>& setups) {
  if (!setups) return ask_again(setups.error());
  on_read_(*setups);
  std::vector<SubAccount> accounts;
  for (const formats::AccountSetup& each : *setups) accounts.push_back(each.account);
  api_.dids([this, accounts = std::move(accounts)](Result<std::vector<Did>> answer) mutable {
    world_.loop.post([this, accounts = std::move(accounts), answer = std::move(answer)]() mutable {
      on_dids(std::move(accounts), std::move(answer));
    });
  });
}

void DirectoryKeeper::on_dids(std::vector<SubAccount> accounts, Result<std::vector<Did>> dids) {
  // The numbers only serve advice: without them, messages still find their sub accounts.
  publish(Directory(std::move(accounts), dids ? *dids : world_.book.read()->dids()));
  if (!dids) return ask_again(dids.error());
  failures_ = 0;
  refresh_after(world_.settings.read()->directory_every);
}

void DirectoryKeeper::refresh_after(Duration wait) {
  is_asking_ = false;
  if (std::exchange(again_, false)) return refresh();
  world_.loop.post_after(wait, [this, mine = ++timer_] {
    if (mine == timer_) refresh();
  });
}

void DirectoryKeeper::ask_again(const Error& error) {
  // The first failure and every hour or so after it: an outage must not fill the log.
  constexpr int kSayEvery = 10;
  if (failures_++ % kSayEvery == 0) {
    world_.log.warning("cannot read the directory from VoIP.ms, going on with the {} sub accounts known: {}",
                       world_.book.read()->accounts().size(), error.detail);
  }
  const auto settings = world_.settings.read();
  refresh_after(std::min(settings->directory_every, settings->carrier_policy.wait(failures_, world_.random)));
}

void DirectoryKeeper::publish(Directory directory) {
  advise(directory);
  if (written_ && directory == *world_.book.read()) return;
  auto copy = directory;
  world_.store.replace_directory(std::move(copy), world_.clock.now(),
                                 [this, directory = std::move(directory)](const Result<bool>& stored) mutable {
                                   if (!stored)
                                     world_.log.error("cannot write down the directory: {}", stored.error().detail);
                                   world_.log.info("the directory has {} sub accounts and {} numbers",
                                                   directory.accounts().size(), directory.dids().size());
                                   world_.book.replace(std::move(directory));
                                   world_.loop.post([this, written = stored.has_value()] { written_ = written; });
                                 });
}

void DirectoryKeeper::advise(const Directory& directory) {
  auto advice = directory.advice();
  if (advice == std::exchange(advice_, advice)) return;
  for (const std::string& sentence : advice) world_.log.warning("at VoIP.ms, {}", sentence);
}

}  // namespace mmsgate::gateway
