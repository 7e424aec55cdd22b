// SPDX-License-Identifier: Apache-2.0
// The public links of the files that we keep. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/message.hpp"

namespace mmsgate::gateway {

/// "https://sms.example.org:38443/mmsmedia/0123...ef.jpg": the ending is for carriers and phones that go by it.
[[nodiscard]] std::string link_to(std::string_view media_base, const BlobId& blob, std::string_view type);

/// Where whoever gets the part fetches it: from us, or from another file server. Empty: nowhere, it is not stored.
[[nodiscard]] std::string link_of(const Part& part, std::string_view media_base);

/// What stands behind the media path: an id, with or without an ending; or a UUID, as in links of the first MMSGate.
[[nodiscard]] std::optional<BlobId> blob_of_name(std::string_view name);

/// The file of ours that a URL names; nothing when it is not one of our links.
[[nodiscard]] std::optional<BlobId> blob_of_link(std::string_view media_base, std::string_view url);

}  // namespace mmsgate::gateway
