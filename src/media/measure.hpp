// SPDX-License-Identifier: Apache-2.0
// How long a file is, and its hash. Pure but for reading; any thread.
#pragma once

#include <optional>

#include "media/blob_store.hpp"

namespace mmsgate::media {

/// Of all that is in the file `fd`. Nothing: it cannot be read; errno says why.
[[nodiscard]] std::optional<Kept> measure(int fd, const BlobId& id);

}  // namespace mmsgate::media
