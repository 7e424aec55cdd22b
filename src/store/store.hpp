// SPDX-License-Identifier: Apache-2.0
// The durable truth: messages, their parts and deliveries, stored files, an event log, and the directory. Every journey
// starts here and ends here.
//
// Threads: commands (the ones with a `Done`) may be called from any thread. They go to the store's writer, which puts
// all that wait into one transaction; `done` is called on the writer's thread after COMMIT, or with the error after
// ROLLBACK, and must do no more than post(). Answers come in the order of the calls. A command that fails leaves the
// others alone. Queries return at once and may be called from any thread; each waits for no writer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/delivery_state.hpp"
#include "core/directory.hpp"
#include "core/error.hpp"
#include "core/hook.hpp"
#include "core/link.hpp"
#include "core/message.hpp"
#include "store/import.hpp"
#include "store/lines.hpp"
#include "store/links.hpp"
#include "store/stored_file.hpp"
#include "store/upload_key.hpp"

namespace mmsgate::store {

template <typename T>
using Done = std::move_only_function<void(Result<T>)>;

struct Accepted {
  std::vector<MessageId> ids;  ///< In the order given, also of those that were here already.
  int added = 0;               ///< How many were not.
};

/// An entry of a provider's log: as the message that it is would be known.
struct LoggedId {
  std::string provider;
  std::string id;
  std::string own;
};

/// A delivery that the caller has claimed and must end with record().
struct Job {
  DeliveryId id;
  MessageId message;
  Target target = Target::phone;
  std::string destination;
  Slice slice;
  std::string call_id;
  int tries = 0;             ///< This one included: 1 is the first.
  bool interrupted = false;  ///< An earlier try was cut off by our own end; nobody knows whether it was done.
  TimePoint accepted_at;     ///< When the message was accepted from its sender.
  // Of the message:
  Direction direction = Direction::inbound;
  Kind kind = Kind::message;
  std::string own;
  std::string peer;
  std::string account;
  std::string text;
  std::string subject_id;
  std::string participants;
  std::vector<Part> parts;  ///< All of the message, in order; `slice` says which are meant.
};

struct Claimed {
  std::vector<Job> jobs;
  std::optional<TimePoint>
      next_due;   ///< When the next one falls due that was not claimed now; nothing: none waits for a time.
  int ready = 0;  ///< As many as could have gone: these, others that are due, and all that stand behind one of them.
};

/// A part whose bytes are wanted, claimed for one try; end it with record_part().
struct Fetch {
  PartId id;
  MessageId message;
  std::string url;
  std::string type;
  std::string name;
  int tries = 0;
  TimePoint accepted_at;
};

struct ClaimedFetches {
  std::vector<Fetch> fetches;
  std::optional<TimePoint> next_due;
};

/// What happened to a delivery.
struct Outcome {
  DeliveryId id;
  Event event = Event::accepted;
  std::string reason;                 ///< For the event log and for people.
  std::optional<TimePoint> next_try;  ///< With Event::postponed.
  std::string result_id;              ///< The carrier's id of what it accepted.
  bool kept = false;                  ///< With Event::accepted: the proxy keeps it until its phone is there.
};

/// What a handset says of what we sent it.
struct HandsetWord {
  std::string call_id;
  std::string account;
  bool displayed = false;  ///< It has shown it to a person; else: it has it.
};

/// The outcome as the store saw it, and what became of the whole message by it.
struct Recorded {
  bool changed = false;    ///< The delivery moved, or its sender is told more than before; else nothing below is set.
  bool displayed = false;  ///< The handset has shown it to a person.
  bool found = false;      ///< The carrier's log shows that it was sent, though its sender was told that it was not.
  State state = State::queued;
  bool tells_sender = false;     ///< The step says so.
  bool message_settled = false;  ///< No delivery of the message is queued, sending, deferred or held any more.
  int reached = 0;               ///< Deliveries of the message that are accepted or delivered.
  int lost = 0;                  ///< Those that are failed or dead.
  std::string destination;       ///< Of this delivery.
  std::string reason;            ///< Of this outcome.
  // Of the message:
  MessageId message;
  Direction direction = Direction::inbound;
  Kind kind = Kind::message;
  std::string own;
  std::string peer;
  std::string account;
  std::string subject_id;
  TimePoint accepted_at;
};

/// What is to be stored in the same transaction as an outcome: notices and receipts to its sender. Pure; called on the
/// writer's thread, only when the outcome changed something, and once more when its transaction has to be done again.
using FollowUp = std::function<std::vector<NewMessage>(const Recorded&)>;

struct Counts {
  std::int64_t messages = 0;
  std::int64_t open = 0;  ///< Deliveries that still have to go somewhere.
  std::int64_t dead = 0;
};

/// What became of a token of the web hook that was to go.
enum class Removal { removed, not_there, is_the_last };

class Store {
 public:
  virtual ~Store() = default;

