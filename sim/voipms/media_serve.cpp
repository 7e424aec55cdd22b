// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "voipms/hold.hpp"
#include "voipms/media.hpp"

namespace mmsgate_sim {
namespace {

constexpr std::string_view kPrefix = "/media/";

Answer with_fault(Answer answer, const Fault& fault) {
  const auto amount = static_cast<std::uint64_t>(fault.amount);
  switch (fault.what) {
    case Fault::Do::http:
      return {.status = static_cast<int>(fault.amount), .type = "text/plain", .body = bytes_of(fault.text + "\n")};
    case Fault::Do::close:
      answer.hang_up = true;
      return answer;
    case Fault::Do::slow:
      answer.bytes_per_second = amount;
      return answer;
    case Fault::Do::huge:
      answer.padded_to = amount;
      return answer;
    case Fault::Do::type:
      answer.type = fault.word;
      return answer;
    case Fault::Do::cut:
      answer.cut_at = answer.body->size() / 2;
      return answer;
    case Fault::Do::not_json:
      return {.type = "text/html", .body = bytes_of("<html><body>Maintenance</body></html>\n")};
    case Fault::Do::status:
    case Fault::Do::latency:
    case Fault::Do::timeout_before:
    case Fault::Do::timeout_after_accept:
    case Fault::Do::close_after_accept:
    case Fault::Do::duplicate:
    case Fault::Do::drop:
      return answer;
  }
  return answer;
}

}  // namespace

std::string media_url(const std::string& base, const Message& message, std::size_t n) {
  const Media& media = message.media[n];
  if (!media.bytes) return media.url;
  return fmt::format("{}{}{}/{}/{}", base, kPrefix, message.id, n,
                     url_encode(media.name.empty() ? "file" : media.name));
}

Json media_urls(const std::string& base, const Message& message) {
  Json urls = Json::array();
  for (std::size_t n = 0; n < message.media.size(); ++n) urls.push_back(media_url(base, message, n));
  return urls;
}

Answer media_answer(const World& world, std::string_view id, std::string_view n) {
  const auto message = world.log.find(parse_number(id).value_or(0));
  const auto index = parse_number(n).value_or(-1);
  const bool there = message && index >= 0 && std::cmp_less(index, message->media.size()) &&
                     message->media[static_cast<std::size_t>(index)].bytes;
  if (!there) return {.status = 404, .type = "text/plain", .body = bytes_of("no such file\n")};
  const Media& media = message->media[static_cast<std::size_t>(index)];
  return {.type = media.type.empty() ? "application/octet-stream" : media.type, .body = media.bytes};
}

void serve_media(World& world, const Request& request, Reply reply) {
  const std::string_view rest = std::string_view(request.path).substr(kPrefix.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string_view behind = rest.substr(std::min(rest.size(), slash + 1));
  Answer answer = media_answer(world, rest.substr(0, slash), behind.substr(0, behind.find('/')));
  const auto fault = world.faults.take("media", "");
  if (!fault) return reply.answer(std::move(answer));
  if (fault->what == Fault::Do::timeout_before || fault->what == Fault::Do::timeout_after_accept) {
    return hold(world.outgoing, std::move(reply));
  }
  if (fault->what == Fault::Do::latency) {
    return answer_later(world.outgoing, std::chrono::milliseconds(fault->amount), std::move(reply), std::move(answer));
  }
  reply.answer(with_fault(std::move(answer), *fault));
}

}  // namespace mmsgate_sim
