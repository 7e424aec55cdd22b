// SPDX-License-Identifier: Apache-2.0
#include "core/message.hpp"

namespace mmsgate {

std::string_view to_string(Direction direction) {
  switch (direction) {
    case Direction::inbound:
      return "inbound";
    case Direction::outbound:
      return "outbound";
    case Direction::extension:
      return "extension";
  }
  return "?";
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::message:
      return "message";
    case Kind::notice:
      return "notice";
    case Kind::receipt:
      return "receipt";
  }
  return "?";
}

std::string_view to_string(Target target) {
  switch (target) {
    case Target::phone:
      return "phone";
    case Target::carrier:
      return "carrier";
  }
  return "?";
}

}  // namespace mmsgate
