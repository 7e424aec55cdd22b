// SPDX-License-Identifier: Apache-2.0
#include "formats/phone_message.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "formats/cpim.hpp"
#include "formats/header_text.hpp"
#include "formats/mime.hpp"
#include "formats/utf8.hpp"

namespace mmsgate::formats {
namespace {

constexpr int kDeepest = 4;
constexpr std::size_t kMostFiles = 64;

using Done = Result<void>;

Result<std::string> read_text(std::string_view body, std::string charset) {
  charset = lower(charset);
  if (charset == "iso-8859-1" || charset == "latin1") return mend_utf8(latin1_to_utf8(body));
  const bool known = charset.empty() || charset == "utf-8" || charset == "utf8" || charset == "us-ascii";
  if (!known) return fail(ErrorKind::rejected, "The text is in a charset that is not taken; send UTF-8");
  if (!is_utf8(body)) return fail(ErrorKind::rejected, "The text is not UTF-8");
  return mend_utf8(body);  // but for NUL, it is whole
}

/// Opens what a phone sent and gathers what is in it.
class Reader {
 public:
  Done read(std::string_view content_type, std::string_view body, int depth) {
    const ContentType type = parse_content_type(content_type);
    if (type.type == "text/plain") return add_text(type, body);
    if (type.type == kRcsFileType) return add_files(body);
    if (type.type == kImdnType) return add_receipt(body);
    if (type.type == kComposingType) return note_composing(body);
    if (type.type == "message/cpim") return open_cpim(body, depth);
    if (type.type == "multipart/mixed") return open_multipart(type, body, depth);
    return fail(ErrorKind::rejected, type.type.empty() ? "A message without a Content-Type"
                                                       : fmt::format("{} is not taken", type.type.substr(0, 64)));
  }

  PhoneMessage result() && {
    if (!content_.text.empty() || !content_.files.empty() || has_text_) return std::move(content_);
    if (!receipts_.receipts.empty()) return std::move(receipts_);
    return composing_;
  }

 private:
  static Done too_deep() { return fail(ErrorKind::rejected, "A message that is wrapped more than four times"); }

  Done add_text(const ContentType& type, std::string_view body) {
    const auto charset = type.parameters.find("charset");
    auto text = read_text(body, charset == type.parameters.end() ? "" : charset->second);
    if (!text) return std::unexpected(std::move(text.error()));
    if (!content_.text.empty()) content_.text += '\n';
    content_.text += *text;
    has_text_ = true;
    return {};
  }

  Done add_files(std::string_view body) {
    auto files = parse_rcs_files(body);
    if (!files) return std::unexpected(std::move(files.error()));
    if (content_.files.size() + files->size() > kMostFiles)
      return fail(ErrorKind::limit, "More than 64 files in a message");
    std::ranges::move(*files, std::back_inserter(content_.files));
    return {};
  }

  Done add_receipt(std::string_view body) {
    auto imdn = parse_imdn(body);
    if (!imdn) return std::unexpected(std::move(imdn.error()));
    receipts_.receipts.push_back(std::move(*imdn));
    return {};
  }

  Done note_composing(std::string_view body) {
    if (const auto composing = parse_composing(body)) composing_ = *composing;
    return {};
  }

  Done open_cpim(std::string_view body, int depth) {
    if (depth == kDeepest) return too_deep();
    const auto cpim = parse_cpim(body);
    if (!cpim) return std::unexpected(cpim.error());
    if (content_.message_id.empty()) content_.message_id = cpim->message_id;
    return read(cpim->content_type, cpim->body, depth + 1);
  }

  Done open_multipart(const ContentType& type, std::string_view body, int depth) {
    if (depth == kDeepest) return too_deep();
    const auto boundary = type.parameters.find("boundary");
    const auto parts = parse_multipart(body, boundary == type.parameters.end() ? "" : boundary->second);
    if (!parts) return std::unexpected(parts.error());
    for (const BodyPart& part : *parts) {
      if (is_encoded(part)) return fail(ErrorKind::rejected, "A part with an encoding that is not taken");
      if (Done done = read(part.content_type, part.body, depth + 1); !done) return done;
    }
    return {};
  }

  static bool is_encoded(const BodyPart& part) {
    const auto transfer = part.headers.find("content-transfer-encoding");
    const std::string word = transfer == part.headers.end() ? "binary" : lower(transfer->second);
    return part.headers.contains("content-encoding") || (word != "7bit" && word != "8bit" && word != "binary");
  }

  PhoneContent content_;
  PhoneReceipts receipts_;
  Composing composing_;
  bool has_text_ = false;
};

/// Unquoted where it can be: some clients take the quotes for a part of it.
std::string boundary_parameter(std::string_view boundary) {
  return is_token(boundary) ? std::string(boundary) : fmt::format("\"{}\"", boundary);
}

}  // namespace

Result<PhoneMessage> parse_phone_message(std::string_view content_type, std::string_view body) {
  Reader reader;
  if (Done done = reader.read(content_type, body, 0); !done) return std::unexpected(std::move(done.error()));
  return std::move(reader).result();
}

Body write_phone_message(std::string_view text, const std::vector<RcsFile>& files, std::string_view boundary) {
  // One document a file: Linphone reads one file from each.
  std::vector<BodyPart> parts;
  if (!text.empty() || files.empty()) parts.push_back({.content_type = "text/plain", .body = mend_utf8(text)});
  for (const RcsFile& file : files) {
    parts.push_back({.content_type = std::string(kRcsFileType), .body = write_rcs_files({file})});
  }
  if (parts.size() == 1) return {std::move(parts[0].content_type), std::move(parts[0].body)};
  std::string safe(boundary);
  while (std::ranges::any_of(parts, [&](const BodyPart& part) { return part.body.find(safe) != std::string::npos; })) {
    safe += '0';
  }
  return {"multipart/mixed; boundary=" + boundary_parameter(safe), write_multipart(parts, safe)};
}

}  // namespace mmsgate::formats
