// SPDX-License-Identifier: Apache-2.0
// The people of a benchmark: subject i is called "u<i>" and has one factor, whose secret is one of
// a fixed number of distinct ones, so that the set of kept handles is known however many there are.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace countersign::bench {

inline constexpr std::size_t kSecretBytes = 20;
using Secret = std::array<std::byte, kSecretBytes>;

// The n-th distinct secret: no secret at all, and the same in every run.
[[nodiscard]] Secret secret_number(std::uint64_t n);

[[nodiscard]] inline std::string username(std::uint64_t subject) {
  return "u" + std::to_string(subject);
}

// Computes six-digit SHA-1 codes of every secret, as fast as a token of ours would.
class Tokens {
 public:
  explicit Tokens(std::size_t secrets);
  ~Tokens();
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  [[nodiscard]] std::string code(std::size_t secret, std::uint64_t counter) const;

 private:
  struct Keyed;  // an HMAC with its key already absorbed
  std::vector<Keyed> keyed_;
};

}  // namespace countersign::bench
