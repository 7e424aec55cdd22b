// SPDX-License-Identifier: Apache-2.0
#include "runtime/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "runtime/descriptor.hpp"

namespace mmsgate::runtime {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code ignored;
  if (!in || std::filesystem::is_directory(path, ignored)) return std::nullopt;
  std::ostringstream out;
  out << in.rdbuf();  // throws nothing, whatever the disk says
  return out.str();
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool write_new_file(const std::string& path, std::string_view bytes) {
  ::unlink(path.c_str());  // perhaps of somebody who did not live to finish it
  constexpr mode_t kOwnerOnly = 0600;
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (!file.is_open()) return false;
  if (write_all(file.get(), bytes) && ::fsync(file.get()) == 0) return true;
  const int error = errno;
  ::unlink(path.c_str());
  errno = error;
  return false;
}

bool move_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return false;
  // It is there now; that it is after a power cut too, not every file system can be asked for.
  static_cast<void>(sync_folder(std::filesystem::path(to).parent_path()));
  return true;
}

bool sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened.is_open() && ::fsync(opened.get()) == 0;
}

std::optional<FolderTrouble> make_private_folder(const std::filesystem::path& folder) {
  std::error_code error;
  if (folder.empty() || std::filesystem::exists(folder, error)) return std::nullopt;
  if (error) return FolderTrouble{folder, error.value()};  // whether it is there is not for us to see
  if (auto trouble = make_private_folder(folder.parent_path())) return trouble;
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) return FolderTrouble{folder, errno};
  return std::nullopt;
}

std::string folder_for_temporary_files() {
  const char* told = std::getenv("TMPDIR");
  return told != nullptr && *told != '\0' ? told : "/var/tmp";
}

}  // namespace mmsgate::runtime
