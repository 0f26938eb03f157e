// SPDX-License-Identifier: Apache-2.0
// What a token must prove before anybody's secret is trusted to it.
//
// PKCS#11 modules differ in what they really enforce: opencryptoki's soft token lets an unwrapped
// key be read, NSS wraps again what must not be extractable, and both say CKR_OK to it.
#pragma once

#include "hsm/key_set.hpp"

namespace countersign::hsm {

// Runs every check with the newest keys: `seal` and a secret from RFC 4226, `seal-aes` and the
// YubiKey of Yubico's documents, `envelope` and two purposes.
//
// Fails with `denied` and the failed check, in words, as operation. ENSURES: no object is left
// behind.
Status self_test(Session& session, const KeySet& keys, bool private_session_objects);

}  // namespace countersign::hsm
