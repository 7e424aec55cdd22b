// SPDX-License-Identifier: Apache-2.0
// What keeps the store quick when it is full: every statement that it runs finds its rows by an index. Looked up in
// SQLite's own plans, not in a clock.
#include <algorithm>
#include <array>
#include <regex>
#include <set>

#include "kit.hpp"
#include "spy.hpp"
#include "sql.hpp"

namespace mmsgate::store::kit {
namespace {

class Plan : public StoreTest {
 protected:
  /// Everything that a gateway does all day.
  void live() {
    NewMessage picture = text_from("5145550111", "1");
    add_picture(picture, "https://a/1");
    add_picture(picture, "https://a/2");
    static_cast<void>(client_->accept({picture, text_from("5145550112", "2"), text_from("5145550112", "3"),
                                       text_from("5145550113", "4"), text_to("5145550114", "5")}));
    static_cast<void>(client_->accept_one(picture));
    const auto fetches = client_->claim_fetches();
    static_cast<void>(client_->record_part({.id = fetches->fetches.at(0).id, .blob = make_blob('a')}));
    static_cast<void>(client_->record_part({.id = fetches->fetches.at(1).id, .next_try = kNow}));
    static_cast<void>(client_->record_part({.id = fetches->fetches.at(1).id}));
    static_cast<void>(client_->claim(kNow, Target::phone, 0, 100));
    const auto ids = client_->claim_ids();
    static_cast<void>(client_->free_lane(ids.at(0)));
    static_cast<void>(client_->record({.id = ids.at(0), .event = Event::postponed, .next_try = kNow + Duration(1)}));
    static_cast<void>(client_->record({.id = ids.at(1), .event = Event::expired}));
    static_cast<void>(client_->receipt("2-123456_bob@mmsgate", kBob));
    static_cast<void>(client_->record(
        {.id = client_->claim_ids(kNow, Target::carrier).at(0), .event = Event::accepted, .result_id = "1"}));
    static_cast<void>(client_->release(kBob));
    static_cast<void>(client_->claim_ids());
    static_cast<void>(client_->recover());
    static_cast<void>(client_->replay(MessageId{4}));
    static_cast<void>(client_->shift(Duration(1)));
    static_cast<void>(client_->add_blob(make_blob('b')));
    for (const char* name : {"one life", "another"}) {
      static_cast<void>(wait_for<std::optional<int>>(
          [&](Done<std::optional<int>> done) { store_->note_proxy(name, kNow, kNow, std::move(done)); }));
    }
    static_cast<void>(wait_for<bool>([&](Done<bool> done) { store_->note_hook_use("t", kNow, std::move(done)); }));
    static_cast<void>(store_->find_blob(make_blob('a').id));
    static_cast<void>(store_->find_handout("1", kNow));
    static_cast<void>(store_->has_result("1"));
    static_cast<void>(store_->has_message("sip", "1"));
    static_cast<void>(store_->sent(kOwn, "5145550114", kNow, kNow));
    static_cast<void>(store_->list(10, false));
    static_cast<void>(store_->list(10, true));
    static_cast<void>(store_->history(MessageId{1}));
    static_cast<void>(store_->writable());
  }
  [[nodiscard]] std::string plan_of(Sql& sql, const std::string& statement) {
    std::string plan;
    for (const std::string& row : sql.run("EXPLAIN QUERY PLAN " + statement))
      plan += row.substr(row.rfind('|') + 1) + "; ";
    return plan;
  }
  Spy spy_;
};

bool is_about_rows(const std::string& statement) {
  return std::ranges::any_of(std::array{"SELECT", "UPDATE", "INSERT", "DELETE"},
                             [&](const char* word) { return statement.starts_with(word); });
}

TEST_F(Plan, NothingThatTheGatewayDoesWalksThroughATable) {
  reopen();  // under the spy's eyes
  spy_.forget();
  live();
  Sql sql(path());
  const auto all = spy_.statements();
  const std::set<std::string> statements(all.begin(), all.end());
  int looked_at = 0;
  for (const std::string& statement : statements) {
    if (!is_about_rows(statement)) continue;
    ++looked_at;
    const std::string plan = plan_of(sql, statement);
    // Three kinds of walk are allowed: from the table's end until the LIMIT stops it, through what is open and nothing
    // else, and through a few rows: when the clock is set, what phones may fetch; when a proxy is new, the last that
    // were seen.
    const bool is_list = statement.find("FROM messages ORDER BY id DESC LIMIT ?") != std::string::npos;
    const bool is_open = std::regex_search(plan, std::regex("SCAN \\w+ USING INDEX (deliveries_open|parts_wanted)"));
    const bool is_few =
        statement.starts_with("UPDATE handouts SET made_at") || plan.find("SCAN proxies") != std::string::npos;
    EXPECT_TRUE(is_list || is_open || is_few || plan.find("SCAN") == std::string::npos) << statement << "\n  " << plan;
    EXPECT_EQ(plan.find("AUTOMATIC"), std::string::npos) << statement << "\n  " << plan;
  }
  EXPECT_GT(looked_at, 30);
}

TEST_F(Plan, ClaimingWalksAlongWhatIsDueAndSortsNothing) {
  reopen();
  spy_.forget();
  static_cast<void>(client_->claim(kNow, Target::phone, 100, 100));
  Sql sql(path());
  int found = 0;
  for (const std::string& statement : spy_.statements()) {
    if (statement.find("due_at") == std::string::npos) continue;
    ++found;
    const std::string plan = plan_of(sql, statement);
    EXPECT_NE(plan.find("deliveries_open (target=? AND due_at"), std::string::npos) << plan;
    EXPECT_EQ(plan.find("TEMP B-TREE"), std::string::npos) << plan;
  }
  EXPECT_EQ(found, 3);
}

TEST_F(Plan, TheFirstOfALaneAndTheNextBehindItAreFoundByTheirOwnIndexes) {
  reopen();
  static_cast<void>(client_->accept({text_from(kPeer, "1"), text_from(kPeer, "2")}));
  spy_.forget();
  static_cast<void>(client_->accept_one(text_from(kPeer, "3")));
  static_cast<void>(client_->record({.id = client_->claim_ids().at(0), .event = Event::accepted}));
  Sql sql(path());
  std::string plans;
  for (const std::string& statement : spy_.statements()) {
    if (statement.find("lane = ?") != std::string::npos) plans += plan_of(sql, statement);
  }
  EXPECT_NE(plans.find("deliveries_first (lane=?)"), std::string::npos) << plans;
  EXPECT_NE(plans.find("deliveries_behind (lane=?)"), std::string::npos) << plans;
  EXPECT_EQ(plans.find("TEMP B-TREE"), std::string::npos) << plans;
}

TEST_F(Plan, AMessageCostsFewStatements) {
  reopen();
  static_cast<void>(client_->accept_one(text_from("5145550188", "0")));  // what is looked up once and kept
  static_cast<void>(client_->record({.id = client_->claim_ids().at(0), .event = Event::accepted, .reason = "202"}));
  spy_.forget();
  static_cast<void>(client_->accept_one(text_from(kPeer, "1")));
  static_cast<void>(client_->record({.id = client_->claim_ids().at(0), .event = Event::accepted, .reason = "202"}));
  const auto all = spy_.statements();
  const auto rows = std::ranges::count_if(all, is_about_rows);
  EXPECT_LE(rows, 14) << ::testing::PrintToString(all);
  EXPECT_EQ(spy_.count("COMMIT"), 3);
}

}  // namespace
}  // namespace mmsgate::store::kit
