// SPDX-License-Identifier: Apache-2.0
#include "ops/options.hpp"

#include <fstream>
#include <iterator>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ops/config.hpp"

namespace mmsgate::ops {
namespace {

using testing::HasSubstr;

std::string read_file(const std::string& name) {
  std::ifstream in(std::string(MMSGATE_SOURCE_DIR) + "/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The table of a section, as docs/config.md must have it.
std::string table(std::string_view section) {
  std::string rows = "| option | when not set | what it does |\n|---|---|---|\n";
  for (const Option& option : options()) {
    if (option.section != section) continue;
    rows += fmt::format("| `{}` | {} | {}", option.name,
                        option.fallback.empty() ? "" : fmt::format("`{}`", option.fallback), option.help);
    if (option.form == Form::choice) rows += fmt::format(" One of: {}.", option.choices);
    if (option.form == Form::required || option.name == "apipw") rows += " **Required.**";
    rows += option.use == Use::live ? " *Live.* |\n" : " |\n";
  }
  return rows + "\n";
}

// What follows a heading is a table of this section alone, with all of its options and no other.
TEST(Options, EachIsDocumented) {
  const std::string document = read_file("docs/config.md");
  std::set<std::string_view> sections;
  for (const Option& option : options()) sections.insert(option.section);
  EXPECT_EQ(sections.size(), 5U);
  for (const std::string_view section : sections) {
    const auto heading = document.find(fmt::format("\n## [{}] ", section));
    ASSERT_NE(heading, std::string::npos) << section;
    const auto at = document.find("| option |", heading);
    ASSERT_NE(at, std::string::npos) << section;
    const auto end = document.find("\n\n", at);
    // The last one has the end of the document behind it.
    const std::string found = end == std::string::npos ? document.substr(at) + "\n" : document.substr(at, end - at + 2);
    EXPECT_EQ(found, table(section)) << "put this into docs/config.md, below [" << section << "]:\n" << table(section);
  }
}

TEST(Options, FallbacksAreGoodValues) {
  for (const Option& option : options()) {
    if (option.form == Form::required) continue;
    EXPECT_TRUE(option.fallback.empty() || check(option, option.fallback)) << option.name;
  }
}

TEST(Options, NoNameStandsTwiceInASection) {
  for (const Option& option : options()) EXPECT_EQ(find_option(option.section, option.name), &option);
}

TEST(Options, TheDefaultConfigIsReadBack) {
  std::string text = default_config();
  for (const std::string_view name : {"apiid", "apipw", "webdns"}) {
    const auto at = text.find(fmt::format("\n{} = ", name));
    ASSERT_NE(at, std::string::npos) << name;
    text.insert(text.find('\n', at + 1), "something");
  }
  const auto config = read_config(text, "default", {.home = "/home/owner"});
  EXPECT_TRUE(config) << config.error().detail;
}

}  // namespace
}  // namespace mmsgate::ops
