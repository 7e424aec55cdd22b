// SPDX-License-Identifier: Apache-2.0
#include "sip/pop_registration.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "sip/request_text.hpp"

namespace mmsgate::sip {
namespace {

/// A server's challenge is answered, and once more when it says that the first had grown old.
constexpr int kMostAnswers = 2;
constexpr std::chrono::hours kLongestLifetime{24};

bool is_refusal(int status) { return status == 401 || status == 403 || status == 404 || status == 407; }

std::string account_address(const std::string& own_url, const std::string& user) {
  constexpr std::string_view kScheme = "sip:";
  return fmt::format("{}{}@{}", kScheme, user, own_url.substr(kScheme.size()));
}

/// Whatever parameters the server has added. Port 50601 begins with 5060, and is another one.
bool is_same_address(std::string_view theirs, std::string_view ours) {
  constexpr std::string_view kAfter = ";?";
  if (!theirs.starts_with(ours)) return false;
  return theirs.size() == ours.size() || kAfter.contains(theirs[ours.size()]);
}

}  // namespace

PopRegistration::PopRegistration(const Registration& wanted, SipLoop& loop, Caller& caller, runtime::Log& log)
    : wanted_(wanted),
      caller_(caller),
      log_(log),
      timer_(su_timer_create(su_root_task(loop.root()), 0)),
      digest_(wanted.user, wanted.password),
      call_id_(fmt::format("{:016x}@mmsgate", wanted.random->next())),
      lifetime_(wanted.lifetime) {}

PopRegistration::~PopRegistration() = default;

void PopRegistration::start(const std::string& own_url) {
  contact_ = account_address(own_url, wanted_.user);
  ask(0);
}

void PopRegistration::leave(std::function<void()> left) {
  su_timer_reset(timer_.get());
  is_leaving_ = true;
  if (!may_be_there_) return left();
  left_ = std::move(left);
  ask(0);
}

void PopRegistration::ask(int answered) {
  const std::string uri = fmt::format("sip:{}", wanted_.pop);
  const std::chrono::seconds lifetime = is_leaving_ ? std::chrono::seconds(0) : lifetime_;
  Outgoing request{
      .request_uri = uri,
      .route = wanted_.route,
      .from = wanted_.identity,
      .to = wanted_.identity,
      .call_id = call_id_,
      .headers = {{"Contact", fmt::format("<{}>", contact_)}, {"Expires", fmt::to_string(lifetime.count())}},
      .content_type = {},
      .body = {}};
  for (auto& header : digest_.headers("REGISTER", uri)) request.headers.push_back(std::move(header));
  const bool takes_back = is_leaving_;
  caller_.send(
      {.method = sip_method_register, .method_name = "REGISTER", .message = request, .cseq = ++cseq_},
      [this, answered, takes_back, alive = std::weak_ptr(alive_)](int status, const sip_t* answer) {
        // What was still under way when we began to leave says nothing any more.
        if (status < 200 || alive.expired() || takes_back != is_leaving_) return;
        on_answer(status, answer, answered);
      },
      [this](int status, const std::string& phrase) { on_failure(status, phrase); });
}

void PopRegistration::on_answer(int status, const sip_t* answer, int answered) {
  if (status < 300 && answer != nullptr) return on_registered(*answer);
  if ((status == 401 || status == 407) && answer != nullptr) {
    const bool may_answer = answered == 0 || (answered < kMostAnswers && is_stale(*answer));
    if (may_answer && digest_.take(*answer)) return ask(answered + 1);
  }
  if (status == 423 && answer != nullptr && answer->sip_min_expires != nullptr) {
    const std::chrono::seconds least(answer->sip_min_expires->me_delta);
    if (answered < kMostAnswers && least > lifetime_ && least <= kLongestLifetime) {
      lifetime_ = least;
      return ask(answered + 1);
    }
  }
  on_failure(status, phrase_of(status, answer));
}

void PopRegistration::on_registered(const sip_t& answer) {
  if (is_leaving_) {
    log_.info("no longer registered at {}", wanted_.pop);
    return std::exchange(left_, nullptr)();
  }
  failures_ = 0;
  may_be_there_ = true;
  if (std::exchange(state_, State::registered) != State::registered) {
    log_.info("registered at {} as {}", wanted_.pop, wanted_.user);
  }
  // Between half and three quarters of it: not all at once, and with time for a second try.
  const Duration time = granted(answer);
  const auto more =
      static_cast<std::int64_t>(wanted_.random->next() % static_cast<std::uint64_t>(time.count() / 4 + 1));
  ask_after(std::max(wanted_.soonest_refresh, time / 2 + Duration(more)));
}

void PopRegistration::on_failure(int status, const std::string& phrase) {
  if (is_leaving_) return std::exchange(left_, nullptr)();
  ++failures_;
  const bool refused = is_refusal(status);
  const State state = refused ? State::refused : State::in_trouble;
  if (std::exchange(state_, state) != state) {
    if (refused) {
      log_.warning("{} does not let {} register: {} {}; check sippop, authid and authpw ([sip])", wanted_.pop,
                   wanted_.user, status, phrase);
    } else {
      log_.warning("cannot register at {} as {}: {} {}; it is tried again", wanted_.pop, wanted_.user, status, phrase);
    }
    failures_ = 1;
  }
  ask_after((refused ? wanted_.refused : wanted_.trouble).wait(failures_, *wanted_.random));
}

void PopRegistration::ask_after(Duration wait) {
  su_timer_set_interval(
      timer_.get(), [](SipLoop* /*root*/, su_timer_t* /*timer*/, PopRegistration* self) { self->ask(0); }, this,
      static_cast<su_duration_t>(wait.count()));
}

Duration PopRegistration::granted(const sip_t& answer) const {
  std::chrono::seconds time = lifetime_;
  if (answer.sip_expires != nullptr) time = std::chrono::seconds(answer.sip_expires->ex_delta);
  for (const sip_contact_t* each = answer.sip_contact; each != nullptr; each = each->m_next) {
    char* own = url_as_string(nullptr, each->m_url);
    const bool is_ours = own != nullptr && is_same_address(own, contact_);
    su_free(nullptr, own);
    if (is_ours && each->m_expires != nullptr) time = std::chrono::seconds(std::strtoul(each->m_expires, nullptr, 10));
  }
  return std::clamp<Duration>(time, std::chrono::seconds(1), kLongestLifetime);
}

}  // namespace mmsgate::sip
