// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.hpp"

#include <mutex>
#include <utility>

#include "store/accept.hpp"
#include "store/blobs.hpp"
#include "store/claim.hpp"
#include "store/connections.hpp"
#include "store/directory_table.hpp"
#include "store/events.hpp"
#include "store/file.hpp"
#include "store/handouts.hpp"
#include "store/hook_tokens.hpp"
#include "store/importer.hpp"
#include "store/lanes.hpp"
#include "store/link_table.hpp"
#include "store/mover.hpp"
#include "store/outcome.hpp"
#include "store/parts.hpp"
#include "store/proxies.hpp"
#include "store/queries.hpp"
#include "store/retention.hpp"
#include "store/sealed.hpp"
#include "store/sqlite.hpp"
#include "store/twins.hpp"
#include "store/upkeep.hpp"
#include "store/upload_keys.hpp"
#include "store/writer.hpp"

namespace mmsgate::store {
namespace {

/// Everything that writes, over the one connection that may.
struct Desk {
  explicit Desk(Database& db)
      : events(db),
        lanes(db),
        blobs(db),
        directory(db),
        hook_tokens(db),
        twins(db),
        acceptor(db, events, lanes, twins),
        claimer(db, events),
        mover(db, events, lanes),
        outcomes(db, mover, acceptor),
        upkeep(db, mover, lanes),
        proxies(db, upkeep),
        fetches(db, events, blobs),
        importer(db, events, lanes),
        retention(db),
        upload_keys(db),
        handouts(db),
        links(db),
        sealed(db) {}
  EventLog events;
  Lanes lanes;
  Blobs blobs;
  DirectoryTable directory;
  HookTokenTable hook_tokens;
  Twins twins;
  Acceptor acceptor;
  Claimer claimer;
  Mover mover;
  Outcomes outcomes;
  Upkeep upkeep;
  Proxies proxies;
  Fetches fetches;
  Importer importer;
  Retention retention;
  UploadKeys upload_keys;
  Handouts handouts;
  LinkTable links;
  SealedTexts sealed;
};

/// Everything that only reads, over a connection of its own.
struct Library {
  explicit Library(Database& db)
      : blobs(db),
        directory(db),
        hook_tokens(db),
        queries(db),
        expired(db),
        upload_keys(db),
        handouts(db),
        links(db),
        sealed(db) {}
  Blobs blobs;
  DirectoryTable directory;
  HookTokenTable hook_tokens;
  Queries queries;
  Expired expired;
  UploadKeys upload_keys;
  Handouts handouts;
  LinkTable links;
  SealedTexts sealed;
};

class SqliteStore final : public Store {
 public:
  /// `writing` is null for a store that is only read.
  SqliteStore(std::unique_ptr<Database> writing, std::unique_ptr<Database> reading, const SqliteOptions& options,
              std::shared_ptr<runtime::Log> log)
      : writing_(std::move(writing)), reading_(std::move(reading)), library_(*reading_) {
    if (writing_ == nullptr) return;
    desk_ = std::make_unique<Desk>(*writing_);
    writer_ = std::make_unique<Writer>(*writing_, options.path, options.most_per_commit, std::move(log));
  }

