// SPDX-License-Identifier: Apache-2.0
#include "net/transfer.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "formats/http_fields.hpp"
#include "net/reach.hpp"

namespace mmsgate::net {
namespace {

constexpr long kMostRedirects = 5;

/// "https://host": all of a URL that may stand in a log; paths and queries hold secrets.
std::string site_of(const std::string& url) {
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return "that URL";
  std::string host = url.substr(scheme + 3, url.find_first_of("/?#", scheme + 3) - scheme - 3);
  if (const auto user = host.rfind('@'); user != std::string::npos) host.erase(0, user + 1);
  return url.substr(0, scheme + 3) + host;
}

bool is_prefix_nocase(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && strncasecmp(text.data(), lower.data(), lower.size()) == 0;
}

Transfer* self_of(void* pointer) { return static_cast<Transfer*>(pointer); }

}  // namespace

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

curl_socket_t Transfer::on_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  Transfer& transfer = *self_of(self);
  if (!may_reach(transfer.request_.reach, &address->addr)) {
    transfer.reason_ = {ErrorKind::rejected,
                        fmt::format("{} leads to an address that is not public", site_of(transfer.request_.url))};
    transfer.stopped_ = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Transfer::on_connected(void* self, char* remote, char* /*local*/, int /*remote_port*/, int /*local_port*/) {
  Transfer& transfer = *self_of(self);
  if (transfer.request_.reach == Reach::anywhere || may_reach(transfer.request_.reach, std::string(remote)))
    return CURL_PREREQFUNC_OK;
  transfer.reason_ = {ErrorKind::rejected,
                      fmt::format("{} leads to an address that is not public", site_of(transfer.request_.url))};
  transfer.stopped_ = true;
  return CURL_PREREQFUNC_ABORT;
}

std::size_t Transfer::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  constexpr std::string_view kDisposition = "content-disposition:";
  const std::string_view line(bytes, size * count);
  if (line.starts_with("HTTP/")) self_of(self)->response_.file_name.clear();  // of a redirect
  if (is_prefix_nocase(line, kDisposition)) {
    self_of(self)->response_.file_name = formats::file_name_of(line.substr(kDisposition.size()));
  }
  return line.size();
}

std::size_t Transfer::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = *self_of(self);
  std::string_view rest(bytes, size * count);
  transfer.response_.bytes += rest.size();
  const auto stop = [&](Error reason) {
    transfer.reason_ = std::move(reason);
    transfer.stopped_ = true;
    return CURL_WRITEFUNC_ERROR;
  };
  if (transfer.response_.bytes > transfer.request_.most_bytes) {
    return stop(
        {ErrorKind::rejected, fmt::format("it is larger than the {} bytes allowed", transfer.request_.most_bytes)});
  }
  if (transfer.request_.save_to_fd < 0) {
    transfer.response_.body += rest;
    return rest.size();
  }
  while (!rest.empty()) {
    const ssize_t n = ::write(transfer.request_.save_to_fd, rest.data(), rest.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return stop({ErrorKind::transient, fmt::format("cannot write the file: {}", std::strerror(errno))});
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return size * count;
}

void Transfer::finish(CURLcode code) {
  if (code != CURLE_OK) return give_up(error_of(code));
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  const char* type = nullptr;
  curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) response_.content_type = type;
  done_(std::move(response_));
}

Error Transfer::error_of(CURLcode code) const {
  if (stopped_) return reason_;
  switch (code) {
    case CURLE_FILESIZE_EXCEEDED:
      return {ErrorKind::rejected, fmt::format("it is larger than the {} bytes allowed", request_.most_bytes)};
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      return {ErrorKind::rejected, "it has no URL that could be fetched: only http and https are"};
    case CURLE_TOO_MANY_REDIRECTS:
      return {ErrorKind::rejected, fmt::format("{} sends from one place to another", site_of(request_.url))};
    default:
      return {ErrorKind::transient,
              fmt::format("cannot reach {}: {}", site_of(request_.url), curl_easy_strerror(code))};
  }
}

}  // namespace mmsgate::net
