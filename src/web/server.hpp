// SPDX-License-Identifier: Apache-2.0
// The HTTP server: web hook, upload, media, phone configurations, health. Everything of the HTTP library stays behind
// this file.
//
// The server owns its threads ("web"), on which the Site is called; the Site must not block but may answer later, from
// any thread, through the Reply. Limits (header and body sizes, slow clients, connections in all and an address) are
// the server's own work: what they refuse never reaches the Site.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "formats/ip_address.hpp"
#include "formats/phone_login.hpp"
#include "media/blob_store.hpp"
#include "runtime/log.hpp"
#include "runtime/mailbox.hpp"

namespace mmsgate::web {

struct Options {
  std::string address = "0.0.0.0";
  std::uint16_t port = 38443;    ///< 0: any free one.
  std::string certificate, key;  ///< PEM files: HTTPS. Both empty: HTTP.
  std::string hook_path = "/mmsgate";
  std::string media_path = "/mmsmedia";
  std::string upload_path = "/file";
  std::string handout_path = "/conf";
  std::size_t most_hook_bytes = 1 << 20;         ///< 413 beyond it.
  std::size_t most_large_hook_bytes = 32 << 20;  ///< In memory at once, of bodies larger than 64 KiB; 503 beyond it.
  std::uint64_t most_upload_bytes = 100U << 20;  ///< 413 beyond it.
  std::size_t most_header_bytes = 32 << 10;
  bool wants_login = false;  ///< Of phones that send a file.
  std::string login_domain;  ///< The realm where the phone does not say what its domain is.
  std::string login_secret;  ///< Of the nonces: what nobody can guess, anew at each start.
  /// Whose word counts for where a request comes from (X-Forwarded-For, Forwarded).
  std::vector<formats::IpNetwork> trusted_proxies;
  /// Requests a minute of one client (Retry-After beyond it); 0: as many as it likes. To the web hook, by those who
  /// belong there, by those who have yet to prove it, and to places that there are none.
  int most_known = 6000, most_unproven = 60, most_lost = 60;
  /// When it gets crowded, connections that ask for nothing give way to new ones.
  unsigned most_connections = 4096;
  unsigned most_connections_per_address = 256;
  std::chrono::seconds idle_timeout{30};      ///< A connection without a byte for so long is closed.
  std::chrono::seconds request_timeout{300};  ///< A request that is not whole by then is closed, however it drips.
  /// When it gets crowded, those whose answer went out slowly for so long give way.
  std::chrono::milliseconds reading_time = std::chrono::seconds(30);
};

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

/// Answers one request, once, from any thread. Dropped without an answer, it answers 500.
class Reply {
 public:
  using Send = std::move_only_function<void(Response)>;
  explicit Reply(Send send) : send_(std::move(send)) {}
  Reply(Reply&& other) noexcept : send_(std::exchange(other.send_, nullptr)) {}
  Reply& operator=(Reply&&) = delete;
  ~Reply() {
    if (send_) send_({.status = 500, .body = "internal error\n"});
  }
  void answer(Response response) {
    if (auto send = std::exchange(send_, nullptr)) send(std::move(response));
  }

