// SPDX-License-Identifier: Apache-2.0
// What a file really is, by its first bytes. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace mmsgate::media {

/// The MIME type that the first bytes (64 are enough) prove: JPEG, PNG, GIF, WebP, BMP, MP4/3GP/QuickTime, HEIC, MP3,
/// WAV, OGG, AMR, MIDI, PDF, text/html (also XHTML and SVG with script: what a browser would run). Empty: unknown.
[[nodiscard]] std::string sniff(std::string_view head);

/// The type to keep and serve: what the bytes prove, else what was declared, else application/octet-stream. Parameters
/// are dropped, and HTML is never believed to be media: it is an error page.
[[nodiscard]] std::string settle_type(std::string_view declared, std::string_view head);

/// Would a browser that is sent this type show a page of the sender's making, or run it: HTML, XML of any kind (SVG
/// too), scripts, styles? Nothing of ours may ever be sent as such.
[[nodiscard]] bool is_active(std::string_view type);

/// ".jpg" for "image/jpeg"; empty when unknown.
[[nodiscard]] std::string_view extension_for(std::string_view type);
/// "image/jpeg" for ".jpg", the first that has it; empty when unknown. ".jpeg" and capitals are not known.
[[nodiscard]] std::string_view type_for(std::string_view extension);

}  // namespace mmsgate::media
