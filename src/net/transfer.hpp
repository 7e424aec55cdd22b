// SPDX-License-Identifier: Apache-2.0
// One request on its way: libcurl's easy handle and what its call-backs write into. Lives on the net thread.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "net/http_client.hpp"

namespace mmsgate::net {

/// Scheme http or https, and a host: written out, not to be guessed.
[[nodiscard]] bool is_web_url(const std::string& url);

class Transfer {
 public:
  Transfer(HttpRequest request, HttpClient::Done done, const std::string& user_agent);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  [[nodiscard]] CURL* handle() const { return easy_.get(); }
  /// Calls `done` with what was had, or with what kept us from it.
  void finish(CURLcode code);
  void give_up(Error error) { done_(std::unexpected(std::move(error))); }

 private:
  static curl_socket_t on_socket(void* self, curlsocktype purpose, curl_sockaddr* address);
  static int on_connected(void* self, char* remote, char* local, int remote_port, int local_port);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);

  void set_up(const std::string& user_agent);
  void set_form();
  /// The end of the transfer, from inside a call-back.
  void stop(ErrorKind kind, std::string detail);
  [[nodiscard]] Error error_of(CURLcode code) const;

  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy_;
  std::unique_ptr<curl_mime, decltype(&curl_mime_free)> form_;
  HttpRequest request_;
  HttpClient::Done done_;
  HttpResponse response_;
  std::optional<Error> reason_;   ///< Of a call-back that ended the transfer.
  std::size_t header_bytes_ = 0;  ///< Of all answers, redirects too.
  bool sent_ = false;
  bool is_head_whole_ = false;
};

}  // namespace mmsgate::net
