// SPDX-License-Identifier: Apache-2.0
// A full disk, a bad disk, a lock, a file that is taken away: nothing is called stored that is not, and it heals by
// itself.
#include <sqlite3.h>

#include <filesystem>
#include <thread>

#include "faulty_disk.hpp"
#include "kit.hpp"
#include "spy.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

namespace fs = std::filesystem;

class Trouble : public StoreTest {
 protected:
  void SetUp() override { open_with(std::chrono::milliseconds(50)); }
  void TearDown() override { disk_.heal(); }
  void open_with(Duration patience) {
    store_.reset();
    auto opened = open_sqlite({.path = path(), .patience = patience}, runtime::Log::none());
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    store_ = std::move(*opened);
    client_ = std::make_unique<Client>(*store_);
  }
  Error refused(const std::string& id) {
    const auto accepted = client_->accept({text_from(kPeer, id)});
    EXPECT_FALSE(accepted.has_value());
    return accepted ? Error{} : accepted.error();
  }
  /// Without any command: the store finds out by itself.
  void wait_until_writable() {
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!store_->writable() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    EXPECT_EQ(store_->writable(), true);
  }
  FaultyDisk disk_;
};

TEST_F(Trouble, AFullDiskIsToldAndPasses) {
  const MessageId before = client_->accept_one(text_from(kPeer, "1"));
  disk_.fail(SQLITE_FULL);
  const Error error = refused("2");
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("no room left"), std::string::npos) << error.detail;
  EXPECT_NE(error.detail.find(path()), std::string::npos) << error.detail;
  ASSERT_FALSE(store_->writable().has_value());
  EXPECT_EQ(store_->writable().error().detail, error.detail);
  EXPECT_EQ(history(before).summary.peer, kPeer);  // reading goes on

  disk_.heal();
  EXPECT_TRUE(client_->accept({text_from(kPeer, "2")}).has_value());
  EXPECT_EQ(store_->writable(), true);
  EXPECT_EQ(store_->counts()->messages, 2);
}

TEST_F(Trouble, WhenThereIsRoomAgainItIsSeenWithoutACommand) {
  disk_.fail(SQLITE_FULL);
  static_cast<void>(refused("1"));
  EXPECT_FALSE(store_->writable().has_value());
  disk_.heal();
  wait_until_writable();
}

TEST_F(Trouble, AClaimThatFindsNothingDoesNotHideAFullDisk) {
  disk_.fail(SQLITE_FULL);
  static_cast<void>(refused("1"));
  EXPECT_TRUE(client_->claim().has_value());
  EXPECT_FALSE(store_->writable().has_value());
}

TEST_F(Trouble, ADiskThatFailsIsToldWithWhereToLook) {
  disk_.fail(SQLITE_IOERR_FSYNC);
  const Error error = refused("1");
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("dmesg"), std::string::npos) << error.detail;
}

TEST_F(Trouble, ADiskThatBecameReadOnlyIsToldAndPasses) {
  for (const int code : {SQLITE_IOERR_WRITE, SQLITE_READONLY, SQLITE_PERM}) {
    disk_.fail(code);
    EXPECT_EQ(refused("1").kind, ErrorKind::transient);
    EXPECT_FALSE(store_->writable().has_value());
    disk_.heal();
    wait_until_writable();
  }
  EXPECT_EQ(client_->accept({text_from(kPeer, "1")})->added, 1);
}

TEST_F(Trouble, ADiskThatCannotBeReadIsToldAndPasses) {
  constexpr int kMany = 300;  // more than is kept in memory
  for (int i = 0; i < kMany; ++i) {
    NewMessage message = text_from(kPeer, std::to_string(i));
    message.text = std::string(5000, 'x');
    ASSERT_TRUE(client_->accept({std::move(message)}).has_value());
  }
  open_with(std::chrono::milliseconds(50));  // nothing is in memory
  disk_.fail_reads(SQLITE_IOERR_READ);
  EXPECT_EQ(refused("new").kind, ErrorKind::transient);
  EXPECT_FALSE(store_->list(kMany, false).has_value());
  EXPECT_FALSE(store_->writable().has_value());
  disk_.heal();
  wait_until_writable();
  EXPECT_EQ(client_->accept({text_from(kPeer, "new")})->added, 1);
  EXPECT_EQ(store_->list(2 * kMany, false)->size(), kMany + 1U);
}

