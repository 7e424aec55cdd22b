// SPDX-License-Identifier: Apache-2.0
// What can go wrong, sorted by what the caller does about it. Plain values; any thread.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace mmsgate {

enum class ErrorKind {
  transient,   ///< Nothing is wrong with the request; try again later (network, busy, disk full).
  unanswered,  ///< The request went out and no answer came: nobody knows whether it was done, or still will be.
  rejected,    ///< The request itself is wrong, and will be every time it is tried.
  auth,        ///< A login was refused: a person must act; what waits keeps waiting.
  limit,       ///< A quota is spent; try again when it has had time to refill.
  corrupt,     ///< Stored or received bytes are not what they must be.
  bug,         ///< Our own fault; report it.
};

[[nodiscard]] std::string_view to_string(ErrorKind kind);

/// An error and the sentence a person reads about it: what, where, and what to do. Never holds a secret or a message
/// body.
struct Error {
  ErrorKind kind = ErrorKind::bug;
  std::string detail;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorKind::rejected, "...");` in a function that returns a Result.
[[nodiscard]] inline std::unexpected<Error> fail(ErrorKind kind, std::string detail) {
  return std::unexpected(Error{kind, std::move(detail)});
}

}  // namespace mmsgate
