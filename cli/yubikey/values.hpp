// SPDX-License-Identifier: Apache-2.0
// Values of a key that come from files, standard input or the terminal, never from an argument:
// access codes, and what another program wrote into a slot.
#pragma once

#include "base/secret_bytes.hpp"
#include "cli/yubikey/outcome.hpp"

#include <string>

namespace countersign::cli {

// Twelve hexadecimal digits from the first line of a file ("-": standard input).
[[nodiscard]] Outcome<SecretBytes> read_access_code(const std::string& file);

// What is known of a slot that another program configured.
struct SlotValues {
  std::string identifier;  // public id, or token identifier
  SecretBytes private_id;  // Yubico OTP
  SecretBytes secret;
};

// One line, its parts separated by commas or blanks:
//   Yubico OTP   PUBLIC-ID (modhex) PRIVATE-ID (12 hexadecimal digits) AES-KEY (32)
//   HOTP         [TOKEN-IDENTIFIER] SECRET (40)
[[nodiscard]] Outcome<SlotValues> read_slot_values(const std::string& file, v1::FactorKind kind);

}  // namespace countersign::cli
