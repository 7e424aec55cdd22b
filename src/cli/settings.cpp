// SPDX-License-Identifier: Apache-2.0
#include "cli/settings.hpp"

#include <fmt/format.h>

#include "version.hpp"

namespace mmsgate::cli {

std::string user_agent() { return fmt::format("mmsgate/{}", kVersion); }

voipms::Credentials credentials_from(const ops::Config& config) {
  return {.url = config.api_url, .user = config.api_user, .password = config.api_password};
}

gateway::Settings settings_from(const ops::Config& config) {
  gateway::Settings settings;
  settings.media_base = config.public_url + config.media_path;
  settings.layout = config.layout_separate ? Layout::separate : Layout::together;
  settings.phone_policy.give_up_after = config.give_up_after;
  settings.carrier_policy.give_up_after = config.give_up_after;
  settings.proxy_keeps = config.proxy_keeps;
  settings.carrier_settles = config.carrier_settles;
  settings.media_policy.give_up_after = config.media_wait;
  settings.heeds_assertions = config.heeds_assertions;
  settings.phone_rate = config.sip_rate;
  settings.phone_rate_all = config.sip_rate_all;
  settings.receipts = config.receipts;
  settings.notify_strangers = config.notify_strangers;
  settings.media_reach = config.media_from_loopback ? net::Reach::with_loopback : net::Reach::public_only;
  settings.media_kept = config.media_kept;
  settings.most_media_kept = config.most_media_kept;
  settings.upload_quota = config.upload_quota;
  settings.upload_quota_all = config.upload_quota_all;
  settings.messages_kept = config.messages_kept;
  settings.catch_up_every = config.catch_up_every;
  settings.catch_up_after = config.catch_up_after;
  settings.catch_up_sent = config.catch_up_sent;
  settings.hook_bare = config.hook_bare;
  settings.hook_check = config.hook_check;
  settings.look_back = config.look_back;
  settings.copy_filter = config.copy_filter;
  settings.outgoing = config.outgoing;
  return settings;
}

}  // namespace mmsgate::cli
