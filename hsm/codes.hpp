// SPDX-License-Identifier: Apache-2.0
// Codes that somebody is sent: made here, and known again by a MAC over what they are for.
#pragma once

#include "base/secret_bytes.hpp"
#include "hsm/mac_keys.hpp"

namespace countersign::hsm {

// So many digits as text, each as likely as any other.
//
// Fails with `malformed` for another number than kCodeDigitsMin to kCodeDigitsMax, and
// `unavailable`, also when the generator gives nothing that is of use.
Result<SecretBytes> make_code(Session& session, std::uint8_t digits);

// Fails with `malformed`, `limit_exceeded`.
Status check_context(BytesView context);

// HMAC by `pepper` over raw "countersign code v1" · blob context · raw code.
// REQUIRES: the context was checked; code.size() <= kCodeDigitsMax.
Result<Mac> mac_of_code(MacKeys& keys, BytesView context, BytesView code);

}  // namespace countersign::hsm
