// SPDX-License-Identifier: Apache-2.0
#include "sip/tls_folder.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::sip {
namespace {

namespace fs = std::filesystem;

// The names are the stack's.
constexpr const char* kOwn = "agent.pem";
constexpr const char* kAuthorities = "cafile.pem";

std::unexpected<Error> cannot(const char* what, int error) {
  return fail(ErrorKind::transient, fmt::format("cannot {} for TLS: {}", what, std::strerror(error)));
}

/// A file without a name that holds `text`. Not open: it cannot be had.
runtime::Descriptor in_memory(std::string_view text) {
  runtime::Descriptor file(::memfd_create("mmsgate-tls", MFD_CLOEXEC));
  if (!file.is_open() || !runtime::write_all(file.get(), text)) return {};
  return file;
}

/// For us alone. A service may not write into /tmp (ProtectSystem=strict of systemd), but where it has been started.
/// Empty: nowhere.
fs::path new_folder() {
  std::error_code ignored;
  for (const fs::path& parent : {fs::temp_directory_path(ignored), fs::current_path(ignored)}) {
    std::string name = (parent / "mmsgate-tls-XXXXXX").string();
    if (!parent.empty() && ::mkdtemp(name.data()) != nullptr) return name;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<TlsFolder>> TlsFolder::make(const std::string& certificate, const std::string& key,
                                                   const std::string& authorities) {
  // The stack would go on without them, and believe nobody.
  if (!authorities.empty() && ::access(authorities.c_str(), R_OK) != 0) {
    return fail(ErrorKind::transient,
                fmt::format("cannot read {}, where the authorities are that TLS trusts: {}; is the "
                            "package ca-certificates installed?",
                            authorities, std::strerror(errno)));
  }
  std::unique_ptr<TlsFolder> folder(new TlsFolder);
  folder->contents_[0] = in_memory(fmt::format("{}\n{}\n", key, certificate));
  folder->contents_[1] = in_memory(certificate);
  for (const auto& each : folder->contents_) {
    if (!each.is_open()) return cannot("get memory", errno);
  }
  folder->path_ = new_folder();
  if (folder->path_.empty()) return cannot("make a folder below TMPDIR or where we are", errno);
  std::error_code error;
  const auto link = [&](const char* from, const std::string& to) {
    if (!error) fs::create_symlink(to, folder->path_ / from, error);
  };
  link(kOwn, fmt::format("/proc/self/fd/{}", folder->contents_[0].get()));
  link(kAuthorities, authorities.empty() ? fmt::format("/proc/self/fd/{}", folder->contents_[1].get()) : authorities);
  if (error) return cannot("make a link below TMPDIR", error.value());
  return folder;
}

TlsFolder::~TlsFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  for (const char* name : {kOwn, kAuthorities}) fs::remove(path_ / name, ignored);
  fs::remove(path_, ignored);
}

}  // namespace mmsgate::sip
