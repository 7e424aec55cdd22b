// SPDX-License-Identifier: Apache-2.0
// A client, and servers on this machine that answer by a script.
#pragma once

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "net/http_client.hpp"
#include "support/raw_http.hpp"
#include "support/waiting_queue.hpp"

namespace mmsgate::net {

using testing_support::RawMessage;
using testing_support::RawReply;
using testing_support::RawServer;
using Then = RawReply::Then;

/// A whole answer. More headers end with CRLF.
inline std::string answer(int status, std::string_view body, std::string_view more_headers = "") {
  return fmt::format("HTTP/1.1 {} Said\r\n{}Content-Length: {}\r\n\r\n{}", status, more_headers, body.size(), body);
}

class HttpTest : public testing::Test {
 protected:
  /// Stands in every URL that fails; no error may repeat it.
  static constexpr const char* kSecret = "S3CRET";

  static HttpRequest to(std::string url) {
    HttpRequest request;
    request.url = std::move(url);
    request.reach = Reach::with_loopback;
    return request;
  }
  void start(HttpRequest request) {
    client_->start(std::move(request), [this](Result<HttpResponse> result) { results_.push(std::move(result)); });
  }
  Result<HttpResponse> next() {
    auto result = results_.pop(testing_support::kLimit);
    return result ? std::move(*result) : fail(ErrorKind::bug, "the test has waited too long");
  }
  Result<HttpResponse> fetch(HttpRequest request) {
    start(std::move(request));
    return next();
  }
  Error error_of(HttpRequest request) {
    const auto result = fetch(std::move(request));
    if (result) return {ErrorKind::bug, fmt::format("answered {}", result->status)};
    EXPECT_EQ(result.error().detail.find(kSecret), std::string::npos) << result.error().detail;
    return result.error();
  }
  /// Of a URL on this server.
  Error error_at(const RawServer& server) { return error_of(to(server.url(fmt::format("/file?key={}", kSecret)))); }

  testing_support::WaitingQueue<Result<HttpResponse>> results_;
  std::unique_ptr<HttpClient> client_ = make_http_client("mmsgate/test");
};

}  // namespace mmsgate::net
