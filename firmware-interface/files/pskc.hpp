// SPDX-License-Identifier: Apache-2.0
// PSKC, the XML in which makers of tokens deliver their secrets: RFC 6030.
//
// Keys for HOTP, TOTP and Yubico OTP; secrets in clear, or encrypted by AES-CBC with a key that was
// agreed on or that PBKDF2 makes of a passphrase. Where the file says how values are authenticated,
// every encrypted value must be, and one that is not ends the reading: nothing of a file that
// somebody changed is worth importing. So does a secret in clear where the others are encrypted, or
// where a key was brought along. Dates and PIN policies are not looked at, nor are the
// signatures of whole files.
#pragma once

#include "firmware-interface/files/token_row.hpp"

#include <memory>
#include <optional>

namespace countersign::files {

// What opens an encrypted file. Both empty for one in clear.
struct PskcUnlock {
  SecretBytes key;  // 16, 24 or 32 bytes
  SecretBytes passphrase;
};

struct PskcKey {
  std::size_t line = 0;  // where its KeyPackage begins
  Result<TokenRow> row;  // or why it is refused by itself
};

class PskcReader {
 public:
  // REQUIRES: `file` outlives the reader. Fails like next().
  static Result<PskcReader> open(BytesView file, PskcUnlock unlock);
  PskcReader(PskcReader&&) noexcept;
  PskcReader& operator=(PskcReader&&) noexcept;
  ~PskcReader();

  // The next key; none behind the last. Errors are about the whole file: `malformed`,
  // `limit_exceeded`, `denied` (it needs another key, or was changed); their operation is a
  // sentence.
  Result<std::optional<PskcKey>> next();

 private:
  struct State;
  explicit PskcReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace countersign::files
