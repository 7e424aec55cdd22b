// SPDX-License-Identifier: Apache-2.0
// What this process shows to others, and what it may take of the machine. For the main thread, before there are others.
#pragma once

#include <cstddef>

namespace mmsgate::runtime {

/// What is made from now on is for our user alone, unless it is said otherwise where it is made.
void make_files_private();

/// What is in memory (passwords, messages) comes into no core file, and no other program of our user may look at it or
/// at our environment.
void keep_memory_private();

/// Everything is possible to us, and to whoever takes us over.
[[nodiscard]] bool is_almighty();

/// Asks the system to let us have so many files and connections open at once. Answers how many it lets us have.
[[nodiscard]] std::size_t have_open_files(std::size_t wanted);

}  // namespace mmsgate::runtime
