// SPDX-License-Identifier: Apache-2.0
#include "cli/links.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/database.hpp"
#include "cli/printable.hpp"
#include "cli/say.hpp"
#include "cli/settings.hpp"
#include "cli/tell.hpp"
#include "cli/wait.hpp"
#include "core/number.hpp"
#include "crypto/secret.hpp"
#include "formats/media_link.hpp"
#include "gateway/links.hpp"
#include "runtime/system.hpp"

namespace mmsgate::cli {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kEverybody = "*";

/// A line of the list.
struct Line {
  std::int64_t files = 0;
  std::uint64_t revoked = 0;  ///< How often.
  std::optional<TimePoint> revoked_at;
};

Result<std::map<std::string, Line>> lines_of(store::Store& store) {
  const auto recipients = store.link_recipients();
  if (!recipients) return std::unexpected(recipients.error());
  const auto revocations = store.link_revocations();
  if (!revocations) return std::unexpected(revocations.error());
  std::map<std::string, Line> lines;
  for (const store::LinkRecipient& each : *recipients) lines[each.name].files = each.files;
  for (const LinkRevocation& each : *revocations) {
    Line& line = lines[each.recipient.empty() ? std::string(kEverybody) : each.recipient];
    line.revoked += each.generation;
    line.revoked_at = std::max(line.revoked_at.value_or(each.at), each.at);
  }
  return lines;
}

/// The recipient as it stands in the store. A slip of the pen must not pass for a revocation.
Result<std::string> recipient_of(store::Store& store, const LinksOptions& options) {
  const std::string& given = options.recipient;
  if (given == kEverybody) return std::string();
  const auto lines = lines_of(store);
  if (!lines) return std::unexpected(lines.error());
  const auto directory = store.directory();
  if (!directory) return std::unexpected(directory.error());
  const auto is_known = [&](const std::string& name) {
    return name == gateway::kUploads || lines->contains(name) || directory->find(name) != nullptr;
  };
  if (is_known(given)) return given;
  const auto number = Number::parse(given);
  const std::string name = number ? number->national() : given;
  if (is_known(name) || (options.force && !name.empty())) return name;
  return fail(ErrorKind::rejected,
              fmt::format("no message with a file of \"{}\" is in the database: name a sub account or a number of "
                          "`mmsgate links list`, or '*' for everybody. If its messages have been removed since "
                          "(keepmessages), say --force",
                          printable(given)));
}

/// People give what they have at hand: a link, its last part, or the id.
std::optional<BlobId> blob_in(const std::string& given) {
  const std::string name = given.substr(given.rfind('/') + 1);
  if (auto link = formats::parse_media_link(name)) return std::move(link->blob);
  const std::string stem = name.substr(0, name.find('.'));
  auto blob = BlobId::parse(stem);
  return blob ? blob : BlobId::parse_uuid(stem);
}

Result<std::optional<BlobId>> file_of(store::Store& store, const std::string& given) {
  if (given.empty()) return std::nullopt;
  auto blob = blob_in(given);
  if (!blob) return fail(ErrorKind::rejected, "--file must be a link to the file, or its id: 32 digits");
  const auto found = store.find_blob(*blob);
  if (!found) return std::unexpected(found.error());
  if (!*found) return fail(ErrorKind::rejected, "there is no such file (any more)");
  if ((*found)->has_plain_link) {
    return fail(ErrorKind::rejected,
                "this file was stored before links were signed, and opens by its old name too, which is the same for "
                "all who have it: `mmsgate links end-old` ends such names");
  }
  return blob;
}

/// "4 older files", "1 older file that 100000_bob was given"
std::string older_files(std::int64_t count, const std::string& recipient) {
  return fmt::format("{} older file{}{}", count, count == 1 ? "" : "s",
                     recipient.empty() ? "" : fmt::format(" that {} was given", recipient));
}

/// Whoever has just ended links must not believe that he has ended all.
void tell_of_old_links(store::Store& store, const std::string& recipient) {
  const auto count = store.plain_links(recipient);
  if (!count || *count == 0) return;
  fmt::print("But {} of before links were signed still open{} by the old name. `mmsgate links end-old{}` ends that.\n",
             older_files(*count, recipient), *count == 1 ? "s" : "",
             recipient.empty() ? "" : fmt::format(" {}", recipient));
}

}  // namespace

