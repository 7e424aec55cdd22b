// SPDX-License-Identifier: Apache-2.0
#include "gateway/hook_tokens.hpp"

#include <algorithm>
#include <future>

#include "crypto/same.hpp"
#include "crypto/secret.hpp"

namespace mmsgate::gateway {
namespace {

constexpr auto kNoteEvery = std::chrono::minutes(1);
constexpr std::string_view kWhatToDo =
    "`mmsgate hook show` prints the address with its token: set it at VoIP.ms, Manage DID(s), each number, SMS/MMS "
    "Webhook "
    "URL";

}  // namespace

Result<bool> HookTokens::start() {
  if (const auto read = read_again(); !read) return read;
  if (tokens_.read()->empty()) {
    if (const auto made = make_first(); !made) return made;
  }
  advise(*tokens_.read());
  return true;
}

Result<bool> HookTokens::read_again() {
  auto tokens = world_.store.hook_tokens();
  if (!tokens) return std::unexpected(tokens.error());
  tokens_.replace(*std::move(tokens));
  return true;
}

Result<bool> HookTokens::make_first() {
  std::promise<Result<bool>> added;
  world_.store.add_hook_token(crypto::make_secret(world_.random), world_.clock.now(),
                              [&](Result<bool> done) { added.set_value(std::move(done)); });
  if (const auto done = added.get_future().get(); !done) return done;
  return read_again();
}

void HookTokens::advise(const Tokens& tokens) const {
  const bool is_used = std::ranges::any_of(tokens, [](const HookToken& each) { return each.last_used_at.has_value(); });
  switch (world_.settings.read()->hook_bare) {
    case HookBare::verify:
      if (!is_used) {
        world_.log.warning(
            "no message has come by the web hook's address with a token; one without waits until VoIP.ms' "
            "log shows it too. {}",
            kWhatToDo);
      }
      break;
    case HookBare::trust:
      world_.log.warning(
          "anybody who finds the web hook's address can send the phones a message ([web] hookbare = "
          "trust). {}",
          kWhatToDo);
      break;
    case HookBare::refuse:
      if (!is_used) {
        world_.log.warning(
            "no message has come by the web hook's address with a token, and none comes without ([web] "
            "hookbare = refuse). {}",
            kWhatToDo);
      }
      break;
  }
}

bool HookTokens::knows(std::string_view token) const {
  bool is_known = false;
  const auto tokens = tokens_.read();
  for (const HookToken& each : *tokens) is_known |= crypto::same(each.token, token);  // all, whichever it is
  return is_known;
}

void HookTokens::used(const std::string& token) {
  const TimePoint now = world_.clock.now();
  {
    const std::lock_guard lock(mutex_);
    TimePoint& noted = noted_[token];
    if (std::chrono::abs(now - noted) < kNoteEvery) return;  // also where the clock was set back
    noted = now;
  }
  world_.store.note_hook_use(token, now, [](const Result<bool>&) {});  // when it cannot, the message cannot either
}

void HookTokens::missed(HookBare what_is_done) {
  runtime::Rarely& lines = what_is_done == HookBare::trust ? daily_lines_ : once_lines_;
  if (!lines.is_time()) return;
  world_.log.warning("a message came to the web hook's address without a token. {}", kWhatToDo);
}

}  // namespace mmsgate::gateway
