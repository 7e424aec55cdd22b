// SPDX-License-Identifier: Apache-2.0
// The XML by which Linphone speaks of files (GSMA RCC.07 file transfer over HTTP): what an upload is answered with, and
// what stands in a MESSAGE of type application/vnd.gsma.rcs-ft-http+xml. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"

namespace mmsgate::formats {

inline constexpr std::string_view kRcsFileType = "application/vnd.gsma.rcs-ft-http+xml";

struct RcsFile {
  std::string name;
  std::string type;  ///< MIME type, parameters dropped; application/octet-stream when none can be read.
  std::uint64_t size = 0;
  std::string url;
  std::string until;  ///< As in the document: "2027-11-23T17:04:05Z".
};

/// The files of a document, thumbnails left out. No entity is expanded, nothing is fetched. corrupt: not XML, no `file`
/// root, or a file without a URL. limit: more than 64 files.
[[nodiscard]] Result<std::vector<RcsFile>> parse_rcs_files(std::string_view xml);

/// Every value is escaped; bytes that XML cannot hold become U+FFFD.
[[nodiscard]] std::string write_rcs_files(const std::vector<RcsFile>& files);

}  // namespace mmsgate::formats
