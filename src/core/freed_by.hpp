// SPDX-License-Identifier: Apache-2.0
// For std::unique_ptr of what a C library has made: `std::unique_ptr<BIO, FreedBy<BIO_free>>`.
#pragma once

namespace mmsgate {

template <auto Function>
struct FreedBy {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};

}  // namespace mmsgate
