// SPDX-License-Identifier: Apache-2.0
#include "kit.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>

namespace mmsgate::backup::kit {
namespace {

template <typename T, typename Start>
T wait_for(const Start& start) {
  std::promise<Result<T>> answer;
  start([&answer](Result<T> result) { answer.set_value(std::move(result)); });
  auto result = answer.get_future().get();
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().detail);
  return result ? *std::move(result) : T{};
}

}  // namespace

NewMessage message(const std::string& id, Target target) {
  NewMessage row;
  row.direction = target == Target::phone ? Direction::inbound : Direction::outbound;
  row.provider = "voipms";
  row.provider_id = id;
  row.own = "5145550100";
  row.peer = "5145550199";
  row.text = "words of " + id;
  row.received_at = kNow;
  row.deliveries.push_back({.target = target,
                            .destination = target == Target::phone ? "100000_alice" : "5145550199",
                            .slice = {.text_bytes = row.text.size()},
                            .call_id = id + "@mmsgate"});
  return row;
}

void accept(store::Store& store, std::vector<NewMessage> messages) {
  wait_for<store::Accepted>([&](auto done) { store.accept(std::move(messages), std::move(done)); });
}

std::unique_ptr<store::Store> Belongings::open(bool read_only) const {
  auto store = store::open_sqlite({.path = database(), .read_only = read_only}, runtime::Log::none());
  EXPECT_TRUE(store.has_value()) << (store ? "" : store.error().detail);
  return store ? *std::move(store) : nullptr;
}

BlobId Belongings::keep(store::Store& store, const std::string& bytes) {
  const auto blobs = media::open_folder(media(), 1 << 20, random_, media::Drafts::may_be_alive);
  const auto draft = (*blobs)->draft();
  EXPECT_TRUE((*draft)->write(bytes).has_value());
  const auto kept = (*draft)->keep();
  EXPECT_TRUE(kept.has_value());
  store::Blob blob{.id = kept->id,
                   .type = "image/png",
                   .name = "a.png",
                   .size = kept->size,
                   .sha256 = kept->sha256,
                   .created_at = kNow,
                   .until = kNow};
  wait_for<bool>([&](auto done) { store.add_blob(std::move(blob), std::move(done)); });
  return kept->id;
}

std::vector<std::string> everything_in(const fs::path& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    paths.push_back(entry.path().lexically_relative(folder).string());
  }
  std::ranges::sort(paths);
  return paths;
}

void write_tar(const std::string& path, const std::vector<Member>& members) {
  archive* tar = archive_write_new();
  archive_write_set_format_pax_restricted(tar);
  ASSERT_EQ(archive_write_open_filename(tar, path.c_str()), ARCHIVE_OK);
  for (const Member& member : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_perm(entry, 0600);
    archive_entry_set_filetype(entry, member.kind == Member::Kind::link     ? AE_IFLNK
                                      : member.kind == Member::Kind::folder ? AE_IFDIR
                                                                            : AE_IFREG);
    if (member.kind == Member::Kind::link) archive_entry_set_symlink(entry, member.bytes.c_str());
    if (member.kind == Member::Kind::hard_link) archive_entry_set_hardlink(entry, member.bytes.c_str());
    const bool has_bytes = member.kind == Member::Kind::file;
    archive_entry_set_size(entry, has_bytes ? static_cast<la_int64_t>(member.bytes.size()) : 0);
    ASSERT_EQ(archive_write_header(tar, entry), ARCHIVE_OK) << archive_error_string(tar);
    if (has_bytes) archive_write_data(tar, member.bytes.data(), member.bytes.size());
    archive_entry_free(entry);
  }
  ASSERT_EQ(archive_write_close(tar), ARCHIVE_OK);
  archive_write_free(tar);
}

std::vector<Member> read_tar(const std::string& path) {
  std::vector<Member> members;
  archive* tar = archive_read_new();
  archive_read_support_format_tar(tar);
  archive_read_support_filter_all(tar);
  EXPECT_EQ(archive_read_open_filename(tar, path.c_str(), 1 << 16), ARCHIVE_OK);
  for (archive_entry* entry = nullptr; archive_read_next_header(tar, &entry) == ARCHIVE_OK;) {
    Member& member = members.emplace_back(Member{.name = archive_entry_pathname(entry)});
    member.bytes.resize(static_cast<std::size_t>(archive_entry_size(entry)));
    EXPECT_EQ(archive_read_data(tar, member.bytes.data(), member.bytes.size()),
              static_cast<la_ssize_t>(member.bytes.size()));
  }
  archive_read_free(tar);
  return members;
}

}  // namespace mmsgate::backup::kit
