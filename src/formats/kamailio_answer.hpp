// SPDX-License-Identifier: Apache-2.0
// What Kamailio's jsonrpcs module answers about who is registered (module usrloc, 5.x and 6.x). Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/registration.hpp"

namespace mmsgate::formats {

/// `ul.dump brief`: the addresses of record of the table "location", "user@domain" or "user" alone, as usrloc keeps
/// them. transient: Kamailio complains, with its words. corrupt: nothing that we know.
[[nodiscard]] Result<std::vector<std::string>> parse_ul_dump(std::string_view answer);

/// `ul.lookup`: the phones of one address; none for one that is not registered. Kamailio says in how many seconds they
/// expire, so it must be `now` when it does. `domain`: of an address without one. Errors as above.
[[nodiscard]] Result<std::vector<Registration>> parse_ul_lookup(std::string_view answer, TimePoint now,
                                                                std::string_view domain);

/// `core.uptime`: since when it runs, in its own words: another start has others. Errors as above.
[[nodiscard]] Result<std::string> parse_uptime(std::string_view answer);

}  // namespace mmsgate::formats
