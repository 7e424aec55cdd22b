// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include "voipms/control_api.hpp"
#include "voipms/form.hpp"
#include "voipms/media.hpp"

namespace mmsgate_sim {
namespace {

Media kept(std::string name, std::string type, std::string bytes) {
  Media media{.name = std::move(name), .type = std::move(type)};
  if (media.type.empty()) media.type = guess_type(media.name, bytes);
  media.sha256 = sha256(bytes);
  media.bytes = bytes_of(std::move(bytes));
  return media;
}

Media read_media(const Json& given) {
  if (!given.is_object()) throw std::invalid_argument("a media is an object");
  const std::string name = text_of(given, "name");
  if (given.contains("url")) return {.url = text_of(given, "url"), .name = name, .type = text_of(given, "type")};
  if (given.contains("base64")) {
    auto bytes = from_base64(text_of(given, "base64"));
    if (!bytes) throw std::invalid_argument("a media's base64 is none");
    return kept(name, text_of(given, "type"), std::move(*bytes));
  }
  const std::filesystem::path path(text_of(given, "path"));
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::invalid_argument(fmt::format("cannot read the file \"{}\"", path.string()));
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return kept(name.empty() ? path.filename().string() : name, text_of(given, "type"), std::move(bytes));
}

Arrival read_json(const Request& request) {
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object()) throw std::invalid_argument("the body is no JSON object");
  Arrival arrival;
  arrival.message.id = number_of(body, "id", 0);
  arrival.message.contact = text_of(body, "from");
  arrival.message.text = text_of(body, "text");
  const Json& to = body.contains("to") ? body["to"] : Json::array();
  for (const Json& each : to.is_array() ? to : Json::array({to})) arrival.message.to.push_back(as_text(each));
  const Json& media = body.contains("media") ? body["media"] : Json::array();
  for (const Json& each : media) arrival.message.media.push_back(read_media(each));
  arrival.repeat = number_of(body, "repeat", 1);
  arrival.wait = number_of(body, "wait", 1) != 0;
  if (number_of(body, "webhook", 1) == 0) arrival.repeat = 0;
  if (body.contains("patch")) arrival.patch = body["patch"];
  return arrival;
}

Arrival read_fields(const Request& request) {
  const Form form = read_form(request);
  Arrival arrival;
  arrival.message.contact = form.get("from");
  arrival.message.to = form.all("to");
  arrival.message.text = form.get("text");
  for (const Field& field : form.fields) {
    if (field.name == "media") arrival.message.media.push_back(kept(field.file_name, field.type, field.value));
  }
  return arrival;
}

}  // namespace

Arrival read_arrival(const Request& request, const Portal& portal) {
  Arrival arrival = is_multipart(request) ? read_fields(request) : read_json(request);
  Message& message = arrival.message;
  if (message.contact.empty()) throw std::invalid_argument("\"from\" is missing");
  if (message.to.empty() || message.to.front().empty()) throw std::invalid_argument("\"to\" is missing");
  message.contact = national(message.contact);
  for (std::string& number : message.to) number = national(number);
  message.did = message.to.front();
  for (const std::string& number : message.to) {
    if (!portal.owns(message.did) && portal.owns(number)) message.did = number;
  }
  message.received = true;
  message.mms = !message.media.empty() || message.to.size() > 1;
  message.at = std::chrono::system_clock::now();
  return arrival;
}

}  // namespace mmsgate_sim