 private:
  Send send_;
};

/// Who calls the web hook, as far as his address says.
enum class HookCaller {
  known,     ///< He has a token, or none is wanted.
  unproven,  ///< He has none: what he says has to be looked up.
  stranger,  ///< There is nothing here for him.
};

/// The provider's call: POST with a body, or the older GET with its query.
struct HookRequest {
  bool post = true;
  std::string token;  ///< The last part of the address; empty: it came without.
  std::string content_type;
  std::string body;
  std::map<std::string, std::string> query;  ///< Decoded.
  formats::IpAddress source;                 ///< The client's address, behind proxies of ours too.
};

/// A script's or a camera's wish that its file be sent to a phone. Everything as it stood there; any characters.
struct Errand {
  std::string to;                   ///< A sub account, or its extension.
  std::optional<std::string> from;  ///< As from whom; nothing: it does not say.
  std::string text;
  std::string key;  ///< A secret; empty: none.
};

/// A file that a phone or a script has sent; whole, but not kept yet.
struct Upload {
  std::unique_ptr<media::Draft> draft;
  std::string name;              ///< As sent; any characters.
  std::string type;              ///< As sent.
  std::string from;              ///< The From header of Linphone's request; empty when missing.
  std::optional<Errand> errand;  ///< Nothing: a phone's.
  std::string account;           ///< Who has logged in; empty: nobody had to.
  std::shared_ptr<void> room;    ///< Its bytes are reserved as long as somebody holds this; see Site::reserve().
};

/// A file to serve. `fd` is the server's from then on.
struct MediaFile {
  int fd = -1;
  std::uint64_t size = 0;
  std::string type;
  std::string name;
  std::string etag;  ///< Without quotes.
};

/// Somebody wants what is handed out at an unguessable URL.
struct HandoutRequest {
  std::string name;        ///< What stood behind handout_path and a slash: a secret, never log it.
  bool is_asking = false;  ///< HEAD: it is not handed out.
  std::string source;      ///< The client's address.
};

/// What stands behind the routes. Called on web threads.
class Site {
 public:
  virtual ~Site() = default;
  /// Before anything of a body is read. `token` is empty for the bare address. Must be quick.
  [[nodiscard]] virtual HookCaller hook_caller(std::string_view token) = 0;
  virtual void on_hook(HookRequest request, Reply reply) = 0;
  /// Before a byte of a script's file is taken: the answer that refuses it. Nothing: it may come.
  [[nodiscard]] virtual std::optional<Response> refuse(const Errand& errand) = 0;
  /// What a phone's login is checked against: H(user:realm:password) in hex digits. Nothing: there is no such account.
  /// transient: nobody knows yet. From memory.
  [[nodiscard]] virtual Result<std::optional<std::string>> login_hash(formats::DigestHash hash, const std::string& user,
                                                                      const std::string& realm) = 0;
  /// A phone, or somebody who would be one, has tried a password. `user` may be anything when it was wrong.
  virtual void on_login(const std::string& user, const std::string& realm, bool is_right) = 0;
  /// Before a byte of a file is taken: may so many be sent today? `account` is empty for who did not log in. The answer
  /// that refuses it, or what is held until the file is stored or gone.
  [[nodiscard]] virtual std::expected<std::shared_ptr<void>, Response> reserve(const std::string& account,
                                                                               std::uint64_t bytes) = 0;
  /// Before the first byte of a file is taken: where it will be written. The error becomes the answer (507 for
  /// transient).
  [[nodiscard]] virtual Result<std::unique_ptr<media::Draft>> open_upload() = 0;
  virtual void on_upload(Upload upload, Reply reply) = 0;
  /// rejected: 404. `link` is what stood behind media_path and a slash, percent signs decoded; it names no path.
  [[nodiscard]] virtual Result<MediaFile> find_media(const std::string& link) = 0;
  virtual void on_handout(HandoutRequest request, Reply reply) = 0;
  /// For /healthz: 200 with this text, or 503 with the error's.
  [[nodiscard]] virtual Result<std::string> health() = 0;
};

class Server {
 public:
  virtual ~Server() = default;  ///< Stops listening, ends what is under way, joins its threads.
  /// Begins to answer, once.
  [[nodiscard]] virtual Result<bool> start() = 0;
  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// Any thread, after start(): run on the web thread.
  virtual void post(runtime::Mailbox::Task task) = 0;
};

/// Has the port from now on; who connects before start() waits until then. `site` must outlive the server. The error
/// says which address and what to do.
[[nodiscard]] Result<std::unique_ptr<Server>> listen(Options options, Site& site, std::shared_ptr<runtime::Log> log);

}  // namespace mmsgate::web
