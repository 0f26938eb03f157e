// SPDX-License-Identifier: Apache-2.0
// The right to be the one daemon that writes to a store's folder; given back on destruction, and by
// the kernel when the process dies.
#pragma once

#include "base/error.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace countersign::store::sqlite {

class Ownership {
 public:
  // Takes the folder's lock and makes sure that a database file of mode 0600 exists in it.
  // Fails with `unavailable`; `explanation` then says why.
  static Result<Ownership> take(const std::filesystem::path& directory, std::string& explanation);

  Ownership(Ownership&& other) noexcept : lock_{std::exchange(other.lock_, -1)} {}
  Ownership& operator=(Ownership&&) = delete;
  ~Ownership();

 private:
  explicit Ownership(int lock) : lock_{lock} {}

  int lock_;
};

[[nodiscard]] std::filesystem::path database_file(const std::filesystem::path& directory);

}  // namespace countersign::store::sqlite
