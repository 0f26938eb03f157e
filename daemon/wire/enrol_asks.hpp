// SPDX-License-Identifier: Apache-2.0
// From checked messages that bring in a hardware token to the model, and the fields that they
// share. Private to wire.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "daemon/model/requests.hpp"

#include <string>
#include <string_view>

namespace countersign::wire {

// REQUIRES: check_message() found no fault with `message`.
// Fails with `malformed`, `limit_exceeded`.
[[nodiscard]] Result<Ask> enrol_yubico_otp_from(BytesView message);

// Canonical modhex of any case, or nothing of nothing. Fails with `malformed`.
[[nodiscard]] Result<std::string> public_id_from(std::string_view typed);

// An OATH token's identifier in its one form, or nothing of nothing. Fails with `malformed`.
[[nodiscard]] Result<std::string> token_identifier_from(std::string_view typed);

inline constexpr std::size_t kOathSecretBytesMin = 10;
inline constexpr std::size_t kOathSecretBytesMax = 512;

// What messages say of an OATH token. 0: absent.
struct OathFields {
  FactorKind kind{};
  int algorithm = 0;
  std::uint32_t digits = 0;
  std::uint32_t period_seconds = 0;
  std::uint64_t counter = 0;
  std::size_t secret_bytes = 0;
};
// With the defaults for what is absent. Fails with `malformed`.
[[nodiscard]] Result<OathParameters> oath_from(const OathFields& fields);

// Both or neither; what they leave behind in the message is wiped. Fails with `malformed`.
[[nodiscard]] Result<std::optional<YubicoKey>> yubico_key_from(std::string& aes_key,
                                                               std::string& private_id);

}  // namespace countersign::wire
