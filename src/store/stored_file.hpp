// SPDX-License-Identifier: Apache-2.0
// What the store knows of files: those it keeps the rows of, those that were sent here, and what phones may fetch.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/message.hpp"
#include "core/time.hpp"

namespace mmsgate::store {

/// A file that we keep.
struct Blob {
  BlobId id;
  std::string type;
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;  ///< 64 hex digits.
  TimePoint created_at;
  TimePoint until;              ///< Kept at least so long.
  bool has_plain_link = false;  ///< Stored before links were signed: its bare id is one too.
  /// The account that sent it here; empty: somebody else did, such as a script. Nothing: we fetched it.
  std::optional<std::string> uploader{};
};

/// How much was sent here.
struct Uploaded {
  std::uint64_t by_account = 0;  ///< Bytes.
  std::uint64_t by_all = 0;
};

/// A text that the database alone does not give away.
struct Sealed {
  std::string name;  ///< What it is.
  std::string salt;
  std::string text;  ///< Of crypto::seal().
};

/// A script's file and the message that brings it to a phone.
struct KeyedUpload {
  std::string key_hash;  ///< Of the key that allows it.
  Blob blob;
  NewMessage message;
};

/// A file whose time is over.
/// The place of a file among those that expire, one after the other.
struct BlobPlace {
  TimePoint until = TimePoint::min();
  std::string id;
};

struct ExpiredBlob {
  BlobId id;
  std::uint64_t size = 0;
};

/// A step of a search: what was found, and how far it has looked. Nothing: to the end.
struct ExpiredBlobs {
  std::vector<ExpiredBlob> blobs;
  std::optional<BlobPlace> looked_until;
};
struct OldMessages {
  std::vector<MessageId> ids;
  std::optional<MessageId> looked_until;
};

enum class HandoutKind {
  config = 0,    ///< A phone's configuration.
  contacts = 1,  ///< The list of contacts that goes with one: of the same accounts and time. It is not used up.
};

/// Something that a phone may fetch a few times at a URL that nobody can guess. It can be read only with that URL,
/// which is not kept.
struct Handout {
  std::string id;  ///< Made of the URL; see gateway/handout.hpp.
  HandoutKind kind = HandoutKind::config;
  std::string accounts;  ///< Whose it is, with a blank between two.
  std::string sealed;
  TimePoint made_at;
  TimePoint until;
  int uses_left = 1;
};

struct PartOutcome {
  PartId id;
  std::optional<Blob> blob;           ///< Had: now stored.
  std::optional<TimePoint> next_try;  ///< Not had, tried again then. Neither of the two: lost.
  std::string reason;
};

}  // namespace mmsgate::store
