// SPDX-License-Identifier: Apache-2.0
// Linphone's file transfer: an empty POST asks whether files are taken (204: yes), the next brings one as
// multipart/form-data. It goes to the disk as it comes, once the phone has logged in. A script's comes the same way,
// once its key has been looked at.
#include <algorithm>
#include <utility>

#include "formats/http_fields.hpp"
#include "formats/mime.hpp"
#include "formats/multipart_stream.hpp"
#include "web/errand.hpp"
#include "web/routes.hpp"

namespace mmsgate::web {
namespace {

/// An empty one counts: a browser's form without a file chosen, a phone with a nameless one.
bool has_file_name(const std::string& disposition) {
  // It has the form of a Content-Type, but for the slash.
  const auto parameters = formats::parse_content_type("x/" + disposition).parameters;
  return parameters.contains("filename") || parameters.contains("filename*");
}

class UploadHandler final : public Handler, private formats::PartSink {
 public:
  /// `login` is null where nobody has to log in.
  UploadHandler(Head head, std::uint64_t most, Site& site, UploadLogin* login)
      : head_(std::move(head)), most_(most), site_(site), login_(login) {}

  std::optional<Answer> begin() override {
    upload_.errand = errand_of(head_);
    if (upload_.errand) {
      if (const auto refused = site_.refuse(*upload_.errand)) return make_answer(*refused);
      if (!head_.has_body()) return say(400, "there is no file in it");
    } else if (auto refused = log_in()) {
      return refused;
    }
    if (!head_.has_body()) return std::nullopt;
    if (auto refused = look_at_body()) return refused;
    auto room = site_.reserve(upload_.account, std::min(head_.content_length.value_or(most_), most_));
    if (!room) return make_answer(room.error());
    upload_.room = *std::move(room);
    return std::nullopt;
  }

  std::optional<Answer> take(std::string_view bytes) override {
    if (!reader_) return say(400, "a body that was not announced");
    const auto fed = reader_->feed(bytes);
    return fed ? std::nullopt : std::optional(answer_for(fed.error()));
  }

  std::optional<Answer> finish(Reply reply) override {
    if (!reader_) return Answer(make_answer({.status = 204}));
    if (!reader_->done()) return answer_for({ErrorKind::corrupt, "the upload was cut off"});
    if (!upload_.draft) return say(400, "there is no file in it: no part with a file name");
    upload_.from = head_.header("From");
    site_.on_upload(std::move(upload_), std::move(reply));
    return std::nullopt;
  }

 private:
  static constexpr std::uint64_t kAround = 64 << 10;

  std::optional<Answer> log_in() {
    if (login_ == nullptr) return std::nullopt;
    auto account = login_->check({.method = head_.method,
                                  .path = head_.path,
                                  .authorization = head_.header(MHD_HTTP_HEADER_AUTHORIZATION),
                                  .from = head_.header(MHD_HTTP_HEADER_FROM),
                                  .agent = head_.header(MHD_HTTP_HEADER_USER_AGENT),
                                  .client = head_.client},
                                 UploadLogin::Clock::now());
    if (!account) return make_answer(account.error());
    upload_.account = *std::move(account);
    return std::nullopt;
  }

  std::optional<Answer> look_at_body() {
    // The boundary and headers around the file are on top; what is over by more than that cannot fit.
    if (head_.content_length.value_or(0) > most_ + kAround) return say(413, "the file is too large");
    const auto type = formats::parse_content_type(head_.header(MHD_HTTP_HEADER_CONTENT_TYPE));
    const auto boundary = type.parameters.find("boundary");
    if (type.type != "multipart/form-data" || boundary == type.parameters.end() || boundary->second.empty()) {
      return say(400, "a file must come as multipart/form-data with a boundary");
    }
    reader_.emplace(boundary->second, static_cast<formats::PartSink&>(*this));
    return std::nullopt;
  }

  Result<bool> on_part(const std::map<std::string, std::string>& headers) override {
    const auto disposition = headers.find("content-disposition");
    is_file_ = disposition != headers.end() && has_file_name(disposition->second);
    if (!is_file_) return true;  // another field of the form; nobody asked for it
    if (upload_.draft) return fail(ErrorKind::rejected, "one file at a time, please");
    auto draft = site_.open_upload();
    if (!draft) return std::unexpected(draft.error());
    upload_.draft = std::move(*draft);
    upload_.name = formats::file_name_of(disposition->second);
    const auto type = headers.find("content-type");
    if (type != headers.end()) upload_.type = type->second;
    return true;
  }

  Result<bool> on_bytes(std::string_view bytes) override {
    if (!is_file_) return true;
    const auto written = upload_.draft->write(bytes);
    if (!written) return std::unexpected(written.error());
    if (*written > most_) return fail(ErrorKind::limit, "the file is too large");
    return true;
  }

  Answer answer_for(const Error& error) {
    upload_.draft.reset();  // before the answer: who hears it finds nothing left
    switch (error.kind) {
      case ErrorKind::limit:
        return say(413, "the file is too large");
      case ErrorKind::transient:
      case ErrorKind::unanswered:
        return say(507, "the file cannot be stored now");
      case ErrorKind::rejected:
      case ErrorKind::corrupt:
        return say(400, error.detail);
      case ErrorKind::auth:
      case ErrorKind::bug:
        return say(500, "internal error");
    }
    return say(500, "internal error");
  }

  const Head head_;
  const std::uint64_t most_;
  Site& site_;
  UploadLogin* const login_;
  std::optional<formats::MultipartReader> reader_;
  Upload upload_;
  bool is_file_ = false;
};

}  // namespace

std::unique_ptr<Handler> make_upload(Head head, const Options& options, Site& site, UploadLogin& login) {
  return std::make_unique<UploadHandler>(std::move(head), options.most_upload_bytes, site,
                                         options.wants_login ? &login : nullptr);
}

}  // namespace mmsgate::web
