// SPDX-License-Identifier: Apache-2.0
#include "voipms/rest_api.hpp"

#include <optional>
#include <utility>

#include "voipms/hold.hpp"

namespace mmsgate_sim {

struct RestApi::Call {
  Form form;
  std::string client;
  CallRecord record;
  std::optional<Fault> fault;
};

namespace {

Answer json_answer(const Json& json) {
  Answer answer;
  answer.body = bytes_of(dump(json));
  return answer;
}

/// Does this fault answer in place of the method?
bool comes_before(const std::optional<Fault>& fault) {
  return fault && fault->what != Fault::Do::latency && fault->what != Fault::Do::timeout_after_accept &&
         fault->what != Fault::Do::close_after_accept;
}

void answer_instead(World& world, const Fault& fault, Reply reply) {
  switch (fault.what) {
    case Fault::Do::status:
      return reply.answer(json_answer(only_status(fault.word.c_str())));
    case Fault::Do::http:
      return reply.answer(
          {.status = static_cast<int>(fault.amount), .type = "text/html", .body = bytes_of("<h1>Error</h1>\n")});
    case Fault::Do::timeout_before:
    case Fault::Do::timeout_after_accept:
      return hold(world.outgoing, std::move(reply));
    case Fault::Do::close:
    case Fault::Do::close_after_accept:
      return reply.answer({.hang_up = true});
    case Fault::Do::not_json:
    case Fault::Do::latency:
    case Fault::Do::slow:
    case Fault::Do::huge:
    case Fault::Do::type:
    case Fault::Do::cut:
    case Fault::Do::duplicate:
    case Fault::Do::drop:
      return reply.answer({.type = "text/html", .body = bytes_of("<html><body>Maintenance</body></html>\n")});
  }
}

}  // namespace

void RestApi::handle(const Request& request, Reply reply) {
  Call call{.form = read_form(request), .client = request.client};
  call.record = {.method = call.form.get("method"),
                 .get = request.method != "POST",
                 .did = national(call.form.get("did")),
                 .dst = national(call.form.get(call.form.find("dst") != nullptr ? "dst" : "contact")),
                 .at = std::chrono::system_clock::now()};
  call.fault = world_.faults.take(call.record.method, call.record.dst);
  if (comes_before(call.fault)) {
    call.record.status = call.fault->what == Fault::Do::status ? call.fault->word : call.fault->text;
    world_.calls.add(std::move(call.record));
    return answer_instead(world_, *call.fault, std::move(reply));
  }
  if (!call.fault || call.fault->what != Fault::Do::latency) return perform(std::move(call), std::move(reply));
  const std::chrono::milliseconds latency(call.fault->amount);
  world_.outgoing.after(latency, [this, call = std::move(call), reply = std::move(reply)]() mutable {
    perform(std::move(call), std::move(reply));
  });
}

void RestApi::perform(Call call, Reply reply) {
  Done done = [this, record = std::move(call.record), fault = call.fault, reply = std::move(reply)](
                  const Json& json, std::string detail) mutable {
    record.detail = std::move(detail);
    record.status = text_of(json, "status");
    const bool silent = fault && fault->what != Fault::Do::latency;
    if (silent) record.status += ", but " + fault->text;
    world_.calls.add(std::move(record));
    if (silent) return answer_instead(world_, *fault, std::move(reply));
    reply.answer(json_answer(json));
  };
  const std::string user = call.form.get("api_username");
  const std::string password = call.form.get("api_password");
  if (user.empty() || password.empty()) return done(only_status("missing_credentials"), "");
  if (!world_.portal.lets_in(user, password)) return done(only_status("invalid_credentials"), "");
  dispatch(call.form.get("method"), call.form, call.client, std::move(done));
}

void RestApi::dispatch(const std::string& method, const Form& form, const std::string& client, Done done) {
  if (method == "sendSMS") return send_sms(world_, form, std::move(done));
  if (method == "sendMMS") return send_mms(world_, form, std::move(done));
  if (method == "getSMS" || method == "getMMS") return done(get_messages(world_, form, method == "getMMS"), "");
  if (method == "getMediaMMS") return done(get_media(world_, form), "");
  if (method == "getSubAccounts") return done(get_sub_accounts(world_, form), "");
  if (method == "getDIDsInfo") return done(get_dids(world_, form), "");
  if (method == "getServersInfo") return done(get_servers(world_, form), "");
  if (method == "getBalance") return done(get_balance(), "");
  if (method == "getIP") return done({{"status", "success"}, {"ip", client}}, "");
  done(only_status(method.empty() ? "missing_method" : "invalid_method"), "");
}

}  // namespace mmsgate_sim
