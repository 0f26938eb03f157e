// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648 section 4), the form in which the Yubico validation protocol's API keys are
// handed out. One spelling a value: padding whole, unused bits zero, nothing else between.
#pragma once

#include "base/bytes.hpp"
#include "base/error.hpp"
#include "base/secret_bytes.hpp"

#include <string_view>

namespace countersign::base64 {

[[nodiscard]] SecretBytes encode(BytesView secret);

// Fails with `malformed`.
[[nodiscard]] Result<SecretBytes> decode(std::string_view text);

}  // namespace countersign::base64
