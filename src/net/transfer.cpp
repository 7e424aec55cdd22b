// SPDX-License-Identifier: Apache-2.0
#include "net/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "formats/http_fields.hpp"
#include "net/reach.hpp"

namespace mmsgate::net {
namespace {

constexpr long kMostRedirects = 5;
constexpr std::size_t kMostHeaderBytes = 256 << 10;

/// "https://host": all of a URL that may stand in a log; paths and queries hold secrets. Short, whoever wrote it.
std::string site_of(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return "that URL";
  std::string host = url.substr(scheme + 3, url.find_first_of("/\\?#", scheme + 3) - scheme - 3);
  if (const auto user = host.rfind('@'); user != std::string::npos) host.erase(0, user + 1);
  constexpr std::size_t kLongestName = 253;  // RFC 1035 3.1, without the last dot
  return url.substr(0, scheme + 3) + host.substr(0, kLongestName);
}

/// What stands behind `name` and a colon; nothing: it is another header.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  const bool is_it =
      line.size() > name.size() && line[name.size()] == ':' && strncasecmp(line.data(), name.data(), name.size()) == 0;
  if (!is_it) return std::nullopt;
  line.remove_prefix(name.size() + 1);
  line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
  return line.substr(0, line.find_last_not_of(" \t\r\n") + 1);
}

std::string too_large(std::uint64_t most) { return fmt::format("it is larger than the {} bytes allowed", most); }

Transfer* self_of(void* pointer) { return static_cast<Transfer*>(pointer); }

}  // namespace

bool is_web_url(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return false;
  const auto part = [&parsed](CURLUPart which) {
    char* text = nullptr;
    const std::unique_ptr<char, decltype(&curl_free)> owned(
        curl_url_get(parsed.get(), which, &text, 0) == CURLUE_OK ? text : nullptr, curl_free);
    return std::string(owned ? owned.get() : "");
  };
  const std::string scheme = part(CURLUPART_SCHEME);
  return (scheme == "http" || scheme == "https") && !part(CURLUPART_HOST).empty();
}

Transfer::Transfer(HttpRequest request, HttpClient::Done done, const std::string& user_agent)
    : easy_(curl_easy_init(), curl_easy_cleanup),
      form_(nullptr, curl_mime_free),
      request_(std::move(request)),
      done_(std::move(done)) {
  set_up(user_agent);
}

void Transfer::set_up(const std::string& user_agent) {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs would hold up everybody at a time-out
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);  // one line a request; HTTP/2 would hold more
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_MAXREDIRS, kMostRedirects);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.total_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME,
                   static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request_.stall_timeout).count()));
  curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.most_bytes));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  // Before a connection is made, and again for each request: one that stands already, or a redirect, asks no first
  // time.
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, &Transfer::on_connected);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, this);
  // A proxy would fetch for us what we refuse to reach ourselves.
  if (request_.reach != Reach::anywhere) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (request_.form.empty()) {
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 1L);
  } else {
    set_form();
  }
}

void Transfer::set_form() {
  form_.reset(curl_mime_init(easy_.get()));
  for (const auto& [name, value] : request_.form) {
    curl_mimepart* part = curl_mime_addpart(form_.get());
    curl_mime_name(part, name.c_str());
    curl_mime_data(part, value.data(), value.size());
  }
  curl_easy_setopt(easy_.get(), CURLOPT_MIMEPOST, form_.get());
}

void Transfer::stop(ErrorKind kind, std::string detail) { reason_ = {kind, std::move(detail)}; }

