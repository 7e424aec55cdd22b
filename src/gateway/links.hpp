// SPDX-License-Identifier: Apache-2.0
// The public links of the files that we keep. A link is made for one recipient, is signed, and ends; so it opens the
// file for whoever has it, and the links of one recipient can be revoked while those of all others go on. Any thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/message.hpp"
#include "gateway/world.hpp"
#include "media/link_keys.hpp"

namespace mmsgate::gateway {

/// The recipient of links that scripts are given, and phones that do not say whose they are, for files that they bring.
inline constexpr std::string_view kUploads = "uploads";

/// Links as they are made and read at one moment. A value.
class Links {
 public:
  Links(const Settings& settings, std::shared_ptr<const media::LinkKeys> keys, TimePoint now);
  /// As things are now.
  explicit Links(const World& world);

  /// "https://sms.example.org:38443/mmsmedia/0123...ef.jpg": the ending is for carriers and phones that go by it. The
  /// same for each try of a delivery, unless the recipient's links have been revoked in between. `until` is how long
  /// the file is kept.
  [[nodiscard]] std::string to(const BlobId& blob, std::string_view type, TimePoint until,
                               std::string_view recipient) const;

  /// Where the recipient of the part fetches it: from us, or from another file server. Empty: nowhere, it is not
  /// stored.
  [[nodiscard]] std::string of(const Part& part, std::string_view recipient) const;

  /// What a URL has behind our media path. Nothing: it is another server's.
  [[nodiscard]] std::optional<std::string_view> name_in(std::string_view url) const;

  /// What a name stands for, before anything is looked up.
  struct Named {
    BlobId blob;
    bool is_plain = false;  ///< By a bare id or UUID: good for files of before links were signed (opens()).
  };
  /// Nothing: it is no name of ours, has ended, or was revoked.
  [[nodiscard]] std::optional<Named> read(std::string_view name) const;

 private:
  [[nodiscard]] TimePoint end_for(TimePoint until) const;

  std::string base_;
  bool files_may_stay_;
  std::shared_ptr<const media::LinkKeys> keys_;
  TimePoint now_;
};

/// Does the name open this file, of which it has the id?
[[nodiscard]] bool opens(const Links::Named& named, const store::Blob& blob);

/// The file that a name opens. Only what is signed by us, or could be the name of an old file, is looked up.
[[nodiscard]] Result<std::optional<store::Blob>> find_linked(const Links& links, std::string_view name,
                                                             store::Store& store);

/// Who is given the link in the answer to a file that was brought: the phone's account, by its From header.
[[nodiscard]] std::string uploader_of(std::string_view from, const Directory& directory);

/// As they stand in the store. corrupt: there are none.
[[nodiscard]] Result<media::LinkKeys> read_link_keys(store::Store& store);
/// The same at a start, before anybody asks for a link; waits for the first secret to be made where there is none.
[[nodiscard]] Result<media::LinkKeys> open_link_keys(store::Store& store, Random& random, TimePoint now);

/// When the secrets of today may be forgotten, at the earliest, after others have come.
[[nodiscard]] TimePoint end_of_former_links(const Settings& settings, TimePoint now);

}  // namespace mmsgate::gateway
