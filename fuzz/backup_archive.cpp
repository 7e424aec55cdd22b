// SPDX-License-Identifier: Apache-2.0
// A whole archive as `mmsgate restore --check` reads it, without its database: libarchive is between the bytes and us.
#include <sys/mman.h>
#include <unistd.h>

#include "backup/unpack.hpp"
#include "property.hpp"

using namespace mmsgate;
using namespace mmsgate::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const runtime::Descriptor file(::memfd_create("backup", MFD_CLOEXEC));
  must(::write(file.get(), data, size) == static_cast<ssize_t>(size), "memory takes it");
  ::lseek(file.get(), 0, SEEK_SET);
  const auto manifest = backup::unpack(
      file.get(), [](const std::optional<std::string>&) { return true; },
      [](const backup::ArchiveReader::Entry& entry) -> Result<runtime::Descriptor> {
        must(entry.name == formats::kBackupDatabase || formats::blob_of_backup_name(entry.name),
             "a name is one of ours");
        return runtime::Descriptor();
      });
  if (!manifest) must_be_a_sentence(manifest.error().detail);
  return 0;
}
