// SPDX-License-Identifier: Apache-2.0
#include "gateway/fetcher.hpp"

#include <utility>

#include <fmt/format.h>

#include "formats/http_fields.hpp"
#include "media/sniff.hpp"
#include "runtime/failpoint.hpp"

namespace mmsgate::gateway {
namespace {

constexpr Duration kRecordPause = std::chrono::seconds(1);

/// What to call a file whose sender gave no name: what the server says, else the end of the URL's path.
std::string name_for(const store::Fetch& fetch, const net::HttpResponse& response, std::string_view type) {
  if (!fetch.name.empty()) return formats::clean_file_name(fetch.name);
  if (!response.file_name.empty()) return formats::clean_file_name(response.file_name);
  const std::string path = fetch.url.substr(0, fetch.url.find_first_of("?#"));
  std::string name = formats::clean_file_name(path.substr(path.rfind('/') + 1));
  if (name.find('.') == std::string::npos) name += media::extension_for(type);
  return name;
}

}  // namespace

Fetcher::Fetcher(World world, net::HttpClient& http, media::BlobStore& blobs, std::function<void()> on_settled)
    : world_(world),
      http_(http),
      blobs_(blobs),
      on_settled_(std::move(on_settled)),
      pump_(world.loop, world.clock, world.settings.read()->fetches_at_once,
            [this](int limit, Pump::Claimed claimed) { claim(limit, std::move(claimed)); }) {}

void Fetcher::stop() {
  world_.loop.post([this] { pump_.stop(); });
}

void Fetcher::claim(int limit, Pump::Claimed claimed) {
  world_.store.claim_fetches(limit, world_.clock.now(),
                             [this, claimed = std::move(claimed)](Result<store::ClaimedFetches> got) {
                               world_.loop.post([this, claimed, got = std::move(got)] {
                                 if (!got) return claimed(std::unexpected(got.error()));
                                 claimed(Pump::Batch{static_cast<int>(got->fetches.size()), got->next_due});
                                 for (store::Fetch each : got->fetches) {
                                   each.accepted_at -= world_.clock.stepped();  // see missed()
                                   fetch(each);
                                 }
                               });
                             });
}

void Fetcher::fetch(const store::Fetch& fetch) {
  auto opened = blobs_.draft();
  if (!opened) return missed(fetch, opened.error());
  const Draft draft = std::move(*opened);
  net::HttpRequest request;
  request.url = fetch.url;
  request.reach = world_.settings.read()->media_reach;
  request.most_bytes = world_.settings.read()->most_media_bytes;
  request.save_to_fd = draft->fd();
  runtime::failpoint("fetch: before a request");
  http_.start(std::move(request), [this, fetch, draft](const Result<net::HttpResponse>& response) {
    runtime::failpoint("fetch: a request is answered");
    if (!response) return missed(fetch, response.error());
    world_.work.post([this, fetch, draft, response = *response] { keep(fetch, draft, response); });
  });
}

void Fetcher::keep(const store::Fetch& fetch, const Draft& draft, const net::HttpResponse& response) {
  const std::string said = fmt::format("the carrier's server answered {}", response.status);
  if (response.status != 200) return missed(fetch, {ErrorKind::transient, said});
  const std::string type = media::settle_type(response.content_type, draft->head());
  // A page instead of a picture: the server is in trouble and says so in HTML.
  if (type == "text/html") return missed(fetch, {ErrorKind::transient, said + " with a web page instead of the file"});
  if (response.bytes == 0) return missed(fetch, {ErrorKind::transient, said + " with nothing in it"});
  const auto kept = draft->keep();
  if (!kept) return missed(fetch, kept.error());
  const TimePoint now = world_.clock.now();
  store::PartOutcome outcome{.id = fetch.id};
  outcome.blob = store::Blob{.id = kept->id,
                             .type = type,
                             .name = name_for(fetch, response, type),
                             .size = kept->size,
                             .sha256 = kept->sha256,
                             .created_at = now,
                             .until = now + world_.settings.read()->media_kept};
  record(std::move(outcome));
  world_.loop.post([this] { pump_.finished(); });
}

void Fetcher::missed(const store::Fetch& fetch, const Error& error) {
  world_.loop.post([this, fetch, error] {
    store::PartOutcome outcome{.id = fetch.id, .reason = error.detail};
    const TimePoint now = world_.clock.now();
    // However the clock was set since it was claimed.
    const TimePoint accepted_at = fetch.accepted_at + world_.clock.stepped();
    if (error.kind != ErrorKind::rejected) {
      outcome.next_try = world_.settings.read()->media_policy.next_try(fetch.tries, accepted_at, now, world_.random);
    }
    world_.log.debug("message {}: a file was not had at try {}: {}", fetch.message.value, fetch.tries, error.detail);
    record(std::move(outcome));
    pump_.finished();
  });
}

void Fetcher::record(store::PartOutcome outcome) {
  store::PartOutcome copy = outcome;
  world_.store.record_part(
      std::move(outcome), world_.clock.now(), [this, copy = std::move(copy)](const Result<bool>& done) mutable {
        if (done) return on_settled_();
        world_.log.error("cannot write down what became of a file: {}", done.error().detail);
        world_.loop.post_after(kRecordPause, [this, copy = std::move(copy)]() mutable { record(std::move(copy)); });
      });
}

}  // namespace mmsgate::gateway
