// SPDX-License-Identifier: Apache-2.0
// The journal's public key outside the token: what an auditor holds.
#pragma once

#include "base/bytes.hpp"

#include <string>

namespace countersign::hsm {

// The name of the curve P-256 as CKA_EC_PARAMS has it.
[[nodiscard]] BytesView p256_parameters();

// From CKA_EC_POINT. Fails with `malformed` if it is no uncompressed point of P-256.
Result<std::string> public_key_pem(BytesView ec_point);

// Checks a signature as CKM_ECDSA gives it: r and s, 32 bytes each, over a SHA-256 digest.
// Fails with `corrupt` if it is not the key's.
Status check_signature(std::string_view pem, BytesView digest, BytesView signature);

}  // namespace countersign::hsm
