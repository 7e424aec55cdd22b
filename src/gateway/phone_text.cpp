// SPDX-License-Identifier: Apache-2.0
#include "gateway/phone_text.hpp"

#include <fmt/format.h>

#include "formats/imdn.hpp"
#include "formats/rcs_file.hpp"

namespace mmsgate::gateway {
namespace {

void add_line(std::string& text, std::string_view line) {
  if (!text.empty()) text += '\n';
  text += line;
}

/// The words of follow_up().
formats::Receipt receipt_of(std::string_view word) {
  if (word == "delivered") return formats::Receipt::delivered;
  return word == "displayed" ? formats::Receipt::displayed : formats::Receipt::error;
}

formats::RcsFile file_of(const Part& part, const Links& links, std::string_view recipient) {
  formats::RcsFile file{.name = part.name, .type = part.type, .size = part.size, .url = links.of(part, recipient)};
  // What the store has promised, however late this try is.
  if (part.until) file.until = rfc3339(*part.until);
  return file;
}

}  // namespace

formats::Body phone_body(const store::Job& job, const Links& links, TimePoint now, std::string_view peer_uri) {
  if (job.kind == Kind::receipt) {
    return {std::string(formats::kImdnType),
            formats::write_imdn({job.subject_id, receipt_of(job.text)}, now, peer_uri)};
  }
  std::string text = job.text.substr(job.slice.text_at, job.slice.text_bytes);
  std::vector<formats::RcsFile> files;
  const auto end = std::min(job.parts.size(), static_cast<std::size_t>(job.slice.first_part + job.slice.part_count));
  for (auto i = static_cast<std::size_t>(job.slice.first_part); i < end; ++i) {
    const Part& part = job.parts[i];
    if (part.state == PartState::lost) {
      add_line(text, fmt::format("[A file of this message could not be fetched: {}]", part.reason));
    } else {
      files.push_back(file_of(part, links, job.destination));
    }
  }
  if (!job.participants.empty()) add_line(text, fmt::format("[Sent to a group, also to: {}]", job.participants));
  if (text.empty() && files.empty()) text = "[An empty message]";
  return formats::write_phone_message(text, files,
                                      fmt::format("part-{}", job.call_id.substr(0, job.call_id.find('@'))));
}

}  // namespace mmsgate::gateway
