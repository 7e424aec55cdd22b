// SPDX-License-Identifier: Apache-2.0
#include "formats/cpim.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "formats/header_text.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr std::string_view kImdnNamespace = "urn:ietf:params:imdn";

const std::string* find(const std::vector<HeaderField>& fields, std::string_view lower_name) {
  const auto it =
      std::ranges::find_if(fields, [&](const HeaderField& field) { return lower(field.name) == lower_name; });
  return it == fields.end() ? nullptr : &it->value;
}

std::string value_of(const std::vector<HeaderField>& fields, std::string_view lower_name) {
  const std::string* value = find(fields, lower_name);
  return value == nullptr ? std::string() : mend_utf8(*value);
}

/// The prefix that `NS: prefix <urn>` gives to the namespace of IMDN (RFC 3862 3.4); empty: it is the default. nullopt:
/// none.
std::optional<std::string> imdn_prefix(const std::vector<HeaderField>& fields) {
  for (const HeaderField& field : fields) {
    if (lower(field.name) != "ns") continue;
    const std::string_view value = field.value;
    const std::size_t open = value.find('<');
    if (open == std::string_view::npos || !value.ends_with('>')) continue;
    if (value.substr(open + 1, value.size() - open - 2) == kImdnNamespace) return lower(trim(value.substr(0, open)));
  }
  return std::nullopt;
}

bool is_identity(const std::string* encoding) {
  if (encoding == nullptr) return true;
  const std::string word = lower(*encoding);
  return word == "7bit" || word == "8bit" || word == "binary";
}

}  // namespace

Result<Cpim> parse_cpim(std::string_view text) {
  const auto message = take_header_block(text);
  if (!message) return std::unexpected(message.error());
  if (message->fields.empty() || !message->blank_line)
    return fail(ErrorKind::corrupt, "message/cpim without its headers");
  const auto content = take_header_block(text);
  if (!content) return std::unexpected(content.error());
  if (content->fields.empty() || !content->blank_line) {
    return fail(ErrorKind::corrupt, "message/cpim without the headers of its content");
  }
  if (!is_identity(find(content->fields, "content-transfer-encoding"))) {
    return fail(ErrorKind::rejected, "message/cpim with a content transfer encoding");
  }
  Cpim cpim{.from = value_of(message->fields, "from"),
            .to = value_of(message->fields, "to"),
            .content_type = value_of(content->fields, "content-type"),
            .body = std::string(text)};
  if (const auto prefix = imdn_prefix(message->fields)) {
    cpim.message_id = value_of(message->fields, prefix->empty() ? "message-id" : *prefix + ".message-id");
  }
  if (cpim.content_type.empty()) cpim.content_type = "text/plain";
  return cpim;
}

}  // namespace mmsgate::formats
