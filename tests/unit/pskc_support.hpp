// SPDX-License-Identifier: Apache-2.0
// What becomes of a PSKC file, in a form that assertions can compare and print.
#pragma once

#include "firmware-interface/files/pskc.hpp"
#include "tests/support/hex.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace countersign::files::test {

struct PskcOutcome {
  std::vector<TokenRow> rows;
  std::vector<std::string> refusals;  // of single keys, as "line: why"
  std::string error;                  // of the file; empty if it was read to its end
};

inline PskcOutcome read_pskc(std::string_view file, PskcUnlock unlock) {
  PskcOutcome outcome;
  auto reader = PskcReader::open(as_bytes(file), std::move(unlock));
  if (!reader) {
    outcome.error = reader.error().operation.view();
    return outcome;
  }
  for (;;) {
    auto key = reader->next();
    if (!key) outcome.error = key.error().operation.view();
    if (!key || !*key) return outcome;
    if ((*key)->row) {
      outcome.rows.push_back(*std::move((*key)->row));
      continue;
    }
    outcome.refusals.push_back(std::to_string((*key)->line) + ": " +
                               std::string{(*key)->row.error().operation.view()});
  }
}

inline PskcOutcome read_pskc(std::string_view file) { return read_pskc(file, {}); }
inline PskcOutcome read_with_key(std::string_view file, std::string_view hex) {
  return read_pskc(file, {SecretBytes{countersign::test::from_hex(hex)}, {}});
}
inline PskcOutcome read_with_passphrase(std::string_view file, std::string_view passphrase) {
  return read_pskc(file, {{}, SecretBytes{as_bytes(passphrase)}});
}

inline std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed{text};
  return changed.replace(changed.find(from), from.size(), to);
}

}  // namespace countersign::files::test
