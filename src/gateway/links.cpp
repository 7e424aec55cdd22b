// SPDX-License-Identifier: Apache-2.0
#include "gateway/links.hpp"

#include <fmt/format.h>

#include "media/sniff.hpp"

namespace mmsgate::gateway {

std::string link_to(std::string_view media_base, const BlobId& blob, std::string_view type) {
  return fmt::format("{}/{}{}", media_base, blob.str(), media::extension_for(type));
}

std::string link_of(const Part& part, std::string_view media_base) {
  return part.blob ? link_to(media_base, *part.blob, part.type) : part.source_url;
}

std::optional<BlobId> blob_of_name(std::string_view name) {
  const std::string_view stem = name.substr(0, name.find('.'));
  const auto id = BlobId::parse(stem);
  return id ? id : BlobId::parse_uuid(stem);
}

std::optional<BlobId> blob_of_link(std::string_view media_base, std::string_view url) {
  if (!url.starts_with(media_base)) return std::nullopt;
  url.remove_prefix(media_base.size());
  if (!url.starts_with('/')) return std::nullopt;
  return blob_of_name(url.substr(1));
}

}  // namespace mmsgate::gateway
