// SPDX-License-Identifier: Apache-2.0
#include "store/schema.hpp"

#include <array>

#include <fmt/format.h>

namespace mmsgate::store {
namespace {

// Numbers are core's enumerations, times are milliseconds since 1970, texts may hold any bytes.
constexpr const char* kFirst = R"sql(
CREATE TABLE messages (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again: the keys of notices are made of it
  direction    INTEGER NOT NULL,
  kind         INTEGER NOT NULL,
  provider     TEXT NOT NULL,
  provider_id  TEXT NOT NULL,
  own          TEXT NOT NULL,
  peer         TEXT NOT NULL,
  account      TEXT NOT NULL,
  text         TEXT NOT NULL,
  subject_id   TEXT NOT NULL,
  participants TEXT NOT NULL,
  raw          TEXT NOT NULL,
  received_at  INTEGER NOT NULL,
  part_count   INTEGER NOT NULL
);
CREATE UNIQUE INDEX messages_identity ON messages (provider, provider_id, own);

CREATE TABLE blobs (
  id         TEXT PRIMARY KEY,
  type       TEXT NOT NULL,
  name       TEXT NOT NULL,
  size       INTEGER NOT NULL,
  sha256     TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  until      INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE parts (
  id         INTEGER PRIMARY KEY,
  message    INTEGER NOT NULL REFERENCES messages (id),
  ordinal    INTEGER NOT NULL,  -- 0 is the first of the message
  type       TEXT NOT NULL,
  name       TEXT NOT NULL,
  size       INTEGER NOT NULL,
  source_url TEXT NOT NULL,
  blob       TEXT,
  state      INTEGER NOT NULL,  -- 0 wanted, 1 stored, 2 lost
  reason     TEXT NOT NULL,
  tries      INTEGER NOT NULL,
  due_at     INTEGER            -- when it is fetched; NULL while it is being fetched, and once it is settled
);
CREATE INDEX parts_of_message ON parts (message, ordinal);
CREATE INDEX parts_wanted ON parts (due_at) WHERE state = 0;

CREATE TABLE deliveries (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  message     INTEGER NOT NULL REFERENCES messages (id),
  target      INTEGER NOT NULL,  -- 0 phone, 1 carrier
  destination TEXT NOT NULL,
  lane        TEXT NOT NULL,     -- the queue that keeps the order
  blocking    INTEGER,           -- 1 first in its lane, 0 waits behind another, NULL is in no lane (any more)
  waits_media INTEGER NOT NULL,  -- 1 until the files it carries are settled
  text_at     INTEGER NOT NULL,
  text_bytes  INTEGER NOT NULL,
  first_part  INTEGER NOT NULL,
  part_count  INTEGER NOT NULL,
  call_id     TEXT NOT NULL,
  state       INTEGER NOT NULL,
  tries       INTEGER NOT NULL,
  interrupted INTEGER NOT NULL,
  born_at     INTEGER NOT NULL,  -- when its time to live began
  due_at      INTEGER,           -- when it is tried; NULL: not by the clock
  result_id   TEXT NOT NULL      -- the carrier's id of what it accepted
);
CREATE INDEX deliveries_of_message ON deliveries (message);
CREATE INDEX deliveries_open ON deliveries (target, due_at) WHERE (state = 0 OR state = 1 OR state = 4 OR state = 7);
CREATE UNIQUE INDEX deliveries_first ON deliveries (lane) WHERE blocking = 1;
CREATE INDEX deliveries_behind ON deliveries (lane) WHERE blocking = 0;
CREATE INDEX deliveries_deferred ON deliveries (destination) WHERE state = 4;
CREATE INDEX deliveries_dead ON deliveries (message) WHERE state = 6;
CREATE INDEX deliveries_by_call ON deliveries (call_id) WHERE call_id <> '';
CREATE INDEX deliveries_by_result ON deliveries (result_id) WHERE result_id <> '';

CREATE TABLE events (
  message  INTEGER NOT NULL,
  number   INTEGER NOT NULL,  -- 1, 2, 3, ... within the message
  delivery INTEGER NOT NULL,  -- 0: about the message as a whole
  at       INTEGER NOT NULL,
  state    TEXT NOT NULL,
  reason   TEXT NOT NULL,
  PRIMARY KEY (message, number)
) WITHOUT ROWID;

CREATE TABLE sub_accounts (
  place     INTEGER PRIMARY KEY,
  account   TEXT NOT NULL,
  caller_id TEXT NOT NULL,
  extension TEXT NOT NULL,
  read_at   INTEGER NOT NULL
);

CREATE TABLE state_names (state INTEGER PRIMARY KEY, name TEXT NOT NULL);  -- for people who ask in SQL
)sql";

constexpr const char* kSecond = R"sql(
CREATE TABLE dids (
  place       INTEGER PRIMARY KEY,
  number      TEXT NOT NULL,
  messages_on INTEGER NOT NULL,
  read_at     INTEGER NOT NULL
);
)sql";

// A message that the provider has logged and told under two ids must not become two.
constexpr const char* kThird = R"sql(
ALTER TABLE messages ADD COLUMN source INTEGER NOT NULL DEFAULT 0;  -- 0 told, 1 found in the provider's log
ALTER TABLE messages ADD COLUMN other_id TEXT NOT NULL DEFAULT '';  -- its id there where it was not first seen
CREATE INDEX messages_only_logged ON messages (own, peer) WHERE source = 1 AND other_id = '';
CREATE INDEX messages_other_id ON messages (other_id) WHERE other_id <> '';
CREATE TABLE marks (name TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO marks (name, at) VALUES ('born', CAST(strftime('%s', 'now') AS INTEGER) * 1000);
)sql";

// What is over must be found without walking through what is not.
constexpr const char* kFourth = R"sql(
CREATE INDEX blobs_until ON blobs (until);
CREATE INDEX parts_of_blob ON parts (blob) WHERE blob IS NOT NULL;
)sql";

