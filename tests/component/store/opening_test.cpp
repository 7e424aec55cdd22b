// SPDX-License-Identifier: Apache-2.0
// Opening: a new file, one of ours, the predecessor's, and everything that is none of these.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "kit.hpp"
#include "sql.hpp"
#include "support/as_nobody.hpp"

namespace mmsgate::store::kit {
namespace {

using Rows = std::vector<std::string>;

mode_t mode_of(const std::string& path) {
  struct stat found {};
  EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
  return found.st_mode & 0777;
}

Result<std::unique_ptr<Store>> open_at(const std::string& path, bool read_only = false) {
  return open_sqlite({.path = path, .patience = std::chrono::milliseconds(50), .read_only = read_only},
                     runtime::Log::none());
}

Error error_at(const std::string& path, bool read_only = false) {
  const auto opened = open_at(path, read_only);
  EXPECT_FALSE(opened.has_value());
  if (opened) return {};
  EXPECT_NE(opened.error().detail.find(path), std::string::npos) << opened.error().detail;
  return opened.error();
}

class Opening : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_.file("mmsgate.sqlite"); }
  /// A file as the predecessor leaves it.
  void make_predecessor() const {
    Sql sql(path());
    sql.run(
        "CREATE TABLE send_msgs (rcvd_ts INT, fromid TEXT, toid TEXT, fromdom TEXT, todom TEXT, msgtype TEXT, did "
        "TEXT, "
        "direction TEXT, message TEXT, msgstatus TEXT, sent_ts INT, init_ts INT, trycnt INT, msgid TEXT)");
    sql.run(
        "INSERT INTO send_msgs (rcvd_ts, fromid, toid, msgtype, message) VALUES (1, '5145550111', 'bob', 'SMS', 'hi')");
    sql.run(
        "INSERT INTO send_msgs (rcvd_ts, fromid, toid, msgtype, message) VALUES (2, '5145550112', 'bob', 'MMS', 'ho')");
  }
  Folder folder_;
};

TEST_F(Opening, MakesFolderAndFileThatNobodyElseCanRead) {
  const std::string path = folder_.file("a/b/mmsgate.sqlite");
  ::umask(0);
  const auto opened = open_at(path);
  ::umask(022);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ(mode_of(folder_.file("a")), 0700U);
  EXPECT_EQ(mode_of(folder_.file("a/b")), 0700U);
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(path + "-wal"), 0600U);
  EXPECT_EQ((*opened)->writable(), true);
}

TEST_F(Opening, KeepsWhatItPromisesOfTheDisk) {
  const auto opened = open_at(path());
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(Sql(path()).run("PRAGMA journal_mode"), Rows{"wal"});
}

TEST_F(Opening, AgainFindsWhatWasThere) {
  for (int i = 0; i < 3; ++i) {
    auto opened = open_at(path());
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    Client(**opened).accept_one(text_from(kPeer, std::to_string(i)));
    EXPECT_EQ((*opened)->counts()->messages, i + 1);
  }
}

TEST_F(Opening, AnEmptyFileIsANewOne) {
  std::ofstream(path()).close();
  EXPECT_TRUE(open_at(path()).has_value());
}

TEST_F(Opening, LeavesThePredecessorsRowsAsTheyAre) {
  make_predecessor();
  const Rows before = Sql(path()).run("SELECT rowid, * FROM send_msgs ORDER BY rowid");
  const Rows schema = Sql(path()).run("SELECT sql FROM sqlite_schema WHERE name = 'send_msgs'");
  {
    auto opened = open_at(path());
    ASSERT_TRUE(opened.has_value()) << opened.error().detail;
    Client(**opened).accept_one(text_from(kPeer, "1"));
  }
  EXPECT_EQ(Sql(path()).run("SELECT rowid, * FROM send_msgs ORDER BY rowid"), before);
  EXPECT_EQ(Sql(path()).run("SELECT sql FROM sqlite_schema WHERE name = 'send_msgs'"), schema);
  EXPECT_EQ(before.size(), 2U);
  EXPECT_TRUE(open_at(path()).has_value());
}