  void accept(std::vector<NewMessage> messages, Done<Accepted> done) override {
    submit<Accepted>([this, messages = std::move(messages)] { return desk_->acceptor.accept(messages); },
                     std::move(done));
  }
  void note_log(std::vector<LoggedId> entries, Done<bool> done) override {
    carry_out([this, entries = std::move(entries)] { desk_->twins.note_log(entries); }, std::move(done));
  }
  void claim(Target target, int limit, TimePoint now, int count_to, Done<Claimed> done) override {
    submit<Claimed>([this, target, limit, now, count_to] { return desk_->claimer.claim(target, limit, now, count_to); },
                    std::move(done));
  }
  void record(Outcome outcome, TimePoint now, FollowUp follow_up, Done<Recorded> done) override {
    submit<Recorded>([this, outcome = std::move(outcome), now,
                      follow_up = std::move(follow_up)] { return desk_->outcomes.record(outcome, now, follow_up); },
                     std::move(done));
  }
  void free_lane(DeliveryId id, TimePoint now, Done<bool> done) override {
    submit<bool>([this, id, now] { return desk_->upkeep.free_lane(id, now); }, std::move(done));
  }
  void receipt(HandsetWord word, TimePoint now, FollowUp follow_up, Done<Recorded> done) override {
    submit<Recorded>([this, word = std::move(word), now,
                      follow_up = std::move(follow_up)] { return desk_->outcomes.receipt(word, now, follow_up); },
                     std::move(done));
  }
  void release(std::string destination, TimePoint now, Done<int> done) override {
    submit<int>([this, destination = std::move(destination), now] { return desk_->upkeep.release(destination, now); },
                std::move(done));
  }
  void note_proxy(std::string name, TimePoint now, TimePoint kept_since, Done<std::optional<int>> done) override {
    submit<std::optional<int>>(
        [this, name = std::move(name), now, kept_since] { return desk_->proxies.note(name, now, kept_since); },
        std::move(done));
  }
  void claim_fetches(int limit, TimePoint now, Done<ClaimedFetches> done) override {
    submit<ClaimedFetches>([this, limit, now] { return desk_->fetches.claim(limit, now); }, std::move(done));
  }
  void record_part(PartOutcome outcome, TimePoint now, Done<bool> done) override {
    submit<bool>([this, outcome = std::move(outcome), now] { return desk_->fetches.record(outcome, now); },
                 std::move(done));
  }
  void add_blob(Blob blob, Done<bool> done) override {
    carry_out([this, blob = std::move(blob)] { desk_->blobs.add(blob); }, std::move(done));
  }
  void accept_upload(KeyedUpload upload, Done<bool> done) override {
    submit<bool>(
        [this, upload = std::move(upload)] {
          if (!desk_->upload_keys.use(upload.key_hash, upload.message.received_at)) return false;
          desk_->blobs.add(upload.blob);
          static_cast<void>(desk_->acceptor.accept({upload.message}));
          return true;
        },
        std::move(done));
  }
  void add_upload_key(UploadKey key, Done<bool> done) override {
    submit<bool>([this, key = std::move(key)] { return desk_->upload_keys.add(key); }, std::move(done));
  }
  void revoke_upload_key(std::string name, Done<bool> done) override {
    submit<bool>([this, name = std::move(name)] { return desk_->upload_keys.revoke(name); }, std::move(done));
  }
  void keep_sealed(Sealed sealed, Done<bool> done) override {
    carry_out([this, sealed = std::move(sealed)] { desk_->sealed.keep(sealed); }, std::move(done));
  }
  void replace_directory(Directory directory, TimePoint now, Done<bool> done) override {
    carry_out([this, directory = std::move(directory), now] { desk_->directory.replace(directory, now); },
              std::move(done));
  }
  void add_hook_token(std::string token, TimePoint now, Done<bool> done) override {
    carry_out([this, token = std::move(token), now] { desk_->hook_tokens.add(token, now); }, std::move(done));
  }
  void remove_hook_token(std::int64_t number, bool even_the_last, Done<Removal> done) override {
    submit<Removal>([this, number, even_the_last] { return desk_->hook_tokens.remove(number, even_the_last); },
                    std::move(done));
  }
  void note_hook_use(std::string token, TimePoint at, Done<bool> done) override {
    carry_out([this, token = std::move(token), at] { desk_->hook_tokens.note_use(token, at); }, std::move(done));
  }
  void rotate_links(LinkRotation rotation, Done<bool> done) override {
    carry_out([this, rotation = std::move(rotation)] { desk_->links.rotate(rotation); }, std::move(done));
  }
  void revoke_links(std::string recipient, std::optional<BlobId> blob, TimePoint now, Done<bool> done) override {
    carry_out([this, recipient = std::move(recipient), blob = std::move(blob),
               now] { desk_->links.revoke(recipient, blob, now); },
              std::move(done));
  }
  void end_plain_links(std::string recipient, Done<int> done) override {
    submit<int>([this, recipient = std::move(recipient)] { return desk_->blobs.end_plain_links(recipient); },
                std::move(done));
  }
  void import(std::vector<Import> rows, Done<Imported> done) override {
    submit<Imported>([this, rows = std::move(rows)] { return desk_->importer.take(rows); }, std::move(done));
  }
  void mark_imported(TimePoint newest, Done<bool> done) override {
    carry_out([this, newest] { desk_->importer.mark(newest); }, std::move(done));
  }
  void recover(TimePoint now, TimePoint carrier_due, Done<int> done) override {
    submit<int>(
        [this, now, carrier_due] {
          desk_->fetches.recover(now);
          return desk_->upkeep.recover(now, carrier_due);
        },
        std::move(done));
  }
  void replay(MessageId message, TimePoint now, Done<int> done) override {
    submit<int>([this, message, now] { return desk_->upkeep.replay(message, now); }, std::move(done));
  }

