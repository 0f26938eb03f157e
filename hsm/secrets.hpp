// SPDX-License-Identifier: Apache-2.0
// The sealed secrets of one session: wrapped for the store, unwrapped for use, kept for the next
// time.
//
// A damaged sealed secret must never look like a dead token, nor a dead token like a damaged
// secret: before anything is called `corrupt`, the token proves that it opens what is known to be
// good.
#pragma once

#include "hsm/handle_cache.hpp"
#include "hsm/key_set.hpp"
#include "hsm/seal.hpp"

namespace countersign::hsm {

struct SecretsSettings {
  std::size_t handles_max{};
  bool private_session_objects{};
};

class Secrets {
 public:
  // Wraps something that is known to be good. REQUIRES: both outlive this.
  static Result<Secrets> open(Session& session, const KeySet& keys,
                              const SecretsSettings& settings);

  // Fail with `malformed`, `limit_exceeded`, `unavailable`. REQUIRES: the lengths that
  // operations.hpp names have been checked.
  Result<Bytes> seal_oath(HashAlgorithm algorithm, BytesView secret);
  Result<Bytes> seal_yubico(BytesView aes_key, BytesView private_id);
  Result<Bytes> seal_client(BytesView api_key);
  Result<Bytes> seal_challenge_response(BytesView key);

  // The unwrapped key, valid until the next call. Its kind is looked at before the memory is, so
  // that a row that was changed gets one answer. Fail with `corrupt`, `unavailable`.
  Result<const KeptKey*> oath(BytesView sealed, HashAlgorithm algorithm);
  Result<const KeptKey*> yubico(BytesView sealed);
  Result<const KeptKey*> client(BytesView sealed);
  Result<const KeptKey*> challenge_response(BytesView sealed);

  // What it means that the token did not open something: `corrupt` if the token opens what is known
  // to be good, or else the error as it was.
  Error blame(const Error& error, Literal what);

  // For a handle that the token has forgotten.
  void forget(BytesView sealed) { handles_.forget(sealed); }
  // How many are unwrapped just now.
  [[nodiscard]] std::size_t size() const { return handles_.size(); }

 private:
  Secrets(Session& session, const KeySet& keys, const SecretsSettings& settings);
  Result<Bytes> seal_hmac_key(SecretKind kind, BytesView key);
  Result<Bytes> seal_with_note(SecretKind kind, BytesView wrap, std::uint16_t version,
                               BytesView note);
  Result<Handle> unwrap(KeyRole role, const Sealed& sealed, const Attributes& as);
  Result<const KeptKey*> open_with_note(SecretKind kind, BytesView sealed);
  Status open_note(SecretKind kind, const SealedWithNote& sealed, KeptKey& key);
  Result<const KeptKey*> keep(BytesView sealed, const KeptKey& key);
  bool is_alive();

  Session& session_;
  const KeySet& keys_;
  HandleCache handles_;
  Attributes oath_key_;
  Attributes yubico_key_;
  Bytes known_good_;  // a wrap by the newest seal key
};

// The token forgot an object: it was destroyed behind our back, or the device was reset.
[[nodiscard]] bool is_forgotten(const Error& error);
// What modules answer to a wrap, or a note, that fails its integrity check. SoftHSM says
// GENERAL_ERROR, as it does when it is itself in trouble.
[[nodiscard]] bool may_be_damaged(const Error& error);

}  // namespace countersign::hsm
