// SPDX-License-Identifier: Apache-2.0
#include "ops/values.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "runtime/files.hpp"

namespace mmsgate::ops {
namespace {

/// "[sip], [api], ...", in the table's order.
std::string sections() {
  std::string all;
  std::string_view last;
  for (const Option& option : options()) {
    if (option.section == last) continue;
    all += fmt::format("{}[{}]", all.empty() ? "" : ", ", option.section);
    last = option.section;
  }
  return all;
}

/// Tells one secret from another without being it.
std::string fingerprint(std::string_view secret) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(secret.data(), secret.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  constexpr std::size_t kBytes = 8;
  return fmt::format("{:02x}", fmt::join(std::span(digest).first<kBytes>(), ""));
}

}  // namespace

Result<bool> Values::take(const formats::IniEntry& entry) {
  if (!is_section(entry.section)) {
    return wrong_at(entry.line,
                    fmt::format("there is no section [{}]; the sections are {}", entry.section, sections()));
  }
  const Option* option = find_option(entry.section, entry.name);
  if (option == nullptr) {
    return wrong_at(entry.line, fmt::format("[{}] has no option \"{}\"; {}", entry.section, entry.name,
                                            did_you_mean(entry.section, entry.name)));
  }
  // An empty value is how the predecessor's files say "not set".
  // A secret may stand elsewhere; whoever needs it says so.
  if (entry.value.empty() && (option->form != Form::required || option->secret)) return true;
  if (const auto good = check(*option, entry.value); !good) {
    return wrong_at(entry.line, fmt::format("{} {}", entry.name, good.error().detail));
  }
  set_[option] = {entry.value, entry.line};
  return true;
}

Result<bool> Values::all_required() const {
  for (const Option& option : options()) {
    if (option.form != Form::required || option.secret || set_.contains(&option)) continue;
    return wrong_at(0, fmt::format("[{}] {} is missing: {}", option.section, option.name, option.help));
  }
  return true;
}

std::string Values::text(std::string_view section, std::string_view name) const {
  const Option* option = find_option(section, name);
  const auto it = set_.find(option);
  std::string value(it == set_.end() ? option->fallback : it->second.value);
  if (option->form == Form::path && value.starts_with('~')) value.replace(0, 1, around_.home);
  return value;
}

int Values::number(std::string_view section, std::string_view name) const {
  const std::string digits = text(section, name);
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

bool Values::is(std::string_view section, std::string_view name, std::string_view wanted) const {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::ranges::equal(text(section, name), wanted, same);
}

Result<std::string> Values::secret(std::string_view section, std::string_view name) const {
  const std::string file_option = fmt::format("{}_file", name);
  std::string path = find_option(section, file_option) == nullptr ? "" : text(section, file_option);
  const bool is_named = !path.empty();
  if (!is_named && !around_.credentials.empty()) path = fmt::format("{}/{}", around_.credentials, name);
  if (std::string here = text(section, name); !here.empty()) {
    std::error_code error;
    if (!is_named && !std::filesystem::exists(path, error)) return here;
    const std::string other = is_named ? fmt::format("{} names a file with it", file_option) : "systemd has it too";
    return wrong(section, name, fmt::format("stands here, and {}: take one of the two out", other));
  }
  if (path.empty()) return std::string();
  std::string value = runtime::read_file(path).value_or("");
  value.erase(std::find_if_not(value.rbegin(), value.rend(), [](unsigned char c) { return std::isspace(c); }).base(),
              value.end());
  if (!value.empty()) return value;
  return is_named
             ? Result<std::string>(wrong(section, file_option, fmt::format("cannot be read or is empty: {}", path)))
             : value;
}

std::unexpected<Error> Values::wrong(std::string_view section, std::string_view name, std::string_view what) const {
  const auto it = set_.find(find_option(section, name));
  return wrong_at(it == set_.end() ? 0 : it->second.line, fmt::format("[{}] {} {}", section, name, what));
}

std::unexpected<Error> Values::wrong_at(int line, std::string_view what) const {
  return fail(ErrorKind::rejected,
              line > 0 ? fmt::format("{}:{}: {}", file_, line, what) : fmt::format("{}: {}", file_, what));
}

std::string Values::show() const {
  std::string out;
  std::string_view section;
  for (const Option& option : options()) {
    if (option.section != section) {
      out += fmt::format("{}[{}]\n", section.empty() ? "" : "\n", option.section);
      section = option.section;
    }
    std::string value = text(option.section, option.name);
    if (option.secret) {
      const auto known = secret(option.section, option.name);
      value = known && !known->empty() ? "(set)" : "";
    }
    // A value of several lines goes on in lines that are indented.
    for (auto at = value.find('\n'); at != std::string::npos; at = value.find('\n', at + 5))
      value.insert(at + 1, "    ");
    out += fmt::format("{} ={}{}\n", option.name, value.empty() ? "" : " ", value);
  }
  return out;
}

std::vector<std::string> Values::fixed() const {
  std::vector<std::string> lines;
  for (const Option& option : options()) {
    if (option.use != Use::now) continue;
    const std::string value = option.secret ? fingerprint(secret(option.section, option.name).value_or(""))
                                            : text(option.section, option.name);
    lines.push_back(fmt::format("[{}] {} = {}", option.section, option.name, value));
  }
  return lines;
}

}  // namespace mmsgate::ops
