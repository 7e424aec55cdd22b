// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"

namespace mmsgate {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::transient:
      return "transient";
    case ErrorKind::unanswered:
      return "unanswered";
    case ErrorKind::rejected:
      return "rejected";
    case ErrorKind::auth:
      return "auth";
    case ErrorKind::limit:
      return "limit";
    case ErrorKind::corrupt:
      return "corrupt";
    case ErrorKind::bug:
      return "bug";
  }
  return "bug";
}

}  // namespace mmsgate
