// SPDX-License-Identifier: Apache-2.0
// docs/store.md and docs/operations.md give people SQL to copy: it must run on the tables as they are, and find
// something.
#include <fstream>
#include <sstream>

#include "kit.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

std::string text_of(const std::string& name) {
  std::ifstream file(MMSGATE_SOURCE_DIR "/" + name);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

std::vector<std::string> sql_in(const std::string& document) {
  const std::string text = text_of(document);
  const std::string fence = "```sql\n";
  std::vector<std::string> found;
  for (auto at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    at += fence.size();
    found.push_back(text.substr(at, text.find("```", at) - at));
  }
  return found;
}

class Document : public StoreTest {};

TEST_F(Document, TheQueriesForPeopleRunAndFindTheMessage) {
  MessageId id;
  for (int i = 0; i < 42; ++i) id = client_->accept_one(text_from(kPeer, std::to_string(i)));
  ASSERT_EQ(id.value, 42);  // the message that the document asks for
  const auto queries = sql_in("docs/store.md");
  ASSERT_EQ(queries.size(), 3U);
  Sql sql(path());
  const auto conversation = sql.run(queries[0]);
  ASSERT_EQ(conversation.size(), 20U);
  EXPECT_EQ(conversation[0], "42|2027-01-15 08:00:00|5145550100|5145550199|123456_bob|queued|0");
  const auto story = sql.run(queries[1]);
  ASSERT_EQ(story.size(), 1U);
  EXPECT_EQ(story[0], "2027-01-15 08:00:00|0|received|");
  const auto waiting = sql.run(queries[2]);
  ASSERT_EQ(waiting.size(), 42U);
  EXPECT_EQ(waiting[0], "1|123456_bob|queued|2027-01-15 08:00:00|2027-01-15 08:00:00");
  EXPECT_EQ(waiting[1], "2|123456_bob|queued|2027-01-15 08:00:00|its turn");
}

TEST_F(Document, TheViewsSayWhatPeopleAsk) {
  for (int i = 0; i < 40; ++i) client_->accept_one(text_from(kPeer, std::to_string(i)));
  const MessageId refused = client_->accept_one(text_to("5145550155", "41"));
  const MessageId taken = client_->accept_one(text_to("5145550156", "42"));
  ASSERT_EQ(taken.value, 42);  // the message that the document asks for
  for (const DeliveryId id : client_->claim_ids(kNow, Target::carrier)) {
    Outcome outcome;
    outcome.id = id;
    const bool is_refused = history(refused).deliveries.front().id == id;
    outcome.event = is_refused ? Event::refused : Event::accepted;
    outcome.reason = is_refused ? "no such number" : "the carrier accepted it as 7";
    ASSERT_TRUE(client_->record(outcome).has_value());
  }
  const auto queries = sql_in("docs/operations.md");
  ASSERT_EQ(queries.size(), 6U);
  Sql sql(path());
  sql.run(text_of("packaging/views.sql"));
  const auto newest = sql.run(queries[0]);
  ASSERT_EQ(newest.size(), 20U);
  EXPECT_EQ(newest[0], "42|2027-01-15 08:00:00|out|5145550100|5145550156|0|text 42|accepted 5145550156");
  EXPECT_EQ(sql.run(queries[1]).size(), 40U);
  const auto waiting = sql.run(queries[2]);
  ASSERT_EQ(waiting.size(), 40U);
  EXPECT_EQ(waiting[0], "1|123456_bob|queued|2027-01-15 08:00:00|0|2027-01-15 08:00:00");
  EXPECT_EQ(waiting[1], "2|123456_bob|queued|2027-01-15 08:00:00|0|its turn");
  const auto undelivered = sql.run(queries[3]);
  ASSERT_EQ(undelivered.size(), 1U);
  EXPECT_EQ(undelivered[0], "41|2027-01-15 08:00:00|5145550100|5145550155|5145550155|failed|no such number");
  const auto story = sql.run(queries[4]);
  ASSERT_EQ(story.size(), 3U);
  EXPECT_EQ(story[2], "2027-01-15 08:00:00|5145550156|accepted|the carrier accepted it as 7");
  EXPECT_EQ(sql.run(queries[5]), std::vector<std::string>{"2027-01-15|1"});
}

}  // namespace
}  // namespace mmsgate::store::kit
