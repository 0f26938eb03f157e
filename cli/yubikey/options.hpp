// SPDX-License-Identifier: Apache-2.0
// Options that several verbs of `countersign yubikey` share, and what they mean.
#pragma once

#include "cli/choice.hpp"
#include "cli/yubikey/outcome.hpp"
#include "firmware-interface/yubikey/slot.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace countersign::cli {

// Each adder's target must outlive the parsing of `verb`.

inline void add_serial_option(CLI::App& verb, std::optional<std::uint32_t>& serial) {
  verb.add_option("--serial", serial, "Which key, when several are plugged in");
}

inline void add_slot_option(CLI::App& verb, yubikey::SlotNumber& slot) {
  add_choice<yubikey::SlotNumber>(
      verb, "--slot", slot, {{"1", yubikey::SlotNumber::one}, {"2", yubikey::SlotNumber::two}},
      "1: a short touch; 2: a long one")
      ->required();
}

inline void add_kind_option(CLI::App& verb, v1::FactorKind& kind) {
  add_choice<v1::FactorKind>(verb, "--kind", kind,
                             {{"yubico_otp", v1::YUBICO_OTP}, {"hotp", v1::HOTP}},
                             "What the slot types; yubico_otp when absent");
}

struct AccessCodeFiles {
  std::string current;
  std::string next;

  // Reads both.
  [[nodiscard]] Outcome<yubikey::AccessCodes> read() const;
};

inline void add_access_code_option(CLI::App& verb, std::string& file) {
  verb.add_option("--access-code-file", file,
                  "The code that protects the slot now, twelve hexadecimal digits (- for standard "
                  "input)")
      ->type_name("FILE");
}

inline void add_access_code_options(CLI::App& verb, AccessCodeFiles& files) {
  add_access_code_option(verb, files.current);
  verb.add_option("--new-access-code-file", files.next,
                  "The code that will protect the slot; zeros: none. Absent: it stays as it is. "
                  "Whoever loses it can never change the slot again")
      ->type_name("FILE");
}

}  // namespace countersign::cli