TEST_F(Opening, WhatIsNoDatabaseIsRefusedAndLeftAlone) {
  std::ofstream(path()) << std::string(5000, 'x');
  const Error error = error_at(path());
  EXPECT_EQ(error.kind, ErrorKind::corrupt);
  EXPECT_NE(error.detail.find("not a database"), std::string::npos) << error.detail;
  EXPECT_EQ(std::filesystem::file_size(path()), 5000U);
}

TEST_F(Opening, TheDatabaseOfAnotherProgramIsRefusedAndLeftAlone) {
  Sql(path()).run("CREATE TABLE bookmarks (url TEXT)");
  const Error error = error_at(path());
  EXPECT_EQ(error.kind, ErrorKind::corrupt);
  EXPECT_NE(error.detail.find("another program"), std::string::npos) << error.detail;
  EXPECT_EQ(Sql(path()).run("SELECT name FROM sqlite_schema"), Rows{"bookmarks"});
  EXPECT_EQ(Sql(path()).run("PRAGMA journal_mode"), Rows{"delete"});
}

TEST_F(Opening, ANewerVersionIsRefusedAndLeftAlone) {
  open_at(path())->reset();
  Sql(path()).run("PRAGMA user_version = 9999");
  for (const bool read_only : {false, true}) {
    const Error error = error_at(path(), read_only);
    EXPECT_EQ(error.kind, ErrorKind::corrupt);
    EXPECT_NE(error.detail.find("made by a newer mmsgate"), std::string::npos) << error.detail;
  }
  EXPECT_EQ(Sql(path()).run("PRAGMA user_version"), Rows{"9999"});
}

TEST_F(Opening, AnOlderVersionIsBroughtUpToDateAndKeepsItsMessages) {
  {
    auto opened = open_at(path());
    Client(**opened).accept_one(text_from(kPeer, "1"));
  }
  Sql(path()).run(
      "DROP TABLE dids; DROP TABLE marks; DROP INDEX messages_only_logged; DROP INDEX messages_other_id; "
      "DROP INDEX blobs_until; DROP INDEX parts_of_blob; DROP INDEX deliveries_sent; DROP TABLE upload_keys; "
      "DROP TABLE hook_tokens; DROP TABLE handouts; DROP TABLE sealed; DROP INDEX blobs_uploaded; "
      "ALTER TABLE blobs DROP COLUMN uploader; "
      "DROP INDEX deliveries_kept; ALTER TABLE deliveries DROP COLUMN kept_at; DROP TABLE proxies; "
      "DROP TABLE link_secrets; DROP TABLE link_revocations; ALTER TABLE blobs DROP COLUMN plain_link; "
      "ALTER TABLE messages DROP COLUMN source; ALTER TABLE messages DROP COLUMN other_id; PRAGMA user_version = 1");
  EXPECT_EQ(error_at(path(), true).kind, ErrorKind::transient) << "who only looks changes nothing";
  auto opened = open_at(path());
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  const Directory directory({}, {{*Number::parse(kOwn), true}});
  EXPECT_EQ(Client(**opened).replace_directory(directory), true);
  EXPECT_EQ((*opened)->list(10, false)->size(), 1U);
}

TEST_F(Opening, ADamagedFileIsToldApart) {
  open_at(path())->reset();
  std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100);  // the first page, behind the file's header
  file << std::string(200, '\xff');
  file.close();
  EXPECT_EQ(error_at(path()).kind, ErrorKind::corrupt);
}

TEST_F(Opening, ALockedFileIsTransient) {
  open_at(path())->reset();
  Sql(path()).run("PRAGMA journal_mode = DELETE");
  Sql other(path());
  other.run("BEGIN EXCLUSIVE");
  EXPECT_EQ(error_at(path()).kind, ErrorKind::transient);
  other.run("COMMIT");
  EXPECT_TRUE(open_at(path()).has_value());
}

