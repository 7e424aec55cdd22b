// SPDX-License-Identifier: Apache-2.0
// Sees every statement that any connection runs while it lives, without the store's knowing. Its members may be called
// from any thread.
#pragma once

#include <string>
#include <vector>

namespace mmsgate::store::kit {

class Spy {
 public:
  Spy();
  ~Spy();
  Spy(const Spy&) = delete;
  Spy& operator=(const Spy&) = delete;

  /// As they were prepared, with their question marks; each as often as it ran.
  [[nodiscard]] std::vector<std::string> statements() const;
  [[nodiscard]] int count(const std::string& statement) const;
  void forget();
};

}  // namespace mmsgate::store::kit
