// SPDX-License-Identifier: Apache-2.0
// The database as a backup has it: copied while a gateway writes, checked before anybody trusts it, and made ready to
// be served from again. Needs no Store. Any thread; a file at a time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "core/time.hpp"
#include "store/store.hpp"

namespace mmsgate::store {

/// How much room a copy needs at most.
[[nodiscard]] Result<std::uint64_t> copy_bytes(const std::string& database);

/// Copies it into the file `to`, which is there and empty, as it is at one moment. It may be written meanwhile, by us
/// or others: readers hold no writer up. The copy is one file, without a log beside it. Not on disk (fsync) yet.
[[nodiscard]] Result<bool> copy_database(const std::string& database, const std::string& to);

/// Whole, ours, and not newer than we are? Answers the files that it names, in the order of their ids. corrupt: no.
[[nodiscard]] Result<std::vector<Blob>> check_copy(const std::string& copy);

/// What a copy knows is as old as the copy. What was open towards the carrier then may have been sent since, so its log
/// is asked before each is tried again, and not before `carrier_due`. Answers how many there are.
[[nodiscard]] Result<int> make_ready(const std::string& copy, TimePoint now, TimePoint carrier_due);

}  // namespace mmsgate::store