  void shift(Duration by, Done<int> done) override {
    submit<int>([this, by] { return desk_->upkeep.shift(by); }, std::move(done));
  }
  void turn(Done<bool> done) override {
    submit<bool>([] { return true; }, std::move(done));
  }
  void forget_blobs(std::vector<BlobId> ids, Done<bool> done) override {
    carry_out([this, ids = std::move(ids)] { desk_->retention.forget_blobs(ids); }, std::move(done));
  }
  void forget_messages(std::vector<MessageId> ids, Done<int> done) override {
    submit<int>([this, ids = std::move(ids)] { return desk_->retention.forget_messages(ids); }, std::move(done));
  }
  void add_handouts(std::vector<Handout> handouts, Done<bool> done) override {
    carry_out([this, handouts = std::move(handouts)] { desk_->handouts.add(handouts); }, std::move(done));
  }
  void take_handout(std::string id, TimePoint now, Done<std::optional<Handout>> done) override {
    submit<std::optional<Handout>>([this, id = std::move(id), now] { return desk_->handouts.take(id, now); },
                                   std::move(done));
  }
  void revoke_handouts(std::string account, Done<int> done) override {
    submit<int>([this, account = std::move(account)] { return desk_->handouts.revoke(account); }, std::move(done));
  }
  void drop_handouts(TimePoint now, Done<int> done) override {
    submit<int>([this, now] { return desk_->handouts.drop_expired(now); }, std::move(done));
  }

