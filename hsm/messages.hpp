// SPDX-License-Identifier: Apache-2.0
// Messages that wait to be delivered, and the codes in them: sealed by `envelope`, and opened again
// for whoever delivers them.
//
//   | u8 format = 1 | u8 kind = 6 | u16 envelope version | IV 12 | code and message, encrypted |
//   tag 16 |
//
// Big-endian. What is encrypted is the code, with its length (0: none) in a byte before it, and the
// message. AES-GCM, with header and IV and then the caller's associated data as its own: neither is
// a YubiKey's private id opened as a message, nor a message as a private id (seal.hpp), though both
// are hidden by the same key.
#pragma once

#include "hsm/secrets.hpp"

namespace countersign::hsm {

class Messages {
 public:
  // REQUIRES: all of them outlive this.
  Messages(Session& session, const KeySet& keys, Secrets& secrets)
      : session_{session}, keys_{keys}, secrets_{secrets} {}

  // Fails with `malformed`, `limit_exceeded` for lengths that operations.hpp does not allow, and
  // `unavailable`. REQUIRES: the code is empty or has kCodeDigitsMin to kCodeDigitsMax digits.
  Result<Bytes> seal(BytesView code, BytesView message, BytesView associated_data);

  // Fails with `corrupt` if it was damaged, sealed for something else or is no message, with
  // `malformed` and `limit_exceeded` for the associated data's length, and `unavailable`.
  Result<OpenedMessage> open(BytesView sealed, BytesView associated_data);

 private:
  Session& session_;
  const KeySet& keys_;
  Secrets& secrets_;  // knows a damaged message from a dead token
};

}  // namespace countersign::hsm
