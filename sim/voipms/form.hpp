// SPDX-License-Identifier: Apache-2.0
// The fields of a POSTed form, urlencoded or multipart/form-data. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "voipms/http_server.hpp"

namespace mmsgate_sim {

struct Field {
  std::string name;
  std::string value;
  std::string file_name;  ///< Empty: not a file.
  std::string type;       ///< Content-Type of a part, if it says one.
};

struct Form {
  std::vector<Field> fields;
  [[nodiscard]] const Field* find(std::string_view name) const;
  /// Empty when it is missing.
  [[nodiscard]] std::string get(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
};

[[nodiscard]] bool is_multipart(const Request& request);
/// The fields of the query, then those of the body. What cannot be read is not there.
[[nodiscard]] Form read_form(const Request& request);

}  // namespace mmsgate_sim
