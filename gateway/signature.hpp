// SPDX-License-Identifier: Apache-2.0
// Signatures as the protocol writes them: HMAC-SHA-1 in standard Base64 with padding.
//
// Clients' keys are not here: the daemon signs and checks. The one key that this module has is the
// empty one, under which the protocol signs what it says before it knows the client.
#pragma once

#include "base/bytes.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::gateway {

inline constexpr std::size_t kSignatureBytes = 20;
using Signature = std::array<std::byte, kSignatureBytes>;

[[nodiscard]] std::string to_base64(const Signature& signature);

// None if it is anything but the 28 letters that to_base64() gives.
[[nodiscard]] std::optional<Signature> from_base64(std::string_view text);

[[nodiscard]] Signature sign_with_empty_key(std::string_view text);

}  // namespace countersign::gateway
