// SPDX-License-Identifier: Apache-2.0
// The folder in which the SIP stack looks for a certificate, its key and the authorities to trust. It reads them when a
// port is opened and never again: then the folder goes. The key is in memory only; what lies in the folder are links.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "core/error.hpp"
#include "runtime/descriptor.hpp"

namespace mmsgate::sip {

class TlsFolder {
 public:
  /// `authorities`: a file of certificates, or empty: nobody's are checked. transient: it cannot be made.
  [[nodiscard]] static Result<std::unique_ptr<TlsFolder>> make(const std::string& certificate, const std::string& key,
                                                               const std::string& authorities);
  ~TlsFolder();
  TlsFolder(const TlsFolder&) = delete;
  TlsFolder& operator=(const TlsFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  TlsFolder() = default;

  std::filesystem::path path_;
  std::array<runtime::Descriptor, 2> contents_;  ///< Files that have no name.
};

}  // namespace mmsgate::sip
