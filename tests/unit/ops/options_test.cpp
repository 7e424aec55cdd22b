// SPDX-License-Identifier: Apache-2.0
#include "ops/options.hpp"

#include <fstream>
#include <iterator>

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

TEST(Options, EachIsDocumented) {
  const std::string document = read_file("docs/config.md");
  for (const Option& option : options()) {
    const std::string fallback = option.fallback.empty() ? "" : fmt::format("`{}`", option.fallback);
    const std::string row = fmt::format("| `{}` | {} | {}", option.name, fallback, option.help);
    const auto at = document.find(row);
    ASSERT_NE(at, std::string::npos) << "docs/config.md lacks of [" << option.section << "]: " << row;
    const std::string line = document.substr(at, document.find('\n', at) - at);
    EXPECT_EQ(line.ends_with(" *Live.* |"), option.use == Use::live) << line;
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
