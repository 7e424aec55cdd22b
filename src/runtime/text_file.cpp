// SPDX-License-Identifier: Apache-2.0
#include "runtime/text_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "runtime/files.hpp"

namespace mmsgate::runtime {
namespace {

constexpr mode_t kOwnerOnly = 0600;

Result<Descriptor> open_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, kOwnerOnly));
  if (file.is_open()) return file;
  return fail(ErrorKind::transient, fmt::format("cannot write {}: {}", path, std::strerror(errno)));
}

}  // namespace

Result<std::unique_ptr<TextFile>> TextFile::open(const std::string& path) {
  auto file = open_file(path);
  if (!file) return std::unexpected(file.error());
  return std::unique_ptr<TextFile>(new TextFile(path, *std::move(file)));
}

bool TextFile::add(std::string_view text) {
  const std::lock_guard lock(mutex_);
  return write_all(file_.get(), text);
}

Result<bool> TextFile::reopen() {
  auto file = open_file(path_);
  if (!file) return std::unexpected(file.error());
  const std::lock_guard lock(mutex_);
  file_ = *std::move(file);
  return true;
}

}  // namespace mmsgate::runtime
