// SPDX-License-Identifier: Apache-2.0
#include "gateway/links.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include <fmt/format.h>

#include "crypto/secret.hpp"
#include "media/sniff.hpp"

namespace mmsgate::gateway {
namespace {

using std::chrono::days;

constexpr TimePoint kNoEnd = formats::MediaLink::kNoEnd;
constexpr auto kShortest = days(2);

/// Phones and carriers do not take a - at the end of a line for a part of the link; so each has an ending.
std::string_view ending_for(std::string_view type) {
  const std::string_view ending = media::extension_for(type);
  return ending.empty() ? ".bin" : ending;
}

}  // namespace

Links::Links(const Settings& settings, std::shared_ptr<const media::LinkKeys> keys, TimePoint now)
    : base_(settings.media_base), files_may_stay_(settings.most_media_kept > 0), keys_(std::move(keys)), now_(now) {}

Links::Links(const World& world) : Links(*world.settings.read(), world.link_keys.read(), world.clock.now()) {}

/// The file's, but not at once: what waited for long and arrives late must still be had. Whole days, so that the next
/// try brings the same link. A file that may stay while there is room has a link as long as it is there.
TimePoint Links::end_for(TimePoint until) const {
  if (files_may_stay_) return kNoEnd;
  return std::max<TimePoint>(until, std::chrono::floor<days>(now_) + kShortest);
}

std::string Links::to(const BlobId& blob, std::string_view type, TimePoint until, std::string_view recipient) const {
  return fmt::format("{}/{}{}", base_, keys_->name(blob, end_for(until), recipient), ending_for(type));
}

std::string Links::of(const Part& part, std::string_view recipient) const {
  return part.blob ? to(*part.blob, part.type, part.until.value_or(now_), recipient) : part.source_url;
}

std::optional<std::string_view> Links::name_in(std::string_view url) const {
  if (!url.starts_with(base_)) return std::nullopt;
  url.remove_prefix(base_.size());
  if (!url.starts_with('/')) return std::nullopt;
  return url.substr(1);
}

std::optional<Links::Named> Links::read(std::string_view name) const {
  if (auto blob = keys_->open(name, now_)) return Named{.blob = *std::move(blob)};
  const std::string_view stem = name.substr(0, name.find('.'));
  auto blob = BlobId::parse(stem);
  if (!blob) blob = BlobId::parse_uuid(stem);
  if (!blob) return std::nullopt;
  return Named{.blob = *std::move(blob), .is_plain = true};
}

bool opens(const Links::Named& named, const store::Blob& blob) { return !named.is_plain || blob.has_plain_link; }

Result<std::optional<store::Blob>> find_linked(const Links& links, std::string_view name, store::Store& store) {
  const auto named = links.read(name);
  if (!named) return std::nullopt;
  auto blob = store.find_blob(named->blob);
  if (blob && *blob && !opens(*named, **blob)) return std::nullopt;
  return blob;
}

std::string uploader_of(std::string_view from, const Directory& directory) {
  const auto colon = from.find(':');
  const std::string_view rest = colon == std::string_view::npos ? std::string_view() : from.substr(colon + 1);
  const std::string user(rest.substr(0, rest.find('@')));
  return directory.find(user) != nullptr ? user : std::string(kUploads);
}

Result<media::LinkKeys> read_link_keys(store::Store& store) {
  auto secrets = store.link_secrets();
  if (!secrets) return std::unexpected(secrets.error());
  const auto revocations = store.link_revocations();
  if (!revocations) return std::unexpected(revocations.error());
  if (secrets->empty()) return fail(ErrorKind::corrupt, "the database has no secret to sign links with");
  const LinkSecret current = std::move(secrets->front());
  secrets->erase(secrets->begin());
  return media::LinkKeys(current, *secrets, *revocations);
}

Result<media::LinkKeys> open_link_keys(store::Store& store, Random& random, TimePoint now) {
  const auto secrets = store.link_secrets();
  if (!secrets) return std::unexpected(secrets.error());
  if (!secrets->empty()) return read_link_keys(store);
  std::promise<Result<bool>> made;
  store.rotate_links({.secret = crypto::make_secret(random), .now = now, .former_until = now},
                     [&](Result<bool> done) { made.set_value(std::move(done)); });
  if (const auto done = made.get_future().get(); !done) return std::unexpected(done.error());
  return read_link_keys(store);
}

TimePoint end_of_former_links(const Settings& settings, TimePoint now) {
  return settings.most_media_kept > 0 ? kNoEnd : std::chrono::floor<days>(now) + kShortest;
}

}  // namespace mmsgate::gateway
