// SPDX-License-Identifier: Apache-2.0
// The provider's REST interface at /api/v1/rest.php: who may call, which method, what goes wrong on purpose. handle()
// runs on the HTTP thread; the answers of sendMMS leave from the outgoing thread.
#pragma once

#include <functional>
#include <string>

#include "voipms/form.hpp"
#include "voipms/http_server.hpp"
#include "voipms/world.hpp"

namespace mmsgate_sim {

/// The answer, and for the log of calls what the status word does not say.
using Done = std::move_only_function<void(const Json&, std::string detail)>;

/// An answer that consists of a status word.
[[nodiscard]] inline Json only_status(const char* word) { return {{"status", word}}; }

class RestApi {
 public:
  explicit RestApi(World& world) : world_(world) {}
  void handle(const Request& request, Reply reply);

 private:
  struct Call;
  void perform(Call call, Reply reply);
  void dispatch(const std::string& method, const Form& form, const std::string& client, Done done);

  World& world_;
};

// The methods, one file a kind.
void send_sms(World& world, const Form& form, Done done);
void send_mms(World& world, const Form& form, Done done);
[[nodiscard]] Json get_messages(const World& world, const Form& form, bool mms);
[[nodiscard]] Json get_media(const World& world, const Form& form);
[[nodiscard]] Json get_sub_accounts(const World& world, const Form& form);
[[nodiscard]] Json get_dids(const World& world, const Form& form);
[[nodiscard]] Json get_servers(const World& world, const Form& form);
[[nodiscard]] Json get_balance();

}  // namespace mmsgate_sim
