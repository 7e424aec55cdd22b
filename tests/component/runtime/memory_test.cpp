// SPDX-License-Identifier: Apache-2.0
#include "runtime/memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <thread>
#include <vector>

namespace mmsgate::runtime {
namespace {

std::size_t resident_bytes() {
  std::size_t all = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

TEST(Memory, WhatIsFreedBelowWhatIsKeptGoesBack) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the sanitizers have a heap of their own";
#endif
  constexpr std::size_t kBlocks = 50'000;
  constexpr std::size_t kBytes = 1'000;
  constexpr std::size_t kWhole = kBlocks * kBytes;
  std::unique_ptr<std::vector<char>> kept;  // above all the others: without it the heap would shrink by itself
  std::size_t before = 0;
  std::thread([&] {  // a heap (arena) of its own, as each of our threads has
    std::vector<std::unique_ptr<std::vector<char>>> blocks;
    for (std::size_t i = 0; i < kBlocks; ++i) blocks.push_back(std::make_unique<std::vector<char>>(kBytes, 'x'));
    kept = std::make_unique<std::vector<char>>(kBytes, 'x');
    before = resident_bytes();
  })
      .join();
  give_back_memory();
  EXPECT_LT(resident_bytes() + kWhole / 2, before);
}

}  // namespace
}  // namespace mmsgate::runtime