  // ---- Commands
  // -------------------------------------------------------------------------------------------------------

  /// Stores messages with all their parts and deliveries, all or none. One whose (provider, provider_id, own) is here
  /// already is left as it is; so is one that the provider has both told and logged, under whatever ids.
  virtual void accept(std::vector<NewMessage> messages, Done<Accepted> done) = 0;
  /// The provider's log shows these. To be called with all of it before what is new of it is accepted: one that has the
  /// id by which it was told proves that ids can be trusted, and words need not be compared any more.
  virtual void note_log(std::vector<LoggedId> entries, Done<bool> done) = 0;

  /// Takes up to `limit` deliveries that are due at `now` and first in their lane, and marks them sending. `count_to`:
  /// no more are counted as `ready`; 0: none are.
  virtual void claim(Target target, int limit, TimePoint now, int count_to, Done<Claimed> done) = 0;
  /// Records what happened, by core's table, and frees the lane where it says so.
  virtual void record(Outcome outcome, TimePoint now, FollowUp follow_up, Done<Recorded> done) = 0;
  /// The other side has shown that it has the request (SIP 100), though it has not said yes: the next of the lane may
  /// go. False: it holds no lane (any more), or is not under way. Postponed later, it is tried again by itself, out of
  /// order.
  virtual void free_lane(DeliveryId id, TimePoint now, Done<bool> done) = 0;
  /// Event::delivered for what that phone was sent. Not changed: there is no such delivery, or its receipt came before.
  virtual void receipt(HandsetWord word, TimePoint now, FollowUp follow_up, Done<Recorded> done) = 0;
  /// Whatever is deferred for this phone is due now. Answers how many.
  virtual void release(std::string destination, TimePoint now, Done<int> done) = 0;

  /// A proxy of this name answers. One that was never seen, though others were, has been started anew: what was kept by
  /// a proxy since `kept_since` or later, and is not known to have arrived, is queued again. Answers how many; nothing:
  /// it was known, or is the first.
  virtual void note_proxy(std::string name, TimePoint now, TimePoint kept_since, Done<std::optional<int>> done) = 0;

  /// Takes up to `limit` parts whose bytes are wanted and whose time has come.
  virtual void claim_fetches(int limit, TimePoint now, Done<ClaimedFetches> done) = 0;
  /// A delivery is due when the last part that it carries has been settled. False: the part was settled before.
  virtual void record_part(PartOutcome outcome, TimePoint now, Done<bool> done) = 0;

  /// The same id again changes nothing.
  virtual void add_blob(Blob blob, Done<bool> done) = 0;
  /// File, message and the use of the key, all or none. False: the key has been revoked, and nothing is stored.
  virtual void accept_upload(KeyedUpload upload, Done<bool> done) = 0;
  /// In the place of what was kept under this name.
  virtual void keep_sealed(Sealed sealed, Done<bool> done) = 0;
  virtual void replace_directory(Directory directory, TimePoint now, Done<bool> done) = 0;

  /// False: another key has this name.
  virtual void add_upload_key(UploadKey key, Done<bool> done) = 0;
  /// For good; its name is free again. False: no key has it.
  virtual void revoke_upload_key(std::string name, Done<bool> done) = 0;
  /// A further token of the web hook.
  virtual void add_hook_token(std::string token, TimePoint now, Done<bool> done) = 0;
  /// By its number. The last one stays, unless it is meant.
  virtual void remove_hook_token(std::int64_t number, bool even_the_last, Done<Removal> done) = 0;
  /// A message came with it.
  virtual void note_hook_use(std::string token, TimePoint at, Done<bool> done) = 0;

  virtual void rotate_links(LinkRotation rotation, Done<bool> done) = 0;
  /// The links that this recipient (empty: everybody) was given for the file (nothing: for all) work no more; those
  /// that follow do.
  virtual void revoke_links(std::string recipient, std::optional<BlobId> blob, TimePoint now, Done<bool> done) = 0;
  /// The bare ids of files that it (empty: anybody) was given or has sent are links no more. Answers how many were.
  virtual void end_plain_links(std::string recipient, Done<int> done) = 0;

  /// Rows of the first MMSGate's database, in the order in which they stand there. Those that were taken before add
  /// nothing.
  virtual void import(std::vector<Import> rows, Done<Imported> done) = 0;
  /// All rows up to this one's time have been taken.
  virtual void mark_imported(TimePoint newest, Done<bool> done) = 0;

  /// At start, before anything is claimed: what was `sending` when we were stopped is queued again, marked interrupted;
  /// what was on its way to the carrier is due at `carrier_due`. Answers how many.
  virtual void recover(TimePoint now, TimePoint carrier_due, Done<int> done) = 0;
  /// A person wants it tried again from the start: every failed, dead or held delivery of the message that has a
  /// destination. Answers how many.
  virtual void replay(MessageId message, TimePoint now, Done<int> done) = 0;

