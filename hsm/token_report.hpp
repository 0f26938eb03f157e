// SPDX-License-Identifier: Apache-2.0
// What a token says about itself and its keys, without changing anything.
#pragma once

#include "base/error.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::hsm {

enum class TokenPurpose : std::uint8_t { service, custody };

struct KeyReport {
  std::string label;
  bool is_good = false;
  std::string problem;  // in words; empty if it is good
};

struct TokenReport {
  std::string label;
  std::string manufacturer;
  std::string model;
  std::string serial;
  bool has_user_pin = false;
  bool is_pin_count_low = false;  // somebody tried a wrong PIN
  bool is_pin_final_try = false;  // one more wrong PIN locks the token
  bool is_pin_locked = false;
  std::vector<KeyReport> keys;       // those that are there
  std::vector<std::string> missing;  // the names of those that are not

  [[nodiscard]] bool is_good() const {
    if (!missing.empty() || is_pin_locked) return false;
    for (const KeyReport& key : keys) {
      if (!key.is_good) return false;
    }
    return true;
  }
};

// Logs in once, for reading only; not at all if one more wrong PIN would lock the token.
//
// Fails with `not_found` if module, token or PIN file is missing, `denied` if the PIN was refused
// or must not be tried, `unavailable`.
Result<TokenReport> report_token(const std::string& module_path, const std::string& token_label,
                                 const std::string& pin_file, TokenPurpose purpose);

}  // namespace countersign::hsm
