// SPDX-License-Identifier: Apache-2.0
// What whoever bears it may use: the text of a session or of a ticket.
//
//   base64url, without padding, of: id, 8 bytes, big-endian | secret, 24 bytes from the HSM
//
// 43 characters, and one spelling each: whatever would decode to the same bytes and is written
// otherwise is no bearer secret.
#pragma once

#include "base/secret_bytes.hpp"

#include <cstdint>
#include <optional>

namespace countersign {

struct BearerSecret {
  static constexpr std::size_t kSecretBytes = 24;
  static constexpr std::size_t kTextBytes = 43;

  std::int64_t id = 0;
  SecretBytes secret;  // kSecretBytes
};

// REQUIRES: a secret of kSecretBytes.
[[nodiscard]] SecretBytes text_of(const BearerSecret& bearer);

// None when it is no such text.
[[nodiscard]] std::optional<BearerSecret> bearer_secret_from(const SecretBytes& text);

}  // namespace countersign