TEST_F(Trouble, NobodyOfAFailedCommitIsToldThatItIsStored) {
  constexpr int kCommands = 20;
  int failed = 0;
  disk_.fail(SQLITE_IOERR_WRITE);
  std::promise<void> last;
  for (int i = 0; i < kCommands; ++i) {
    store_->accept({text_from(kPeer, std::to_string(i))}, [&, i](const Result<Accepted>& accepted) {
      failed += accepted ? 0 : 1;
      if (i == kCommands - 1) last.set_value();
    });
  }
  last.get_future().wait();
  EXPECT_EQ(failed, kCommands);
  disk_.heal();
  reopen();
  EXPECT_EQ(store_->counts()->messages, 0);
}

TEST_F(Trouble, ALockOfAnotherProgramIsWaitedForAndThenTold) {
  Sql other(path());
  other.run("BEGIN EXCLUSIVE");
  const Error error = refused("1");
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("locked by another program"), std::string::npos) << error.detail;
  other.run("COMMIT");
  EXPECT_TRUE(client_->accept({text_from(kPeer, "1")}).has_value());
}

TEST_F(Trouble, AShortLockOfAnotherProgramIsNotNoticed) {
  Spy spy;
  open_with(std::chrono::seconds(60));
  Sql other(path());
  other.run("BEGIN EXCLUSIVE");
  std::promise<bool> stored;
  store_->accept({text_from(kPeer, "1")},
                 [&stored](const Result<Accepted>& got) { stored.set_value(got.has_value()); });
  while (spy.count("BEGIN IMMEDIATE") == 0) std::this_thread::yield();  // now it waits for the lock
  other.run("COMMIT");
  EXPECT_TRUE(stored.get_future().get());
}

TEST_F(Trouble, IntoAFileThatIsGoneNothingIsStored) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  fs::rename(path(), path() + ".away");
  const Error error = refused("2");
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("is gone"), std::string::npos) << error.detail;
  EXPECT_FALSE(store_->writable().has_value());
  fs::rename(path() + ".away", path());
  EXPECT_TRUE(client_->accept({text_from(kPeer, "2")}).has_value());
}

TEST_F(Trouble, IntoAFileThatWasReplacedNothingIsStored) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  fs::rename(path(), path() + ".away");
  fs::copy_file(path() + ".away", path());
  EXPECT_NE(refused("2").detail.find("another one is in its place"), std::string::npos);
}

// SQLite itself does not notice that, and would mix what it remembers with what is there now.
TEST_F(Trouble, IntoAFileThatWasCopiedOverNothingIsStored) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  Sql(path()).run("VACUUM INTO '" + path() + ".older'");
  for (int i = 0; i < 50; ++i) static_cast<void>(client_->accept_one(text_from(kPeer, "later" + std::to_string(i))));
  fs::copy_file(path() + ".older", path(), fs::copy_options::overwrite_existing);  // into the same file
  EXPECT_NE(refused("2").detail.find("somebody has written into the database file"), std::string::npos);
  EXPECT_FALSE(store_->writable().has_value());
  EXPECT_NE(refused("3").detail.find("restart mmsgate"), std::string::npos) << "it does not pass by itself";
  reopen();
  EXPECT_EQ(store_->counts()->messages, 1) << "what is there now, and nothing of the former";
  EXPECT_EQ(Sql(path()).run("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_TRUE(client_->accept({text_from(kPeer, "2")}).has_value());
}

TEST_F(Trouble, IntoAFileThatWasCopiedOverAfterACrashNothingIsStored) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  const std::string crashed = folder_.file("crashed.sqlite");
  for (const char* ending : {"", "-wal"}) fs::copy_file(path() + ending, crashed + ending);
  Sql(path()).run("VACUUM INTO '" + crashed + ".older'");
  const auto opened = open_sqlite({.path = crashed}, runtime::Log::none());
  ASSERT_TRUE(opened.has_value());
  Client client(**opened);
  fs::copy_file(crashed + ".older", crashed, fs::copy_options::overwrite_existing);
  const auto accepted = client.accept({text_from(kPeer, "2")});
  ASSERT_FALSE(accepted.has_value());
  EXPECT_NE(accepted.error().detail.find("somebody has written"), std::string::npos);
}