int list_links(const ops::Config& config, const LinksOptions& options) {
  const auto store = read_database(config);
  if (!store) return say(store.error().detail);
  const auto lines = lines_of(**store);
  if (!lines) return say(lines.error().detail);
  if (options.json) {
    ordered_json all = ordered_json::array();
    for (const auto& [name, line] : *lines) {
      all.push_back({{"recipient", name},
                     {"files", line.files},
                     {"revoked", line.revoked},
                     {"revoked_at", line.revoked_at ? ordered_json(rfc3339(*line.revoked_at)) : nullptr}});
    }
    print_json(all);
    return 0;
  }
  fmt::print("{:<24}  {:>6}  {:>7}  {}\n", "RECIPIENT", "FILES", "REVOKED", "LAST");
  for (const auto& [name, line] : *lines) {
    fmt::print("{:<24}  {:>6}  {:>7}  {}\n", printable(name), line.files, line.revoked,
               line.revoked_at ? rfc3339(*line.revoked_at) : "never");
  }
  return 0;
}

int revoke_links(const ops::Config& config, const LinksOptions& options) {
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  const auto recipient = recipient_of(**store, options);
  if (!recipient) return say(recipient.error().detail);
  auto file = file_of(**store, options.file);
  if (!file) return say(file.error().detail);
  const bool is_of_all = !*file;
  const TimePoint now = runtime::SystemClock().now();
  const auto revoked = wait_for<bool>(
      [&](store::Done<bool> done) { (*store)->revoke_links(*recipient, *std::move(file), now, std::move(done)); });
  if (!revoked) return say(revoked.error().detail);
  fmt::print("The links that {} was given for {} work no more; those that are given from now on do.\n",
             recipient->empty() ? "anybody" : *recipient, is_of_all ? "any file" : "this file");
  if (is_of_all) tell_of_old_links(**store, *recipient);
  return tell_gateway(config, "links");
}

int rotate_links(const ops::Config& config, const LinksOptions& options) {
  const auto store = change_database(config);
  if (!store) return say(store.error().detail);
  runtime::SystemRandom random;
  store::LinkRotation rotation{.secret = crypto::make_secret(random), .now = runtime::SystemClock().now()};
  if (!options.end_now) rotation.former_until = gateway::end_of_former_links(settings_from(config), rotation.now);
  const auto rotated =
      wait_for<bool>([&](store::Done<bool> done) { (*store)->rotate_links(std::move(rotation), std::move(done)); });
  if (!rotated) return say(rotated.error().detail);
  fmt::print("Links are signed with a new secret. {}\n",
             options.end_now ? "Those that were given before work no more." : "Those that were given before go on.");
  if (options.end_now) tell_of_old_links(**store, "");
  return tell_gateway(config, "links");
}

int end_old_links(const ops::Config& config, const LinksOptions& options) {
  const auto store = options.yes && !options.rehearse ? change_database(config) : read_database(config);
  if (!store) return say(store.error().detail);
  const auto recipient = recipient_of(**store, options);
  if (!recipient) return say(recipient.error().detail);
  const auto count = (*store)->plain_links(*recipient);
  if (!count) return say(count.error().detail);
  if (options.rehearse || !options.yes) {
    const std::string found = fmt::format("{} open{} by the name of before links were signed, for whoever has it.",
                                          older_files(*count, *recipient), *count == 1 ? "s" : "");
    if (!options.rehearse && *count > 0) return say(found + " To end that, say --yes");
    fmt::print("{}\n", found);
    return 0;
  }
  const auto ended =
      wait_for<int>([&](store::Done<int> done) { (*store)->end_plain_links(*recipient, std::move(done)); });
  if (!ended) return say(ended.error().detail);
  // A gateway that runs looks at the file's row each time; there is nothing to tell it.
  fmt::print("{} no longer open{} by the old name, for nobody. Links that are signed go on.\n",
             older_files(*ended, *recipient), *ended == 1 ? "s" : "");
  return 0;
}

}  // namespace mmsgate::cli
