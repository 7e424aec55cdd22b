// SPDX-License-Identifier: Apache-2.0
// The bytes of media, as files in one folder. A file is whole and on disk before anyone can name it: written under a
// temporary name, fsync, rename, fsync of the folder (promise 1). The name on disk is made from the BlobId alone, so
// that no request reaches a file by spelling a path. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/random.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::media {

/// What is known of a file that has been kept.
struct Kept {
  BlobId id;
  std::uint64_t size = 0;
  std::string sha256;  ///< 64 lower-case hex digits.
};

/// A file being written. Destroyed without keep(), it leaves nothing behind. One thread at a time.
class Draft {
 public:
  virtual ~Draft() = default;
  /// For who writes by descriptor (libcurl); position and length are the draft's.
  [[nodiscard]] virtual int fd() const = 0;
  /// transient: the disk is full or fails. limit: longer than the store's most_bytes.
  [[nodiscard]] virtual Result<std::uint64_t> write(std::string_view bytes) = 0;
  /// fsync, rename, fsync of the folder: may take a while; not for an event loop. Also counts and hashes what was
  /// written through fd().
  [[nodiscard]] virtual Result<Kept> keep() = 0;
  /// The first bytes, to see what it is (see sniff.hpp).
  [[nodiscard]] virtual std::string head() const = 0;
};

class BlobStore {
 public:
  virtual ~BlobStore() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<Draft>> draft() = 0;
  /// An open descriptor for reading, owned by the caller. rejected: there is no such file.
  [[nodiscard]] virtual Result<int> open(const BlobId& id) const = 0;
  [[nodiscard]] virtual Result<bool> remove(const BlobId& id) = 0;
  /// Can files be kept? transient: the folder is gone, its disk is not mounted, or it is read-only; the detail says
  /// which. Costs a call or two.
  [[nodiscard]] virtual Result<bool> usable() const = 0;
  /// The files that are there whose ids begin with this byte, in no order.
  [[nodiscard]] virtual std::vector<BlobId> list(std::uint8_t first) const = 0;
  /// Was the file here before this store was opened? One that has come since may be on its way to its row. By the
  /// machine's clock; a file that is there no more, or that came at the very moment, was not.
  [[nodiscard]] virtual bool was_found(const BlobId& id) const = 0;
  /// Files are removed by who holds this, and no backup is made meanwhile. limit: one is being made.
  [[nodiscard]] virtual Result<runtime::Descriptor> hold_for_removal() const = 0;
  /// A file of somebody else's becomes ours under this id, and stays what it was: by a second name, or by a copy where
  /// that is on another disk. May take a while. The same again changes nothing. transient: it cannot be done.
  [[nodiscard]] virtual Result<Kept> adopt(const std::string& path, const BlobId& id) = 0;
};

/// Drafts in the folder: left by a crash and removed; not looked at, though we are the only ones; or somebody's who is
/// writing now?
enum class Drafts { are_leftovers, are_left_alone, may_be_alive };

/// Makes the folder (0700) when it is missing, and removes drafts that a crash left. The error names the folder.
[[nodiscard]] Result<std::unique_ptr<BlobStore>> open_folder(const std::string& folder, std::uint64_t most_bytes,
                                                             Random& random, Drafts drafts = Drafts::are_leftovers);

}  // namespace mmsgate::media
