// SPDX-License-Identifier: Apache-2.0
#include "formats/backup_manifest.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace mmsgate::formats {
namespace {

/// What the archive and the list look like. A reader that knows less refuses.
constexpr std::uint64_t kFormat = 1;
constexpr std::string_view kTitle = "# mmsgate backup";
constexpr std::string_view kEnd = "# end";
constexpr std::string_view kMedia = "media/";
constexpr std::size_t kShaDigits = 64;

std::unexpected<Error> wrong(std::string_view what, std::size_t line) {
  return fail(ErrorKind::corrupt, fmt::format("the list in the backup is damaged: line {}: {}", line, what));
}

bool is_sha256(std::string_view text) {
  return text.size() == kShaDigits &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A version and a time are short and have no surprises.
bool is_word(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  return !text.empty() && text.size() <= kLongest &&
         std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

/// "# KEY VALUE" of the key; nothing: another line.
std::optional<std::string_view> value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with("# ") || !line.substr(2).starts_with(key)) return std::nullopt;
  line.remove_prefix(2 + key.size());
  if (!line.starts_with(' ')) return std::nullopt;
  return line.substr(1);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  Result<BackupManifest> read() {
    if (next() != kTitle) return wrong("it does not begin as one", line_);
    const auto format = value_of(next(), "format").and_then(number);
    if (!format) return wrong("the format is missing", line_);
    if (*format > kFormat) {
      return fail(ErrorKind::rejected, fmt::format("the backup has the format {}, and this mmsgate knows up to {}: "
                                                   "install a newer one",
                                                   *format, kFormat));
    }
    if (auto head = read_head(); !head) return std::unexpected(head.error());
    std::string_view line = next();
    for (; const auto id = value_of(line, "missing"); line = next()) {
      auto parsed = BlobId::parse(*id);
      if (!parsed) return wrong("no name of a file", line_);
      manifest_.missing.push_back(*std::move(parsed));
    }
    for (; line != kEnd; line = next()) {
      if (auto file = read_file(line); !file) return std::unexpected(file.error());
    }
    if (!rest_.empty()) return wrong("something stands behind its end", line_);
    return std::move(manifest_);
  }

 private:
  /// The next line; empty at the end, and where the last line has no end.
  std::string_view next() {
    ++line_;
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return {};
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return line;
  }

  Result<bool> read_head() {
    const auto version = value_of(next(), "mmsgate");
    const auto made_at = value_of(next(), "made");
    const auto media = value_of(next(), "media");
    if (!version || !is_word(*version) || !made_at || !is_word(*made_at)) return wrong("who made it is missing", line_);
    if (media != "yes" && media != "no") return wrong("whether files are in it is missing", line_);
    manifest_.version = *version;
    manifest_.made_at = *made_at;
    manifest_.has_media = media == "yes";
    return true;
  }

  /// Two lines: "# size 4711", and what sha256sum writes.
  Result<bool> read_file(std::string_view line) {
    const auto size = value_of(line, "size").and_then(number);
    if (!size) return wrong("neither a file nor the end", line_);
    const std::string_view sum = next();
    if (sum.size() < kShaDigits + 3 || !is_sha256(sum.substr(0, kShaDigits)) || sum.substr(kShaDigits, 2) != "  ") {
      return wrong("a checksum is missing", line_);
    }
    const std::string_view name = sum.substr(kShaDigits + 2);
    const bool is_ours = name == kBackupDatabase || name == kBackupConfig || blob_of_backup_name(name);
    if (!is_ours) return wrong("a file that no backup has", line_);
    if (!names_.emplace(name).second) return wrong("the same file a second time", line_);
    manifest_.files.push_back(
        {.name = std::string(name), .size = *size, .sha256 = std::string(sum.substr(0, kShaDigits))});
    return true;
  }

  std::string_view rest_;
  std::size_t line_ = 0;
  BackupManifest manifest_;
  std::set<std::string_view> names_;
};

}  // namespace

std::string backup_name(const BlobId& id) { return fmt::format("{}{}/{}", kMedia, id.str().substr(0, 2), id.str()); }

std::optional<BlobId> blob_of_backup_name(std::string_view name) {
  constexpr std::size_t kIdAt = kMedia.size() + 3;
  if (name.size() < kIdAt) return std::nullopt;
  auto id = BlobId::parse(name.substr(kIdAt));
  if (!id || backup_name(*id) != name) return std::nullopt;
  return id;
}

std::string write_backup_manifest(const BackupManifest& manifest) {
  std::string text = fmt::format("{}\n# format {}\n# mmsgate {}\n# made {}\n# media {}\n", kTitle, kFormat,
                                 manifest.version, manifest.made_at, manifest.has_media ? "yes" : "no");
  for (const BlobId& id : manifest.missing) text += fmt::format("# missing {}\n", id.str());
  for (const BackupFile& file : manifest.files) {
    text += fmt::format("# size {}\n{}  {}\n", file.size, file.sha256, file.name);
  }
  return text + fmt::format("{}\n", kEnd);
}

Result<BackupManifest> parse_backup_manifest(std::string_view text) { return Reader(text).read(); }

}  // namespace mmsgate::formats
