// SPDX-License-Identifier: Apache-2.0
// A file, or a range of it (RFC 9110 14), straight from the disk to the socket.
#include <unistd.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "formats/http_fields.hpp"
#include "media/sniff.hpp"
#include "web/routes.hpp"

namespace mmsgate::web {
namespace {

/// What a browser may show in place: pictures, sound and film of the types that we know, and no others; everything else
/// is offered as a download, so that no file can act as a page of ours. An SVG could: it may hold a script. Strangers
/// make up types, too.
bool is_shown(std::string_view type) {
  const bool is_medium = type.starts_with("image/") || type.starts_with("video/") || type.starts_with("audio/");
  return is_medium && !media::extension_for(type).empty();
}

/// If-None-Match and If-Range (RFC 9110 13.1): a list of quoted tags, or *.
bool names_tag(std::string_view header, std::string_view quoted_tag) {
  return header == "*" || header.find(quoted_tag) != std::string_view::npos;
}

class Media final : public Handler {
 public:
  Media(Head head, std::string link, Site& site) : head_(std::move(head)), link_(std::move(link)), site_(site) {}

  std::optional<Answer> finish(Reply /*reply*/) override {
    auto file = site_.find_media(link_);
    if (!file)
      return file.error().kind == ErrorKind::rejected ? say(404, "there is no such file") : say(503, "not now");
    const std::string tag = fmt::format("\"{}\"", file->etag);
    if (const std::string known = head_.header(MHD_HTTP_HEADER_IF_NONE_MATCH);
        !known.empty() && names_tag(known, tag)) {
      ::close(file->fd);
      return described(make_answer({.status = 304}), *file, tag);
    }
    return described(with_bytes(*file, tag), *file, tag);
  }

 private:
  /// The descriptor is MHD's from here on.
  Answer with_bytes(const MediaFile& file, const std::string& tag) const {
    const std::string condition = head_.header(MHD_HTTP_HEADER_IF_RANGE);
    const std::string wanted = condition.empty() || condition == tag ? head_.header(MHD_HTTP_HEADER_RANGE) : "";
    const auto range = formats::parse_range(wanted, file.size);
    if (range.kind == formats::RangeKind::unsatisfiable) {
      ::close(file.fd);
      Answer answer = say(416, "the file is not that long");
      add_header(answer, MHD_HTTP_HEADER_CONTENT_RANGE, fmt::format("bytes */{}", file.size));
      return answer;
    }
    const bool is_part = range.kind == formats::RangeKind::part;
    const std::uint64_t first = is_part ? range.range.first : 0;
    const std::uint64_t length = is_part ? range.range.last - first + 1 : file.size;
    Answer answer{is_part ? 206U : 200U, {}};
    answer.response.reset(MHD_create_response_from_fd_at_offset64(length, file.fd, first));
    if (is_part) {
      add_header(answer, MHD_HTTP_HEADER_CONTENT_RANGE,
                 fmt::format("bytes {}-{}/{}", first, range.range.last, file.size));
    }
    add_header(answer, MHD_HTTP_HEADER_CONTENT_TYPE,
               media::is_active(file.type) ? "application/octet-stream" : file.type);
    return answer;
  }

  static Answer described(Answer answer, const MediaFile& file, const std::string& tag) {
    if (answer.status == 416) return answer;
    add_header(answer, MHD_HTTP_HEADER_ETAG, tag);
    add_header(answer, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
    add_header(answer, MHD_HTTP_HEADER_CACHE_CONTROL, "private, max-age=86400");
    add_header(answer, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
               formats::content_disposition(is_shown(file.type) ? "inline" : "attachment", file.name));
    add_header(answer, "X-Content-Type-Options", "nosniff");
    // For a browser that shows it as a page all the same: one that may load and run nothing, and is of no site.
    add_header(answer, "Content-Security-Policy", "default-src 'none'; sandbox");
    return answer;
  }

  const Head head_;
  const std::string link_;
  Site& site_;
};

}  // namespace

std::unique_ptr<Handler> make_media(Head head, const Options& options, Site& site) {
  std::string link = head.path.substr(options.media_path.size() + 1);
  return std::make_unique<Media>(std::move(head), std::move(link), site);
}

}  // namespace mmsgate::web