  /// The clock has been set: what waits for a time, or counts its age, moves with it. Answers how many deliveries.
  virtual void shift(Duration by, Done<int> done) = 0;

  /// Changes nothing: tells that the writer gets round to what it is given.
  virtual void turn(Done<bool> done) = 0;

  /// Files that have been removed: their rows go, and parts that had them are lost.
  virtual void forget_blobs(std::vector<BlobId> ids, Done<bool> done) = 0;
  /// With their parts, deliveries and events. Answers how many there were.
  virtual void forget_messages(std::vector<MessageId> ids, Done<int> done) = 0;

  virtual void add_handouts(std::vector<Handout> handouts, Done<bool> done) = 0;
  /// Uses a configuration up by one; with its last use it goes, and the contacts that were made with it stay for years.
  /// Nothing: it is not there, or its time is over.
  virtual void take_handout(std::string id, TimePoint now, Done<std::optional<Handout>> done) = 0;
  /// Those of this account; empty: all. Answers how many configurations.
  virtual void revoke_handouts(std::string account, Done<int> done) = 0;
  /// Those whose time is over. Answers how many.
  virtual void drop_handouts(TimePoint now, Done<int> done) = 0;

  // ---- Queries
  // --------------------------------------------------------------------------------------------------------

  [[nodiscard]] virtual Result<std::optional<Blob>> find_blob(const BlobId& id) = 0;
  [[nodiscard]] virtual Result<Directory> directory() = 0;
  /// That have not been revoked, by name. Also what another process has changed just now.
  [[nodiscard]] virtual Result<std::vector<UploadKey>> upload_keys() = 0;
  /// The oldest first.
  [[nodiscard]] virtual Result<std::vector<HookToken>> hook_tokens() = 0;
  /// The newest first. Secrets: never log them.
  [[nodiscard]] virtual Result<std::vector<LinkSecret>> link_secrets() = 0;
  [[nodiscard]] virtual Result<std::vector<LinkRevocation>> link_revocations() = 0;
  /// Who was given links to files that are here, by name. For people: it looks at every file of every message.
  [[nodiscard]] virtual Result<std::vector<LinkRecipient>> link_recipients() = 0;
  /// How many bare ids end_plain_links() would end. For people, too.
  [[nodiscard]] virtual Result<std::int64_t> plain_links(const std::string& recipient) = 0;
  [[nodiscard]] virtual Result<std::optional<Sealed>> sealed(const std::string& name) = 0;
  /// Of the files that are here still.
  [[nodiscard]] virtual Result<Uploaded> uploaded(const std::string& account, TimePoint since) = 0;
  /// As take_handout(), and leaves it as it is.
  [[nodiscard]] virtual Result<std::optional<Handout>> find_handout(const std::string& id, TimePoint now) = 0;
  /// Configurations that can be fetched at `now`, the newest first.
  [[nodiscard]] virtual Result<std::vector<Handout>> handouts(TimePoint now) = 0;
  /// When this database was made: what is older is none of our business.
  [[nodiscard]] virtual Result<TimePoint> born() = 0;
  /// What mark_imported() was told last; nothing: never.
  [[nodiscard]] virtual Result<std::optional<TimePoint>> imported_until() = 0;
  /// Is this the carrier's id of something that one of our deliveries is known to have sent?
  [[nodiscard]] virtual Result<bool> has_result(const std::string& result_id) = 0;
  /// Is there a message that this provider told of by this id, to whichever of our numbers?
  [[nodiscard]] virtual Result<bool> has_message(const std::string& provider, const std::string& provider_id) = 0;
  /// What went, or was to go, from our number `own` to `destination` in that time; the newest first.
  [[nodiscard]] virtual Result<std::vector<SentLine>> sent(const std::string& own, const std::string& destination,
                                                           TimePoint since, TimePoint until) = 0;
  /// Files that need be kept no longer at `now`, and that nothing open carries; the longest overdue first. Of those
  /// behind `after` it looks at `limit`, so that others can read before the next step.
  [[nodiscard]] virtual Result<ExpiredBlobs> expired_blobs(TimePoint now, const BlobPlace& after, int limit) = 0;
  /// Messages that came before, and of which nothing has to go anywhere; step by step, as above.
  [[nodiscard]] virtual Result<OldMessages> old_messages(TimePoint before, MessageId after, int limit) = 0;
  /// Of all files.
  [[nodiscard]] virtual Result<std::uint64_t> media_bytes() = 0;
  /// The newest first.
  [[nodiscard]] virtual Result<std::vector<Summary>> list(int limit, bool only_open) = 0;
  [[nodiscard]] virtual Result<std::optional<History>> history(MessageId id) = 0;
  [[nodiscard]] virtual Result<Counts> counts() = 0;
  /// Can we write? Asked by /healthz. The last commit's error, if it failed; a small write each second clears it.
  [[nodiscard]] virtual Result<bool> writable() = 0;
};

}  // namespace mmsgate::store
