// SPDX-License-Identifier: Apache-2.0
// What every journey is handed: the outside world as interfaces, and how the owner wants things done. Everything in it
// may be used from any thread, and outlives the journeys.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/copy_filter.hpp"
#include "core/directory.hpp"
#include "core/hook.hpp"
#include "core/random.hpp"
#include "core/retry_policy.hpp"
#include "core/send_plan.hpp"
#include "core/time.hpp"
#include "media/link_keys.hpp"
#include "net/http_client.hpp"
#include "runtime/log.hpp"
#include "runtime/loop.hpp"
#include "store/store.hpp"

namespace mmsgate::gateway {

/// What is replaced as a whole now and then. Thread-safe: who asks gets a snapshot that never changes.
template <typename T>
class Book {
 public:
  Book() = default;
  explicit Book(T first) : now_(std::make_shared<const T>(std::move(first))) {}
  [[nodiscard]] std::shared_ptr<const T> read() const {
    const std::lock_guard lock(mutex_);
    return now_;
  }
  void replace(T next) {
    auto fresh = std::make_shared<const T>(std::move(next));
    const std::lock_guard lock(mutex_);
    now_ = std::move(fresh);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> now_ = std::make_shared<const T>();
};

/// The directory as it was read last.
using DirectoryBook = Book<Directory>;

struct Settings {
  std::string
      media_base;  ///< The public URL of media, without a slash at the end: "https://sms.example.org:38443/mmsmedia".
  std::string proxy_route;       ///< Where MESSAGEs for phones are sent: "sip:127.0.0.1:5060".
  bool heeds_assertions = true;  ///< Of the proxy, about who has logged in.
  int phone_rate = 120;          ///< Messages a minute from one account; 0: as many as it likes.
  int phone_rate_all = 3000;     ///< From all together.
  Layout layout = Layout::together;
  CopyFilter copy_filter;
  CarrierLimits carrier_limits;
  OutgoingChoice outgoing;
  RetryPolicy phone_policy;
  RetryPolicy carrier_policy;
  Duration proxy_keeps = std::chrono::hours(24 * 7);  ///< A MESSAGE for a phone that is away; 0: what it keeps is safe.
  Duration carrier_settles =
      std::chrono::minutes(2);  ///< After so long, a call without an answer has been done or never will be.
  RetryPolicy media_policy{
      .first = std::chrono::seconds(1), .longest = std::chrono::minutes(1), .give_up_after = std::chrono::minutes(10)};
  bool receipts = true;          ///< Tell the phone by IMDN what became of its message.
  bool notify_strangers = true;  ///< Tell a stranger by SMS that nobody got the message.
  net::Reach media_reach = net::Reach::public_only;
  std::uint64_t most_media_bytes = 25U << 20;
  Duration media_kept = std::chrono::hours(24 * 365);
  std::uint64_t most_media_kept = 0;   ///< Expired files may stay while all are below; 0: they may not.
  Duration messages_kept{};            ///< 0: for ever.
  std::uint64_t upload_quota = 0;      ///< Bytes within 24 hours that an account may send here; 0: as many as it likes.
  std::uint64_t upload_quota_all = 0;  ///< All together.
  Duration directory_every = std::chrono::hours(1);
  Duration catch_up_every = std::chrono::hours(1);     ///< 0: never.
  Duration catch_up_after = std::chrono::minutes(10);  ///< So long a message's web hook may be on its way.
  bool catch_up_sent = true;                           ///< Also with what was sent.
  HookBare hook_bare = HookBare::verify;
  bool hook_check = false;                        ///< Web hooks with a token are looked up in the log too.
  Duration hook_pause = std::chrono::seconds(3);  ///< At the least, between two looks into the log for web hooks.
  Duration look_back = std::chrono::hours(24 * 7);
  int phones_at_once = 64;  ///< MESSAGEs on their way that have had no answer at all, not even 100.
  int carrier_at_once = 8;
  int fetches_at_once = 4;
};

/// How the owner wants things done now.
using SettingsBook = Book<Settings>;

/// By what links are signed now.
using LinkBook = Book<media::LinkKeys>;

struct World {
  const Clock& clock;
  Random& random;
  runtime::Log& log;
  store::Store& store;
  runtime::Loop& loop;  ///< "gateway": where the journeys keep their state.
  runtime::Loop& work;  ///< "work": what may take a while, such as fsync of a file.
  DirectoryBook& book;
  const SettingsBook& settings;
  const LinkBook& link_keys;
};

}  // namespace mmsgate::gateway
