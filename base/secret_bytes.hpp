// SPDX-License-Identifier: Apache-2.0
// A secret in memory for as short a time as possible: a seed on its way in or out, a PIN, a key
// that the daemon derived.
//
// Wiped on destruction, movable, not copyable, not printable. `expose` is the only way in.
#pragma once

#include "base/bytes.hpp"

#include <string.h>

#include <utility>

namespace countersign {

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(BytesView bytes) : bytes_{bytes.begin(), bytes.end()} {}
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  SecretBytes(SecretBytes&& other) noexcept : bytes_{std::exchange(other.bytes_, {})} {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    wipe();
    bytes_ = std::exchange(other.bytes_, {});
    return *this;
  }
  ~SecretBytes() { wipe(); }

  [[nodiscard]] BytesView expose() const { return bytes_; }
  [[nodiscard]] std::span<std::byte> expose() { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  void wipe() noexcept {
    if (!bytes_.empty()) ::explicit_bzero(bytes_.data(), bytes_.size());
  }

  Bytes bytes_;
};

}  // namespace countersign
