// SPDX-License-Identifier: Apache-2.0
// Keys and what became of them, for people and for programs.
#pragma once

#include "cli/command.hpp"
#include "cli/show_account.hpp"
#include "cli/yubikey/outcome.hpp"
#include "firmware-interface/yubikey/slot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace countersign::cli {

void show_keys(const Command& command, const std::vector<yubikey::Key>& keys);
void show_key(const Command& command, const yubikey::Key& key);

// A factor that a key has now.
struct Given {
  std::uint64_t factor_id = 0;
  v1::SubjectName subject;
  v1::FactorKind kind = v1::YUBICO_OTP;
  std::string identifier;
  std::optional<std::uint32_t> serial;
  int slot = 0;  // 0: not known
  bool active = false;
};
void show_given(const Command& command, const Given& given);

// "key 7654321, slot 1".
[[nodiscard]] std::string name_of(const std::optional<std::uint32_t>& serial, int slot);

}  // namespace countersign::cli
