// SPDX-License-Identifier: Apache-2.0
// What stands behind the module's name in a file of /etc/pam.d.
#pragma once

#include "base/error.hpp"

#include <chrono>
#include <cstdint>
#include <span>

namespace countersign::pam {

inline constexpr std::chrono::seconds kTimeoutMax{60};

// Where the passcode comes from.
enum class Source : std::uint8_t {
  prompt,                // asked for
  first_pass,            // what an earlier module asked for, and nothing else
  first_pass_or_prompt,  // the same, and asked for when that is missing or rejected
};

// Texts are the arguments' own.
struct Options {
  const char* socket = "/run/countersign/verify.sock";
  const char* realm = "";
  const char* prompt = "Code: ";
  std::chrono::seconds timeout{5};
  Source source = Source::prompt;
  bool has_fail_delay = true;
};

// Fails with `malformed`, at the argument number `native` (from 0).
[[nodiscard]] Result<Options> parse_options(std::span<const char* const> arguments);

}  // namespace countersign::pam
