// SPDX-License-Identifier: Apache-2.0
// Small conversions: numbers, base64, URL encoding, hashes, times. Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace mmsgate_sim {

using Json = nlohmann::json;
using Time = std::chrono::system_clock::time_point;

/// The ten digits of a North American number, without +1, blanks and marks; anything else comes back as it was.
[[nodiscard]] std::string national(std::string_view number);
/// Ten digits of which VoIP.ms would take an SMS: neither area nor exchange begins with 0 or 1.
[[nodiscard]] bool is_sendable(std::string_view number);

[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);
[[nodiscard]] std::string url_encode(std::string_view text);
[[nodiscard]] std::string url_decode(std::string_view text);  ///< Of a form: + is a blank.
[[nodiscard]] std::string sha256(std::string_view bytes);     ///< Lower case hexadecimal.

/// "2026-01-31T23:59:59.123Z"
[[nodiscard]] std::string rfc3339(Time time);
/// "2026-01-31 23:59:59" so many hours from UTC; without `hours`, in New York, summer time and all.
[[nodiscard]] std::string provider_date(Time time, std::optional<int> hours);

/// A string, number or flag of JSON as text; anything else is empty.
[[nodiscard]] std::string as_text(const Json& value);
/// The member as text; empty when it is missing.
[[nodiscard]] std::string text_of(const Json& object, const char* name);
/// The member as a number, also when it is one in quotes; `fallback` when it is missing or no number.
[[nodiscard]] std::int64_t number_of(const Json& object, const char* name, std::int64_t fallback);
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);
/// JSON as it goes out; bytes that are not UTF-8 are replaced rather than refused.
[[nodiscard]] std::string dump(const Json& value);

}  // namespace mmsgate_sim