  Result<ExpiredBlobs> expired_blobs(TimePoint now, const BlobPlace& after, int limit) override {
    return ask([&] { return library_.expired.blobs(now, after, limit); });
  }
  Result<OldMessages> old_messages(TimePoint before, MessageId after, int limit) override {
    return ask([&] { return library_.expired.messages(before, after, limit); });
  }
  Result<std::uint64_t> media_bytes() override {
    return ask([&] { return library_.expired.media_bytes(); });
  }
  Result<std::optional<Blob>> find_blob(const BlobId& id) override {
    return ask([&] { return library_.blobs.find(id); });
  }
  Result<Directory> directory() override {
    return ask([&] { return library_.directory.read(); });
  }
  Result<std::vector<UploadKey>> upload_keys() override {
    return ask([&] { return library_.upload_keys.all(); });
  }
  Result<std::vector<HookToken>> hook_tokens() override {
    return ask([&] { return library_.hook_tokens.read(); });
  }
  Result<std::vector<LinkSecret>> link_secrets() override {
    return ask([&] { return library_.links.secrets(); });
  }
  Result<std::vector<LinkRevocation>> link_revocations() override {
    return ask([&] { return library_.links.revocations(); });
  }
  Result<std::vector<LinkRecipient>> link_recipients() override {
    return ask([&] { return library_.links.recipients(); });
  }
  Result<std::int64_t> plain_links(const std::string& recipient) override {
    return ask([&] { return library_.blobs.plain_links(recipient); });
  }
  Result<std::optional<Sealed>> sealed(const std::string& name) override {
    return ask([&] { return library_.sealed.find(name); });
  }
  Result<Uploaded> uploaded(const std::string& account, TimePoint since) override {
    return ask([&] { return library_.blobs.uploaded(account, since); });
  }
  Result<std::optional<Handout>> find_handout(const std::string& id, TimePoint now) override {
    return ask([&] { return library_.handouts.find(id, now); });
  }
  Result<std::vector<Handout>> handouts(TimePoint now) override {
    return ask([&] { return library_.handouts.configs(now); });
  }
  Result<TimePoint> born() override {
    return ask([&] { return library_.queries.mark("born").value_or(TimePoint{}); });
  }
  Result<std::optional<TimePoint>> imported_until() override {
    return ask([&] { return library_.queries.mark("imported"); });
  }
  Result<bool> has_result(const std::string& result_id) override {
    return ask([&] { return library_.queries.has_result(result_id); });
  }
  Result<bool> has_message(const std::string& provider, const std::string& provider_id) override {
    return ask([&] { return library_.queries.has_message(provider, provider_id); });
  }
  Result<std::vector<SentLine>> sent(const std::string& own, const std::string& destination, TimePoint since,
                                     TimePoint until) override {
    return ask([&] { return library_.queries.sent(own, destination, since, until); });
  }
  Result<std::vector<Summary>> list(int limit, bool only_open) override {
    return ask([&] { return library_.queries.list(limit, only_open); });
  }
  Result<std::optional<History>> history(MessageId id) override {
    return ask([&] { return library_.queries.history(id); });
  }
  Result<Counts> counts() override {
    return ask([&] { return library_.queries.counts(); });
  }
  Result<bool> writable() override {
    if (writer_ == nullptr) return std::unexpected(read_only());
    if (auto error = writer_->health()) return std::unexpected(*std::move(error));
    return true;
  }

 private:
  [[nodiscard]] static Error read_only() { return {ErrorKind::rejected, "the database was opened for reading only"}; }

  template <typename T, typename Work>
  void submit(Work work, Done<T> done) {
    if (writer_ == nullptr) return done(std::unexpected(read_only()));
    writer_->submit<T>(std::move(work), std::move(done));
  }

  /// A command that answers nothing but that it is done.
  template <typename Work>
  void carry_out(Work work, Done<bool> done) {
    submit<bool>(
        [work = std::move(work)] {
          work();
          return true;
        },
        std::move(done));
  }

  /// One snapshot for all that a query reads.
  template <typename Question>
  auto ask(Question question) -> Result<decltype(question())> {
    const std::lock_guard lock(reading_mutex_);
    reading_->run("BEGIN");
    auto answer = question();
    reading_->run("COMMIT");
    if (auto error = reading_->take_error()) {
      if (reading_->in_transaction()) reading_->run("ROLLBACK");
      static_cast<void>(reading_->take_error());
      return std::unexpected(*std::move(error));
    }
    return answer;
  }

  std::unique_ptr<Database> writing_;
  std::unique_ptr<Desk> desk_;
  std::mutex reading_mutex_;
  std::unique_ptr<Database> reading_;  // guarded by reading_mutex_
  Library library_;                    // guarded by reading_mutex_
  std::unique_ptr<Writer> writer_;     // last: its thread uses the others
};

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(SqliteOptions options, std::shared_ptr<runtime::Log> log) {
  std::unique_ptr<Database> writing;
  if (!options.read_only) {
    auto path = make_file(options.path);
    if (!path) return std::unexpected(path.error());
    options.path = *std::move(path);
    auto opened = open_writing(options);
    if (!opened) return std::unexpected(opened.error());
    writing = *std::move(opened);
  }
  auto reading = open_reading(options);
  if (!reading) return std::unexpected(reading.error());
  return std::make_unique<SqliteStore>(std::move(writing), *std::move(reading), options, std::move(log));
}

}  // namespace mmsgate::store
