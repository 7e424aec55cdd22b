// SPDX-License-Identifier: Apache-2.0
// JSON as VoIP.ms writes it: numbers as strings or numbers, lists that are single values, fields null or missing.
// Nothing here throws. For this room only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.hpp"

namespace mmsgate::formats {

using Json = nlohmann::json;

/// corrupt: not JSON, or nested deeper than 32 levels. What is not UTF-8, and half a surrogate pair in an escape,
/// becomes U+FFFD.
[[nodiscard]] Result<Json> parse_json(std::string_view text);

/// The field of an object; null for all that is not there.
[[nodiscard]] const Json& field_of(const Json& object, const char* name);

/// A string trimmed, a number in digits, true as "1" and false as "0"; else empty.
[[nodiscard]] std::string word_of(const Json& value);
[[nodiscard]] std::string word_of(const Json& object, const char* name);

/// A string as it is; else as word_of.
[[nodiscard]] std::string text_of(const Json& object, const char* name);

/// The items of a list, whatever it is written as: an array; an object whose keys are numbers (PHP writes lists with
/// gaps so); a single value. Null is no item. The pointers look into `value`.
[[nodiscard]] std::vector<const Json*> items_of(const Json& value);

/// Of each item the word itself, or the word in its field `name`; empty ones are left out.
[[nodiscard]] std::vector<std::string> words_of(const Json& list, const char* name);

}  // namespace mmsgate::formats
