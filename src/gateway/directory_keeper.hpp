// SPDX-License-Identifier: Apache-2.0
// Keeps the directory of sub accounts and numbers: from the store at once, so that a start without internet works, then
// from VoIP.ms, at start and each hour.
//
// Lives on the gateway's loop; start() may be called from any thread, once.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/world.hpp"
#include "voipms/api.hpp"

namespace mmsgate::gateway {

class DirectoryKeeper {
 public:
  /// Hears of the sub accounts each time they have been read, passwords and all. On the gateway's loop.
  using OnRead = std::function<void(const std::vector<formats::AccountSetup>&)>;

  /// `api` must outlive it.
  DirectoryKeeper(World world, voipms::Api& api, OnRead on_read)
      : world_(world), api_(api), on_read_(std::move(on_read)) {}

  /// Publishes what the store knows, before it returns, and asks VoIP.ms. The error is the store's.
  [[nodiscard]] Result<bool> start();
  /// Asks VoIP.ms at once; while it is being asked, once more afterwards, however often this is called. Any thread.
  void look_now() {
    world_.loop.post([this] { refresh(); });
  }

 private:
  void refresh();
  void refresh_after(Duration wait);
  void on_accounts(const Result<std::vector<formats::AccountSetup>>& setups);
  void on_dids(std::vector<SubAccount> accounts, Result<std::vector<Did>> dids);
  void ask_again(const Error& error);
  void publish(Directory directory);
  void advise(const Directory& directory);

  World world_;
  voipms::Api& api_;
  bool is_asking_ = false;
  bool again_ = false;  ///< Somebody wants it asked once more.
  const OnRead on_read_;
  int failures_ = 0;
  int timer_ = 0;                    ///< The last one that was set; those before it are void.
  bool written_ = true;              ///< The store has what the book has.
  std::vector<std::string> advice_;  ///< As it was logged last.
};

}  // namespace mmsgate::gateway
