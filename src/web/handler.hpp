// SPDX-License-Identifier: Apache-2.0
// One request as the routes see it, and what a route is. Everything here lives on the web thread.
#pragma once

#include <microhttpd.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "web/server.hpp"

namespace mmsgate::web {

struct ResponseDeleter {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};

/// An answer that is ready to be queued.
struct Answer {
  unsigned status = 0;
  std::unique_ptr<MHD_Response, ResponseDeleter> response;
};

[[nodiscard]] Answer make_answer(const Response& response);
/// "text\n" as text/plain.
[[nodiscard]] Answer say(int status, std::string_view text);
void add_header(Answer& answer, const char* name, const std::string& value);

/// What the headers said.
struct Head {
  MHD_Connection* connection = nullptr;
  std::string method;
  std::string path;  ///< Percent signs decoded.
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  formats::IpAddress client;  ///< Behind proxies of ours too.
  std::string_view fault;  ///< Not empty: what of the headers two programs could read in two ways (RFC 9112 3.2, 6.3).

  [[nodiscard]] bool has_body() const { return is_chunked || content_length.value_or(0) > 0; }
  /// Empty: not there.
  [[nodiscard]] std::string header(const char* name) const;
  [[nodiscard]] std::map<std::string, std::string> query() const;
  /// All of that name, in their order, joined by commas (RFC 9110 5.3).
  [[nodiscard]] std::string headers(const char* name) const;
};

/// Who has the connection; nobody in particular where the system does not say.
[[nodiscard]] formats::IpAddress peer_of(MHD_Connection* connection);

/// A route's work on one request: begin, then the body in pieces, then finish. An answer given early ends it; what is
/// left of the body is dropped.
class Handler {
 public:
  virtual ~Handler() = default;
  /// The headers are here. An answer: nothing of the body is taken.
  [[nodiscard]] virtual std::optional<Answer> begin() { return std::nullopt; }
  [[nodiscard]] virtual std::optional<Answer> take(std::string_view /*bytes*/) { return std::nullopt; }
  /// The request is whole. An answer now, or later through the reply.
  [[nodiscard]] virtual std::optional<Answer> finish(Reply reply) = 0;
};

}  // namespace mmsgate::web
