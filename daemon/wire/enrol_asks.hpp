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

// Both or neither; what they leave behind in the message is wiped. Fails with `malformed`.
[[nodiscard]] Result<std::optional<YubicoKey>> yubico_key_from(std::string& aes_key,
                                                               std::string& private_id);

}  // namespace countersign::wire
