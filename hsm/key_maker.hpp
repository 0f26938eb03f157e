// SPDX-License-Identifier: Apache-2.0
// Makes one key after the other: generated on the custody token, escrowed, carried over, locked.
//
// The tokens share nothing, so a key crosses from one to the other wrapped by a transport key that
// both have for the length of the ceremony. What was made can be undone.
#pragma once

#include "hsm/key_set.hpp"

#include <string>
#include <vector>

namespace countersign::hsm {

class KeyMaker {
 public:
  // Makes the transport key. REQUIRES: both sessions logged in for writing, and outliving this.
  static Result<KeyMaker> open(Session& custody, Session& service, std::string escrow_folder);

  // Makes the escrow key, which is born locked on the custody token. Comes first.
  Status make_escrow_key();

  // Makes a key, and for `record` and `pepper` the copy that the workers use.
  // REQUIRES: the seal key was made before those two.
  // ENSURES: the escrowed copy is durable before the key is installed. Returns the label.
  Result<std::string> make(const KeySpec& spec);

  // The journal's public key as a PEM file beside the escrowed copies. Returns its path.
  // REQUIRES: the journal key was made.
  Result<std::string> write_journal_public_key();

  // Signs with the installed journal key and checks with OpenSSL and the exported public key.
  Status prove_journal_key();

  // Destroys every key of ours on both tokens, found by label, since an answer that was lost leaves
  // a key without a handle; and removes what was written.
  // REQUIRES: neither token had a key of ours before.
  Status undo();

 private:
  struct Fresh {
    SessionObject key;
    SessionObject public_key;  // of a pair
  };

  KeyMaker(Session& custody, Session& service, std::string folder)
      : custody_{&custody}, service_{&service}, escrow_folder_{std::move(folder)} {}
  Status share_transport_key();
  Result<Fresh> generate(const KeySpec& spec);
  Status install(const KeySpec& spec, BytesView wrap);
  Status install_public_key(const KeySpec& spec);
  Status install_copy(const KeySpec& spec, BytesView wrap);

  Session* custody_;
  Session* service_;
  std::string escrow_folder_;
  SessionObject transport_on_custody_;
  SessionObject transport_on_service_;
  CK_OBJECT_HANDLE escrow_ = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE journal_ = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE seal_ = CK_INVALID_HANDLE;
  Bytes journal_point_;  // the public key, DER octet string as PKCS#11 has it
  std::vector<std::string> written_;
};

}  // namespace countersign::hsm
