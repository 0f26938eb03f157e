// SPDX-License-Identifier: Apache-2.0
// Policy files for tests: taken, or refused, as expected.
#pragma once

#include "policies/policy.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace countersign::policies {

inline constexpr std::string_view kFile = "policy.toml";

inline Policy good(std::string_view text) {
  auto parsed = parse(text, kFile);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) {
    ADD_FAILURE() << text << ": " << mistake->message;
    return {};
  }
  return std::get<Policy>(parsed);
}

inline Mistake bad(std::string_view text) {
  const auto parsed = parse(text, kFile);
  if (const auto* mistake = std::get_if<Mistake>(&parsed)) return *mistake;
  ADD_FAILURE() << text << " is taken";
  return {};
}

// `key` of [table], with a value as TOML writes it.
inline std::string line(std::string_view table, std::string_view key, std::string_view value) {
  return "[" + std::string{table} + "]\n" + std::string{key} + " = " + std::string{value} + "\n";
}

}  // namespace countersign::policies
