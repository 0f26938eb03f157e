// SPDX-License-Identifier: Apache-2.0
// A factor's key as it passes through the token: wrapped for keeping, unwrapped for use.
#pragma once

#include "base/secret_bytes.hpp"
#include "hsm/session.hpp"

namespace countersign::hsm {

// What an unwrapped OATH key is: it signs, and it never leaves. Private objects are kept encrypted
// in the memory of SoftHSM, which costs a third of its speed.
[[nodiscard]] Attributes oath_key_attributes(bool private_session_objects);
// What an unwrapped YubiKey key is: it decrypts, and it never leaves.
[[nodiscard]] Attributes yubico_key_attributes(bool private_session_objects);

// Wraps a secret that is in clear just now, by `seal` or, if it is an AES key, by `seal-aes`.
//
// ENSURES: no object is left behind on the token.
Result<Bytes> wrap_secret(Session& session, CK_OBJECT_HANDLE seal_key, const SecretBytes& prepared,
                          CK_KEY_TYPE type = CKK_GENERIC_SECRET);

}  // namespace countersign::hsm