TEST_F(Opening, AFolderInItsPlaceIsTransientAndNamed) {
  std::filesystem::create_directory(path());
  EXPECT_EQ(error_at(path()).kind, ErrorKind::transient);
}

TEST_F(Opening, AFileInTheFoldersPlaceIsTransientAndNamed) {
  std::ofstream(folder_.file("a")) << "x";
  EXPECT_EQ(error_at(folder_.file("a/mmsgate.sqlite")).kind, ErrorKind::transient);
}

TEST_F(Opening, AFolderThatIsNotOursToEnterIsTransientAndNamed) {
  std::filesystem::create_directories(folder_.file("a/b"));
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  std::filesystem::permissions(folder_.file("a"), std::filesystem::perms::none);
  {
    const testing_support::AsNobody nobody;  // whom, unlike root, a mode keeps out
    for (const char* name : {"a/mmsgate.sqlite", "a/b/mmsgate.sqlite", "a/c/mmsgate.sqlite"}) {
      const auto opened = open_at(folder_.file(name));
      ASSERT_FALSE(opened.has_value()) << name;
      EXPECT_EQ(opened.error().kind, ErrorKind::transient);
      EXPECT_NE(opened.error().detail.find("cannot make the database " + folder_.file("a")), std::string::npos);
      EXPECT_NE(opened.error().detail.find("Permission denied"), std::string::npos) << opened.error().detail;
    }
  }
  std::filesystem::permissions(folder_.file("a"), std::filesystem::perms::owner_all);
}

TEST_F(Opening, ForReadingOnlyTakesQueriesAndRefusesCommands) {
  auto gateway = open_at(path());
  ASSERT_TRUE(gateway.has_value());
  const MessageId id = Client(**gateway).accept_one(text_from(kPeer, "1"));
  auto opened = open_at(path(), /*read_only=*/true);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_TRUE((*opened)->history(id)->has_value());
  const auto accepted = Client(**opened).accept({text_from(kPeer, "2")});
  ASSERT_FALSE(accepted.has_value());
  EXPECT_EQ(accepted.error().kind, ErrorKind::rejected);
  EXPECT_FALSE((*opened)->writable().has_value());
  // What the gateway stores later is seen, too.
  Client(**gateway).accept_one(text_from(kPeer, "2"));
  EXPECT_EQ((*opened)->counts()->messages, 2);
}

TEST_F(Opening, ForReadingOnlyWorksWithoutTheGatewayToo) {
  Client(**open_at(path())).accept_one(text_from(kPeer, "1"));
  auto opened = open_at(path(), /*read_only=*/true);
  ASSERT_TRUE(opened.has_value()) << opened.error().detail;
  EXPECT_EQ((*opened)->counts()->messages, 1);
}

TEST_F(Opening, ForReadingOnlyMakesNoFile) {
  EXPECT_EQ(error_at(path(), /*read_only=*/true).kind, ErrorKind::transient);
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(Opening, ForReadingOnlyDoesNotMigrate) {
  make_predecessor();
  const Error error = error_at(path(), /*read_only=*/true);
  EXPECT_EQ(error.kind, ErrorKind::transient);
  EXPECT_NE(error.detail.find("start the gateway once"), std::string::npos) << error.detail;
}

TEST_F(Opening, TheLogStaysSmall) {
  auto opened = open_at(path());
  ASSERT_TRUE(opened.has_value());
  Client client(**opened);
  for (int i = 0; i < 60; ++i) {
    std::vector<NewMessage> messages;
    for (int k = 0; k < 200; ++k) messages.push_back(text_from(kPeer, std::to_string(i * 1000 + k)));
    ASSERT_TRUE(client.accept(std::move(messages)).has_value());
  }
  EXPECT_LT(std::filesystem::file_size(path() + "-wal"), 16U << 20);
  EXPECT_GT(std::filesystem::file_size(path()), 1U << 20);  // folded in meanwhile
  opened->reset();
  EXPECT_FALSE(std::filesystem::exists(path() + "-wal"));
}

}  // namespace
}  // namespace mmsgate::store::kit
