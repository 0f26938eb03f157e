// SPDX-License-Identifier: Apache-2.0
// A factor's secret as the HSM sealed it: opaque, and mostly some forty to seventy bytes, which
// stand in place, so that a record with its factor is one block of memory.
#pragma once

#include "base/bytes.hpp"

#include <boost/container/small_vector.hpp>

namespace countersign {

class SealedSecret {
 public:
  SealedSecret() = default;
  // Implicit: every run of bytes from the HSM is one.
  SealedSecret(const Bytes& bytes) : SealedSecret{BytesView{bytes}} {}
  SealedSecret(BytesView bytes) : bytes_{bytes.begin(), bytes.end()} {}

  operator BytesView() const { return {bytes_.data(), bytes_.size()}; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }
  friend bool operator==(const SealedSecret& a, const SealedSecret& b) {
    return as_text(a) == as_text(b);
  }

 private:
  static constexpr std::size_t kBytesUsual = 72;  // SHA-1: 40, YubiKeys: 68
  boost::container::small_vector<std::byte, kBytesUsual> bytes_;
};

}  // namespace countersign
