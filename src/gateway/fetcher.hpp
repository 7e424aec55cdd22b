// SPDX-License-Identifier: Apache-2.0
// Fetches the media of inbound messages from the carrier, once, and keeps them. A medium that cannot be had in the time
// allowed is written off with its reason, and its message goes on without it.
#pragma once

#include "gateway/pump.hpp"
#include "gateway/world.hpp"
#include "media/blob_store.hpp"
#include "net/http_client.hpp"

namespace mmsgate::gateway {

class Fetcher {
 public:
  /// `on_settled` is called, on any thread, when a part has been settled: its message may be due.
  Fetcher(World world, net::HttpClient& http, media::BlobStore& blobs, std::function<void()> on_settled);

  /// There may be something to fetch. Any thread.
  void poke() { pump_.poke(); }
  void stop();

 private:
  using Draft = std::shared_ptr<media::Draft>;
  void claim(int limit, Pump::Claimed claimed);
  void fetch(const store::Fetch& fetch);
  void keep(const store::Fetch& fetch, const Draft& draft, const net::HttpResponse& response);
  /// Not had: again later when that may help, else written off.
  void missed(const store::Fetch& fetch, const Error& error);
  void record(store::PartOutcome outcome);

  World world_;
  net::HttpClient& http_;
  media::BlobStore& blobs_;
  std::function<void()> on_settled_;
  Pump pump_;
};

}  // namespace mmsgate::gateway
