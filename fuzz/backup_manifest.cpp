// SPDX-License-Identifier: Apache-2.0
#include "formats/backup_manifest.hpp"

#include "property.hpp"

using namespace mmsgate::formats;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto manifest = parse_backup_manifest(as_text(data, size));
  if (!manifest) {
    must_be_a_sentence(manifest.error().detail);
    return 0;
  }
  for (const BackupFile& file : manifest->files) {
    must(file.name.find("..") == std::string::npos && !file.name.starts_with('/'), "a name leads nowhere else");
    must(file.sha256.size() == 64, "a checksum is whole");
  }
  must(parse_backup_manifest(write_backup_manifest(*manifest)) == manifest, "a list comes back");
  return 0;
}
