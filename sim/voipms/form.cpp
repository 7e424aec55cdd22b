// SPDX-License-Identifier: Apache-2.0
#include "voipms/form.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "voipms/text.hpp"

namespace mmsgate_sim {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

void read_urlencoded(std::string_view body, Form& form) {
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    if (pair.empty()) continue;
    const std::string_view value = pair.substr(std::min(pair.size(), equals + 1));
    form.fields.push_back({.name = url_decode(pair.substr(0, equals)), .value = url_decode(value)});
  }
}

/// The parameter of a header's value: boundary=..., name="...", filename="...".
std::string parameter(std::string_view value, std::string_view name) {
  const std::string wanted = "; " + std::string(name) + "=";
  std::string flat(value);
  for (auto at = flat.find(';'); at != std::string::npos; at = flat.find(';', at + 1)) {
    while (at + 1 < flat.size() && flat[at + 1] == ' ') flat.erase(at + 1, 1);
    flat.insert(at + 1, " ");
  }
  const auto found = lower(flat).find(wanted);
  if (found == std::string::npos) return "";
  const auto begin = found + wanted.size();
  if (begin < flat.size() && flat[begin] == '"') return flat.substr(begin + 1, flat.find('"', begin + 1) - begin - 1);
  return flat.substr(begin, flat.find(';', begin) - begin);
}

void read_headers(std::string_view headers, Field& field) {
  while (!headers.empty()) {
    const std::string_view line = headers.substr(0, headers.find("\r\n"));
    headers.remove_prefix(std::min(headers.size(), line.size() + 2));
    const auto colon = std::min(line.find(':'), line.size());
    std::string_view value = line.substr(std::min(line.size(), colon + 1));
    while (value.starts_with(' ')) value.remove_prefix(1);
    const std::string name = lower(line.substr(0, colon));
    if (name == "content-type") field.type = value;
    if (name != "content-disposition") continue;
    field.name = parameter(value, "name");
    field.file_name = parameter(value, "filename");
  }
}

void read_multipart(std::string_view body, const std::string& boundary, Form& form) {
  const std::string first = "--" + boundary;
  const std::string next = "\r\n" + first;
  if (boundary.empty() || !body.starts_with(first)) return;
  body.remove_prefix(first.size());
  while (body.starts_with("\r\n")) {
    body.remove_prefix(2);
    const auto head = body.find("\r\n\r\n");
    const auto end = body.find(next, head == std::string_view::npos ? 0 : head + 2);
    if (head == std::string_view::npos || end == std::string_view::npos) return;
    Field field;
    read_headers(body.substr(0, head), field);
    const auto begin = std::min(head + 4, end);
    field.value = body.substr(begin, end - begin);
    form.fields.push_back(std::move(field));
    body.remove_prefix(end + next.size());
  }
}

}  // namespace

const Field* Form::find(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::string Form::get(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? "" : field->value;
}

std::vector<std::string> Form::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const Field& field : fields) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

bool is_multipart(const Request& request) { return lower(request.content_type).starts_with("multipart/form-data"); }

Form read_form(const Request& request) {
  Form form;
  for (const auto& [name, value] : request.query) form.fields.push_back({.name = name, .value = value});
  if (is_multipart(request)) {
    read_multipart(request.body, parameter(request.content_type, "boundary"), form);
  } else {
    read_urlencoded(request.body, form);
  }
  return form;
}

}  // namespace mmsgate_sim
