// SPDX-License-Identifier: Apache-2.0
#include "gateway/upload_quota.hpp"

#include <fmt/format.h>

namespace mmsgate::gateway {
namespace {

constexpr std::uint64_t kMegabyte = 1'000'000;

/// 0: as much as they like.
bool is_over(std::uint64_t most, std::uint64_t stored, std::uint64_t under_way, std::uint64_t more) {
  return most > 0 && stored + under_way + more > most;
}

}  // namespace

std::expected<std::shared_ptr<void>, web::Response> UploadQuota::reserve(const std::string& account,
                                                                         std::uint64_t bytes) {
  const auto settings = world_.settings.read();
  store::Uploaded stored;
  if (settings->upload_quota > 0 || settings->upload_quota_all > 0) {
    const auto counted = world_.store.uploaded(account, world_.clock.now() - std::chrono::hours(24));
    if (!counted) return std::unexpected(web::Response{.status = 507, .body = "cannot store it now\n"});
    stored = *counted;
  }
  const std::lock_guard lock(under_->mutex);
  const auto mine = under_->by_account.find(account);
  const std::uint64_t under_way = mine == under_->by_account.end() ? 0 : mine->second;
  if (!account.empty() && is_over(settings->upload_quota, stored.by_account, under_way, bytes)) {
    return std::unexpected(web::Response{
        .status = 413,
        .body =
            fmt::format("this account may send {} MB within 24 hours, and has: try again later, or see uploadquota\n",
                        settings->upload_quota / kMegabyte)});
  }
  if (is_over(settings->upload_quota_all, stored.by_all, under_->by_all, bytes)) {
    return std::unexpected(web::Response{
        .status = 507,
        .body = fmt::format("all together may send {} MB within 24 hours, and have: try again later, or see "
                            "uploadquotaall\n",
                            settings->upload_quota_all / kMegabyte)});
  }
  under_->by_account[account] += bytes;
  under_->by_all += bytes;
  return std::shared_ptr<void>(nullptr, [under = under_, account, bytes](void* /*nothing*/) {
    const std::lock_guard ending(under->mutex);
    under->by_all -= bytes;
    if ((under->by_account[account] -= bytes) == 0) under->by_account.erase(account);
  });
}

}  // namespace mmsgate::gateway