// Has what the provider's log shows as sent been sent by us?
constexpr const char* kFifth = R"sql(
CREATE INDEX deliveries_sent ON deliveries (destination, born_at) WHERE target = 1;
)sql";

// Keys of scripts and cameras. A key is random, so that its plain hash says nothing: a slow one, with salt, is for what
// people think up.
constexpr const char* kSixth = R"sql(
CREATE TABLE upload_keys (
  name         TEXT PRIMARY KEY,
  hash         TEXT NOT NULL,     -- SHA-256 of the key
  all_accounts INTEGER NOT NULL,  -- 1: accounts is empty
  accounts     TEXT NOT NULL,     -- separated by blanks
  made_at      INTEGER NOT NULL,
  used_at      INTEGER,           -- NULL: never
  uses         INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

// The last part of the web hook's address: who knows it may tell us of messages.
constexpr const char* kSeventh = R"sql(
CREATE TABLE hook_tokens (
  number       INTEGER PRIMARY KEY AUTOINCREMENT,  -- what people call it; never used again
  token        TEXT NOT NULL UNIQUE,
  made_at      INTEGER NOT NULL,
  last_used_at INTEGER                             -- to about a minute; NULL: never
);
)sql";

// What phones may fetch: the row alone can be read by nobody.
constexpr const char* kEighth = R"sql(
CREATE TABLE handouts (
  id        TEXT PRIMARY KEY,  -- SHA-256 of the last part of its URL
  kind      INTEGER NOT NULL,  -- 0 a phone's configuration, 1 the contacts that go with one
  accounts  TEXT NOT NULL,
  sealed    TEXT NOT NULL,     -- under a key that is made of the last part of its URL, which is kept nowhere
  made_at   INTEGER NOT NULL,
  until     INTEGER NOT NULL,
  uses_left INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX handouts_until ON handouts (until);
)sql";

