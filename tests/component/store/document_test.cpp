// SPDX-License-Identifier: Apache-2.0
// docs/store.md gives people SQL to copy: it must run on the tables as they are, and find something.
#include <fstream>
#include <sstream>

#include "kit.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

std::vector<std::string> sql_in_document() {
  std::ifstream file(std::string(MMSGATE_SOURCE_DIR) + "/docs/store.md");
  std::stringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
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
  const auto queries = sql_in_document();
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

}  // namespace
}  // namespace mmsgate::store::kit
