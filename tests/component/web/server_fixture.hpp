// SPDX-License-Identifier: Apache-2.0
// A server on a free port, and behind it a site whose answers are the test's.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <functional>
#include <iterator>

#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "runtime/system.hpp"
#include "support/eventually.hpp"
#include "support/raw_http.hpp"
#include "support/temp_folder.hpp"
#include "support/waiting_queue.hpp"
#include "web/server.hpp"

namespace mmsgate::web {

/// Everything that has a reply is queued for the test to answer.
class HandSite final : public Site {
 public:
  struct Hook {
    HookRequest request;
    Reply reply;
  };
  struct Sent {
    Upload upload;
    Reply reply;
  };
  struct Asked {
    HandoutRequest request;
    Reply reply;
  };

  HookCaller hook_caller(std::string_view token) override {
    if (token.empty()) return bare_caller;
    return token == hook_token ? HookCaller::known : HookCaller::stranger;
  }
  void on_hook(HookRequest request, Reply reply) override { hooks.push({std::move(request), std::move(reply)}); }
  std::optional<Response> refuse(const Errand& errand) override {
    errands.push(errand);
    return refusal;
  }
  Result<std::optional<std::string>> login_hash(formats::DigestHash hash, const std::string& user,
                                                const std::string& realm) override {
    if (login_error) return std::unexpected(*login_error);
    const auto password = passwords.find(user);
    if (password == passwords.end()) return std::nullopt;
    ++judged;
    const std::string text = fmt::format("{}:{}:{}", user, realm, password->second);
    return hash == formats::DigestHash::md5 ? crypto::md5(text) : crypto::sha256(text);
  }
  void on_login(const std::string& user, const std::string& realm, bool is_right) override {
    logins.push(fmt::format("{} {} {}", is_right ? "right" : "wrong", user, realm));
  }
  std::expected<std::shared_ptr<void>, Response> reserve(const std::string& account, std::uint64_t bytes) override {
    reserved.push(fmt::format("{} {}", account, bytes));
    if (no_room) return std::unexpected(*no_room);
    return std::make_shared<int>();
  }
  Result<std::unique_ptr<media::Draft>> open_upload() override {
    if (upload_error) return std::unexpected(*upload_error);
    return blobs->draft();
  }
  void on_upload(Upload upload, Reply reply) override { uploads.push({std::move(upload), std::move(reply)}); }
  Result<MediaFile> find_media(const std::string& link) override {
    asked_links.push(link);
    if (media_error) return std::unexpected(*media_error);
    if (link != medium_link) return fail(ErrorKind::rejected, "no such link");
    MediaFile file = medium;
    file.fd = ::open(medium_path.c_str(), O_RDONLY | O_CLOEXEC);
    return file;
  }
  void on_handout(HandoutRequest request, Reply reply) override {
    handouts.push({std::move(request), std::move(reply)});
  }
  Result<std::string> health() override {
    if (on_health) on_health();
    return health_answer;
  }

  testing_support::WaitingQueue<Hook> hooks;
  testing_support::WaitingQueue<Sent> uploads;
  testing_support::WaitingQueue<Errand> errands;
  testing_support::WaitingQueue<Asked> handouts;
  testing_support::WaitingQueue<std::string> asked_links;
  testing_support::WaitingQueue<std::string> logins;    ///< "right 123456_bob example.com"
  testing_support::WaitingQueue<std::string> reserved;  ///< "123456_bob 5000"
  // Set before the first request.
  HookCaller bare_caller = HookCaller::known;
  std::string hook_token = "right";
  std::unique_ptr<media::BlobStore> blobs;
  std::optional<Response> refusal;               ///< Of every errand.
  std::map<std::string, std::string> passwords;  ///< By account.
  std::atomic<int> judged = 0;                   ///< How many logins of accounts that there are were looked at.
  std::optional<Error> login_error;
  std::optional<Response> no_room;  ///< For no file.
  std::optional<Error> upload_error;
  std::optional<Error> media_error;
  std::string medium_link;
  std::string medium_path;
  MediaFile medium;
  Result<std::string> health_answer = "fine\n";
  std::function<void()> on_health;  ///< On the web thread, which waits until it returns.
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    options_.address = "127.0.0.1";
    options_.port = 0;
    auto blobs = media::open_folder(folder_.path() / "media", most_blob_bytes_, random_);
    EXPECT_TRUE(blobs) << blobs.error().detail;
    site_.blobs = std::move(*blobs);
  }

  /// With the options as they are by then.
  void start() {
    auto server = listen(options_, site_, runtime::Log::none());
    ASSERT_TRUE(server) << server.error().detail;
    server_ = std::move(*server);
    const auto started = server_->start();
    ASSERT_TRUE(started) << started.error().detail;
  }
  [[nodiscard]] testing_support::RawClient connect() const { return testing_support::RawClient(server_->port()); }
  [[nodiscard]] testing_support::RawMessage ask(std::string_view request) const { return connect().ask(request); }

  /// At /mmsmedia/film; far more than the kernel takes on for one connection.
  static constexpr std::uint64_t kFilmSize = 64U << 20;
  void place_film() {
    site_.medium_link = "film";
    site_.medium_path = folder_.file("film");
    std::ofstream{site_.medium_path}.put('x');
    std::filesystem::resize_file(site_.medium_path, kFilmSize);
    site_.medium = {.size = kFilmSize, .type = "video/mp4", .name = "film.mp4", .etag = "e"};
  }

  /// Drafts and kept files.
  [[nodiscard]] std::size_t files_on_disk() const {
    namespace fs = std::filesystem;
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder_.path() / "media")) {
      files += entry.is_regular_file() ? 1U : 0U;
    }
    return files;
  }

  /// By this process.
  [[nodiscard]] static bool is_open(const std::string& path) {
    std::error_code gone;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      if (std::filesystem::read_symlink(entry.path(), gone) == path) return true;
    }
    return false;
  }

  static std::string post(std::string_view path, std::string_view type, std::string_view body) {
    return fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n{}", path, type,
                       body.size(), body);
  }
  static std::string get(std::string_view path, std::string_view more_headers = "") {
    return fmt::format("GET {} HTTP/1.1\r\nHost: h\r\n{}\r\n", path, more_headers);
  }

  static constexpr std::uint64_t most_blob_bytes_ = 100U << 20;
  testing_support::TempFolder folder_;
  runtime::SystemRandom random_;
  Options options_;
  HandSite site_;
  std::unique_ptr<Server> server_;
};

}  // namespace mmsgate::web
