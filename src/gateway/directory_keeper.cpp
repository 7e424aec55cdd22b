// SPDX-License-Identifier: Apache-2.0
#include "gateway/directory_keeper.hpp"

#include <algorithm>
#include <utility>

namespace mmsgate::gateway {

Result<bool> DirectoryKeeper::start() {
  auto known = world_.store.directory();
  if (!known) return std::unexpected(known.error());
  world_.book.replace(Directory(std::move(*known)));
  world_.loop.post([this] { refresh(); });
  return true;
}

void DirectoryKeeper::refresh() {
  api_.sub_accounts([this](Result<std::vector<SubAccount>> answer) {
    world_.loop.post([this, answer = std::move(answer)]() mutable { on_answer(std::move(answer)); });
  });
}

void DirectoryKeeper::on_answer(Result<std::vector<SubAccount>> answer) {
  if (answer) {
    failures_ = 0;
    publish(std::move(*answer));
    world_.loop.post_after(world_.settings.directory_every, [this] { refresh(); });
    return;
  }
  // The first failure and every hour or so after it: an outage must not fill the log.
  constexpr int kSayEvery = 10;
  if (failures_++ % kSayEvery == 0) {
    world_.log.warning("cannot read the sub accounts from VoIP.ms, going on with the {} known: {}",
                       world_.book.read()->accounts().size(), answer.error().detail);
  }
  const Duration wait =
      std::min(world_.settings.directory_every, world_.settings.carrier_policy.wait(failures_, world_.random));
  world_.loop.post_after(wait, [this] { refresh(); });
}

void DirectoryKeeper::publish(std::vector<SubAccount> accounts) {
  if (accounts == world_.book.read()->accounts()) return;
  auto copy = accounts;
  world_.store.replace_directory(std::move(copy), world_.clock.now(),
                                 [this, accounts = std::move(accounts)](const Result<bool>& stored) mutable {
                                   if (!stored) {
                                     world_.log.error("cannot write down the directory: {}", stored.error().detail);
                                   }
                                   world_.log.info("the directory has {} sub accounts", accounts.size());
                                   world_.book.replace(Directory(std::move(accounts)));
                                 });
}

}  // namespace mmsgate::gateway
