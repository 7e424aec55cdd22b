// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "voipms/media.hpp"

namespace mmsgate_sim {
namespace {

struct Signature {
  std::string_view type;
  std::string_view ending;
  std::string_view magic;
  std::size_t at = 0;
};
using namespace std::string_view_literals;
constexpr Signature kSignatures[] = {
    {"image/jpeg", ".jpg", "\xFF\xD8\xFF"sv}, {"image/jpeg", ".jpeg", "\xFF\xD8\xFF"sv},
    {"image/gif", ".gif", "GIF8"sv},          {"image/png", ".png", "\x89PNG"sv},
    {"audio/mpeg", ".mp3", "ID3"sv},          {"audio/wav", ".wav", "WAVE"sv, 8},
    {"audio/midi", ".mid", "MThd"sv},         {"audio/midi", ".midi", "MThd"sv},
    {"video/3gpp", ".3gp", "ftyp3g"sv, 4},    {"video/mp4", ".mp4", "ftyp"sv, 4},
};

constexpr std::string_view kCarried[] = {"image/jpeg",   "image/jpg", "image/png",   "image/gif",  "audio/mpeg",
                                         "audio/mp3",    "audio/wav", "audio/x-wav", "audio/wave", "audio/midi",
                                         "audio/x-midi", "audio/mid", "video/mp4",   "audio/3gpp", "video/3gpp"};

/// Several fetches and the one answer that waits for all of them. Lives as long as the last fetch; outgoing thread
/// only.
struct Gathering {
  std::vector<Media> media;
  std::size_t missing = 0;
  std::string complaint;  ///< The first one.
  Fetched done;

  void finish() { done(std::move(media), std::move(complaint)); }
};

bool is_url(std::string_view source) { return source.starts_with("http://") || source.starts_with("https://"); }

std::string name_in(std::string_view url) {
  const auto path = url.substr(0, url.find_first_of("?#"));
  return std::string(path.substr(path.rfind('/') + 1));
}

/// The complaint, or nothing.
std::string settle(Media& media, std::string bytes, const Limits& limits) {
  const std::string plain = media.type.substr(0, media.type.find(';'));
  media.type = plain.empty() || plain == "application/octet-stream" ? guess_type(media.name, bytes) : plain;
  if (bytes.empty()) return "no bytes";
  if (bytes.size() > limits.media_bytes) return fmt::format("{} bytes are too many", bytes.size());
  if (!limits.any_media_type && !is_carried(media.type)) return fmt::format("type \"{}\" is not carried", media.type);
  media.sha256 = sha256(bytes);
  media.bytes = bytes_of(std::move(bytes));
  return "";
}

void on_fetched(Gathering& all, std::size_t n, const Limits& limits, OutResponse response) {
  Media& media = all.media[n];
  media.status = response.status;
  media.type = response.type;
  std::string complaint = response.error;
  constexpr long kOk = 200;
  if (complaint.empty() && response.status != kOk) complaint = fmt::format("HTTP {}", response.status);
  if (complaint.empty()) complaint = settle(media, std::move(response.body), limits);
  if (!complaint.empty() && all.complaint.empty()) all.complaint = fmt::format("media{}: {}", n + 1, complaint);
  if (--all.missing == 0) all.finish();
}

}  // namespace

std::string guess_type(std::string_view name, std::string_view bytes) {
  for (const Signature& each : kSignatures) {
    if (bytes.size() > each.at && bytes.substr(each.at).starts_with(each.magic)) return std::string(each.type);
  }
  for (const Signature& each : kSignatures) {
    if (name.ends_with(each.ending)) return std::string(each.type);
  }
  return "";
}

bool is_carried(std::string_view type) { return std::ranges::find(kCarried, type) != std::end(kCarried); }

void fetch_media(Outgoing& outgoing, const Limits& limits, const std::vector<std::string>& sources, Fetched done) {
  auto all = std::make_shared<Gathering>();
  all->done = std::move(done);
  all->media.resize(sources.size());
  std::vector<std::size_t> remote;
  for (std::size_t n = 0; n < sources.size(); ++n) {
    Media& media = all->media[n];
    if (is_url(sources[n])) {
      media.url = sources[n];
      media.name = name_in(sources[n]);
      remote.push_back(n);
      continue;
    }
    auto bytes = from_base64(sources[n]);
    std::string complaint = bytes ? settle(media, std::move(*bytes), limits) : "neither a URL nor base64";
    if (!complaint.empty() && all->complaint.empty()) all->complaint = fmt::format("media{}: {}", n + 1, complaint);
  }
  all->missing = remote.size();
  if (remote.empty() || !all->complaint.empty()) return all->finish();
  for (const std::size_t n : remote) {
    OutRequest request{.url = sources[n], .most_bytes = limits.media_bytes};
    outgoing.start(std::move(request),
                   [all, n, limits](OutResponse response) { on_fetched(*all, n, limits, std::move(response)); });
  }
}

}  // namespace mmsgate_sim