curl_socket_t Transfer::on_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  Transfer& transfer = *self_of(self);
  if (!may_reach(transfer.request_.reach, &address->addr)) {
    transfer.stop(ErrorKind::rejected,
                  fmt::format("{} leads to an address that is not public", site_of(transfer.request_.url)));
    return CURL_SOCKET_BAD;
  }
  transfer.reason_.reset();  // of another address of the same name
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_connected(void* self, char* remote, char* /*local*/, int /*remote_port*/, int /*local_port*/) {
  Transfer& transfer = *self_of(self);
  const HttpRequest& request = transfer.request_;
  if (request.reach != Reach::anywhere && !may_reach(request.reach, std::string(remote))) {
    transfer.stop(ErrorKind::rejected, fmt::format("{} leads to an address that is not public", site_of(request.url)));
    return CURL_PREREQFUNC_ABORT;
  }
  // libcurl sends again what went out on a kept line that then broke. A second POST could send a second message.
  if (std::exchange(transfer.sent_, true) && !request.form.empty()) {
    transfer.stop(ErrorKind::transient, fmt::format("{} closed the line without an answer", site_of(request.url)));
    return CURL_PREREQFUNC_ABORT;
  }
  return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = *self_of(self);
  const std::string_view line(bytes, size * count);
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > kMostHeaderBytes) {
    transfer.stop(ErrorKind::rejected, fmt::format("{} answers with too many headers", site_of(transfer.request_.url)));
    return 0;
  }
  if (line.starts_with("HTTP/") && transfer.response_.bytes == 0) {  // what came before was a redirect
    transfer.response_ = {};
    transfer.is_head_whole_ = false;
  }
  if (transfer.is_head_whole_) return line.size();  // a trailer
  transfer.is_head_whole_ = line == "\r\n" || line == "\n";
  if (const auto type = value_of(line, "content-type")) transfer.response_.content_type = *type;
  if (const auto named = value_of(line, "content-disposition")) {
    transfer.response_.file_name = formats::file_name_of(*named);
  }
  return line.size();
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = *self_of(self);
  std::string_view rest(bytes, size * count);
  transfer.response_.bytes += rest.size();
  if (transfer.response_.bytes > transfer.request_.most_bytes) {
    transfer.stop(ErrorKind::rejected, too_large(transfer.request_.most_bytes));
    return CURL_WRITEFUNC_ERROR;
  }
  if (transfer.request_.save_to_fd < 0) {
    transfer.response_.body += rest;
    return rest.size();
  }
  while (!rest.empty()) {
    const ssize_t n = ::write(transfer.request_.save_to_fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      transfer.stop(ErrorKind::transient, fmt::format("cannot write the file: {}", std::strerror(errno)));
      return CURL_WRITEFUNC_ERROR;
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return size * count;
}

void Transfer::finish(CURLcode code) {
  // A line that breaks among the headers is an answer without a body to libcurl.
  if (code == CURLE_OK && !is_head_whole_) code = CURLE_RECV_ERROR;
  if (code != CURLE_OK) {
    Error error = error_of(code);
    const bool went_out = sent_ && !request_.form.empty();
    if (went_out && error.kind == ErrorKind::transient) error.kind = ErrorKind::unanswered;
    return give_up(std::move(error));
  }
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  done_(std::move(response_));
}

Error Transfer::error_of(CURLcode code) const {
  if (reason_) return *reason_;
  const std::string site = site_of(request_.url);
  switch (code) {
    case CURLE_FILESIZE_EXCEEDED:
      return {ErrorKind::rejected, too_large(request_.most_bytes)};
    case CURLE_UNSUPPORTED_PROTOCOL:
      if (sent_ && header_bytes_ == 0) return {ErrorKind::transient, fmt::format("{} does not speak HTTP", site)};
      [[fallthrough]];
    case CURLE_URL_MALFORMAT:
      return {ErrorKind::rejected, fmt::format("{} is or leads to no URL of http or https", site)};
    case CURLE_TOO_MANY_REDIRECTS:
      return {ErrorKind::rejected, fmt::format("{} sends from one place to another", site)};
    case CURLE_OPERATION_TIMEDOUT:
      return {ErrorKind::transient, fmt::format("{} did not answer in time", site)};
    case CURLE_GOT_NOTHING:
      return {ErrorKind::transient, fmt::format("{} closed the line without an answer", site)};
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
      return {ErrorKind::transient, fmt::format("{} broke off in the middle of its answer", site)};
    default:
      return {ErrorKind::transient, fmt::format("cannot reach {}: {}", site, curl_easy_strerror(code))};
  }
}

}  // namespace mmsgate::net