// What the proxy keeps in its memory for phones that are away is lost when it is started anew: to be seen, and to be
// found again.
constexpr const char* kNinth = R"sql(
ALTER TABLE deliveries ADD COLUMN kept_at INTEGER;  -- since when a proxy keeps it for its phone; NULL: none does
CREATE INDEX deliveries_kept ON deliveries (kept_at) WHERE state = 2 AND kept_at IS NOT NULL;
CREATE TABLE proxies (
  name    TEXT PRIMARY KEY,  -- of one life of a proxy: another start has another name
  seen_at INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

// Who may log in to send a file must be known when VoIP.ms cannot be asked; what they log in with must not be readable.
constexpr const char* kTenth = R"sql(
CREATE TABLE sealed (
  name TEXT PRIMARY KEY,
  salt TEXT NOT NULL,
  text TEXT NOT NULL   -- under a key that is made of the salt and of what does not stand here
) WITHOUT ROWID;
ALTER TABLE blobs ADD COLUMN uploader TEXT;  -- the account that sent it here; empty: no account did; NULL: we fetched it
CREATE INDEX blobs_uploaded ON blobs (created_at, uploader, size) WHERE uploader IS NOT NULL;
)sql";

// Links to files are signed. What was stored before is found by its bare id too: such links are with phones.
constexpr const char* kEleventh = R"sql(
ALTER TABLE blobs ADD COLUMN plain_link INTEGER NOT NULL DEFAULT 1;  -- 1: its bare id opens it
CREATE TABLE link_secrets (
  number  INTEGER PRIMARY KEY AUTOINCREMENT,  -- the newest signs
  secret  TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  until   INTEGER                             -- so long what it has signed is good; NULL: it signs
);
CREATE TABLE link_revocations (
  recipient  TEXT NOT NULL,     -- a sub account or a number; '': everybody
  blob       TEXT NOT NULL,     -- '': all files
  generation INTEGER NOT NULL,  -- how often; it is signed with each link
  at         INTEGER NOT NULL,  -- last
  PRIMARY KEY (recipient, blob)
) WITHOUT ROWID;
)sql";

/// The n-th makes version n of version n-1. What has been released is never changed: what comes next is a new one.
constexpr std::array kMigrations{kFirst,   kSecond, kThird, kFourth, kFifth,   kSixth,
                                 kSeventh, kEighth, kNinth, kTenth,  kEleventh};
constexpr auto kVersion = static_cast<std::int64_t>(kMigrations.size());

void name_states(Database& db) {
  Statement insert(db, "INSERT INTO state_names (state, name) VALUES (?, ?) ON CONFLICT DO NOTHING");
  for (const State state : kAllStates) insert.run(state, to_string(state));
}

}  // namespace

Result<bool> check_is_ours(Database& db, std::string_view path) {
  const auto application = db.number("PRAGMA application_id");
  const auto version = db.number("PRAGMA user_version");
  const auto tables = db.number("SELECT count(*) FROM sqlite_schema WHERE type = 'table'");
  const auto predecessors = db.number("SELECT count(*) FROM sqlite_schema WHERE name = 'send_msgs'");
  if (auto error = db.take_error()) return std::unexpected(*std::move(error));
  const bool is_fresh = application == 0 && version == 0 && (tables == 0 || predecessors == 1);
  if (application != kApplicationId && !is_fresh) {
    return fail(ErrorKind::corrupt, fmt::format("{} is the database of another program: name another file", path));
  }
  if (version > kVersion) {
    return fail(ErrorKind::corrupt,
                fmt::format("the database {} (version {}) was made by a newer mmsgate, and this one "
                            "knows up to version {}: install the newer one again",
                            path, version, kVersion));
  }
  return true;
}

Result<bool> migrate(Database& db) {
  if (db.number("PRAGMA user_version") < kVersion) {
    db.run("BEGIN IMMEDIATE");
    // Asked again under the lock: another process may have been quicker.
    for (auto version = db.number("PRAGMA user_version"); version < kVersion; ++version) {
      db.run(kMigrations[static_cast<std::size_t>(version)]);
    }
    name_states(db);
    db.run(fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT", kApplicationId, kVersion));
  }
  if (auto error = db.take_error()) return std::unexpected(*std::move(error));
  return true;
}

Result<bool> check_is_current(Database& db, std::string_view path) {
  const auto version = db.number("PRAGMA user_version");
  if (auto error = db.take_error()) return std::unexpected(*std::move(error));
  if (version == kVersion) return true;
  return fail(ErrorKind::transient,
              fmt::format("the database {} is of an older mmsgate: start the gateway once", path));
}

}  // namespace mmsgate::store
