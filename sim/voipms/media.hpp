// SPDX-License-Identifier: Apache-2.0
// Pictures and other files: fetching what sendMMS names, serving what messages hold. Any thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "voipms/http_server.hpp"
#include "voipms/world.hpp"

namespace mmsgate_sim {

/// The type that the bytes or the name's ending tell; empty: unknown.
[[nodiscard]] std::string guess_type(std::string_view name, std::string_view bytes);
/// JPG GIF PNG MP3 WAV MIDI MP4 3GP, which is all that the provider takes.
[[nodiscard]] bool is_carried(std::string_view type);

/// Where one can have the n-th media of a message, from 0.
[[nodiscard]] std::string media_url(const std::string& base, const Message& message, std::size_t n);
[[nodiscard]] Json media_urls(const std::string& base, const Message& message);

/// The media of a call; or a complaint, and then the media are of no use.
using Fetched = std::move_only_function<void(std::vector<Media> media, std::string complaint)>;
/// Fetches every source (a URL, or base64 of the bytes) at once and calls `done` on the outgoing thread, or from within
/// when there is nothing to fetch.
void fetch_media(Outgoing& outgoing, const Limits& limits, const std::vector<std::string>& sources, Fetched done);

/// GET /media/{id}/{n}/NAME, with the faults on "media".
void serve_media(World& world, const Request& request, Reply reply);

/// One kept file, as it is; 404 when there is none.
[[nodiscard]] Answer media_answer(const World& world, std::string_view id, std::string_view n);

}  // namespace mmsgate_sim
