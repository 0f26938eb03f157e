// SPDX-License-Identifier: Apache-2.0
// The keys `record` and `pepper` as a worker uses them: copies in its session.
//
// Some modules, SoftHSM among them, look at a token object's file at every use. The ceremony
// therefore leaves a copy of both keys on the service token, wrapped by `seal` and so good for one
// thing, to sign; a worker unwraps it at its start. A token without copies, made by an earlier
// release, is used as it is.
#pragma once

#include "hsm/key_set.hpp"
#include "hsm/protocol/operations.hpp"

#include <array>

namespace countersign::hsm {

// Wraps the copy of a key and leaves it on the token, for good, as a private data object.
// REQUIRES: `copy` is extractable, and the session may write.
Status keep_copy(Session& session, const FoundKey& seal, KeyName name, CK_OBJECT_HANDLE copy);

class MacKeys {
 public:
  // Unwraps the copies and holds each against its key.
  //
  // Fails with `corrupt` ("keys.record.copy", "keys.pepper.copy") if a copy cannot be unwrapped or
  // computes another MAC, `conflict` if there are two, `unavailable`. REQUIRES: the token
  // passed its self-test; the session outlives this.
  static Result<MacKeys> open(Session& session, const KeySet& keys, bool private_session_objects);

  // Fails with `unavailable`. REQUIRES: a key that there is.
  Result<Mac> mac(MacKey key, BytesView message);

 private:
  struct Key {
    CK_OBJECT_HANDLE on_token = CK_INVALID_HANDLE;
    CK_OBJECT_HANDLE in_use = CK_INVALID_HANDLE;
  };
  explicit MacKeys(Session& session) : session_{&session} {}
  Result<Mac> sign(CK_OBJECT_HANDLE key, BytesView message);
  Status hold_against(const Key& key, Literal what);
  Key& of(MacKey key) { return key == MacKey::record ? record_ : pepper_; }

  Session* session_;
  Key record_;
  Key pepper_;
};

}  // namespace countersign::hsm