TEST_F(Trouble, WhatAnotherProgramFoldsInIsNoTrouble) {
  for (int i = 0; i < 20; ++i) {
    static_cast<void>(client_->accept_one(text_from(kPeer, std::to_string(i))));
    Sql other(path());
    other.run("UPDATE messages SET text = text || 'y'");
    other.run("PRAGMA wal_checkpoint(TRUNCATE)");
  }
  EXPECT_TRUE(client_->accept({text_from(kPeer, "last")}).has_value());
  EXPECT_EQ(store_->writable(), true);
}

TEST_F(Trouble, WhatWasInALogThatIsGoneIsInTheDatabase) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  fs::remove(path() + "-wal");
  static_cast<void>(refused("2"));
  fs::copy_file(path(), path() + ".seen");  // as a power cut would leave it
  EXPECT_EQ(Sql(path() + ".seen").run("SELECT count(*) FROM messages"), std::vector<std::string>{"1"});
}

TEST_F(Trouble, IntoALogThatIsGoneNothingIsStored) {
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  fs::remove(path() + "-wal");
  EXPECT_NE(refused("2").detail.find("-wal is gone"), std::string::npos);
}

/// One life of a store in which the `nth` write or sync fails. Answers the ids that it said it had stored.
std::vector<std::string> live_with_fault(FaultyDisk& disk, const std::string& path, int code, long nth, long bad) {
  std::vector<std::string> stored;
  disk.fail(code, nth, bad);
  auto opened = open_sqlite({.path = path}, runtime::Log::none());
  if (!opened) {
    EXPECT_EQ(opened.error().kind, ErrorKind::transient) << opened.error().detail;
    return stored;
  }
  Client client(**opened);
  for (const char* id : {"1", "2", "3"}) {
    if (client.accept({text_from(kPeer, id)})) stored.emplace_back(id);
    const auto claimed = client.claim();
    if (!claimed || claimed->jobs.empty()) continue;
    const auto recorded = client.record({.id = claimed->jobs[0].id, .event = Event::accepted}, kNow,
                                        [id](const Recorded&) { return std::vector{text_from("5145550150", id)}; });
    EXPECT_TRUE(!recorded || recorded->changed);
  }
  return stored;
}

/// What must hold whatever has happened.
void expect_sound(const std::string& path) {
  Sql sql(path);
  EXPECT_EQ(sql.run("PRAGMA integrity_check"), std::vector<std::string>{"ok"});
  EXPECT_TRUE(sql.run("PRAGMA foreign_key_check").empty());
  EXPECT_TRUE(sql.run("SELECT lane FROM deliveries WHERE blocking = 0 AND lane NOT IN "
                      "(SELECT lane FROM deliveries WHERE blocking = 1)")
                  .empty());
  EXPECT_TRUE(sql.run("SELECT id FROM messages WHERE id NOT IN (SELECT message FROM deliveries)").empty());
  EXPECT_TRUE(sql.run("SELECT id FROM messages WHERE id NOT IN (SELECT message FROM events)").empty());
}

TEST(TroubleAtEachStep, WhatWasAnsweredIsThereAndTheRestIsWholeOrAbsent) {
  FaultyDisk disk;
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    for (const long bad : {1L, FaultyDisk::kForEver}) {
      bool was_reached = true;
      for (long nth = 0; was_reached; nth += 5) {
        SCOPED_TRACE("code " + std::to_string(code) + ", fault at " + std::to_string(nth) + ", " + std::to_string(bad));
        Folder folder;
        const std::string path = folder.file("mmsgate.sqlite");
        const long before = disk.operations();
        const auto stored = live_with_fault(disk, path, code, nth, bad);
        was_reached = disk.operations() - before > nth;
        disk.heal();
        auto opened = open_sqlite({.path = path}, runtime::Log::none());
        ASSERT_TRUE(opened.has_value()) << opened.error().detail;
        Client client(**opened);
        for (const std::string& id : stored) {
          EXPECT_EQ(client.accept({text_from(kPeer, id)})->added, 0) << "lost: " << id;
        }
        EXPECT_TRUE(client.recover().has_value());
        opened->reset();
        expect_sound(path);
      }
    }
  }
}

}  // namespace
}  // namespace mmsgate::store::kit
