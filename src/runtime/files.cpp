// SPDX-License-Identifier: Apache-2.0
#include "runtime/files.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace mmsgate::runtime {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored)) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();  // throws nothing, whatever the disk says
  return out.str();
}

std::string folder_for_temporary_files() {
  const char* told = std::getenv("TMPDIR");
  return told != nullptr && *told != '\0' ? told : "/var/tmp";
}

}  // namespace mmsgate::runtime
