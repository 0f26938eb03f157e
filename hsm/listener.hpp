// SPDX-License-Identifier: Apache-2.0
// The socket on which the workers accept: from systemd, or made here.
#pragma once

#include "base/error.hpp"

#include <string>
#include <utility>

namespace countersign::hsm {

class Listener {
 public:
  // Takes the one socket that systemd passes, or else listens at `path` (mode 0660), where a
  // socket that nobody listens on is replaced and anything else is left alone.
  //
  // Fails with `already_exists` if the path is in use, `malformed` if there is no path or systemd
  // passed something else, `unavailable` otherwise.
  static Result<Listener> open(const std::string& path);

  Listener(Listener&& other) noexcept
      : descriptor_{std::exchange(other.descriptor_, -1)}, path_{std::exchange(other.path_, {})} {}
  Listener& operator=(Listener&&) = delete;
  // Removes the path, if it was made here.
  ~Listener();

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  Listener(int descriptor, std::string path) : descriptor_{descriptor}, path_{std::move(path)} {}
  static Result<Listener> inherited();

  int descriptor_;
  std::string path_;  // empty when systemd owns the socket
};

}  // namespace countersign::hsm
