// SPDX-License-Identifier: Apache-2.0
#include "hsm/secrets.hpp"

#include "hsm/factor_key.hpp"

#include <string.h>

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::size_t kNoteBytesMax = std::max(kYubicoPrivateIdBytes, kLengthNoteBytes);

}  // namespace

bool is_forgotten(const Error& error) {
  return error.native == CKR_KEY_HANDLE_INVALID || error.native == CKR_OBJECT_HANDLE_INVALID;
}

bool may_be_damaged(const Error& error) {
  switch (error.native) {
    case CKR_GENERAL_ERROR:
    case CKR_FUNCTION_FAILED:
    case CKR_WRAPPED_KEY_INVALID:
    case CKR_WRAPPED_KEY_LEN_RANGE:
    case CKR_ENCRYPTED_DATA_INVALID:
    case CKR_ENCRYPTED_DATA_LEN_RANGE:
      return true;
    default:
      return false;
  }
}

Secrets::Secrets(Session& session, const KeySet& keys, const SecretsSettings& settings)
    : session_{session},
      keys_{keys},
      handles_{settings.handles_max},
      oath_key_{oath_key_attributes(settings.private_session_objects)},
      yubico_key_{yubico_key_attributes(settings.private_session_objects)} {}

Result<Secrets> Secrets::open(Session& session, const KeySet& keys,
                              const SecretsSettings& settings) {
  Secrets secrets{session, keys, settings};
  SecretBytes any{digest_bytes(HashAlgorithm::sha256)};
  CS_CHECK(session.random(any.expose()));
  CS_TRY(secrets.known_good_, wrap_secret(session, keys.newest(KeyRole::seal).handle, any));
  return secrets;
}

// ---- Sealing ----

Result<Bytes> Secrets::seal_oath(HashAlgorithm algorithm, BytesView secret) {
  CS_TRY(const SecretBytes prepared, prepare_oath_secret(algorithm, secret));
  const FoundKey& seal_key = keys_.newest(KeyRole::seal);
  CS_TRY(const Bytes wrap, wrap_secret(session_, seal_key.handle, prepared));
  Bytes sealed = seal_bytes(SecretKind::oath, seal_key.name.version, wrap);
  // Nobody else would notice a token that wraps to another length, until the secret was needed.
  CS_CHECK(parse_sealed(sealed, SecretKind::oath, algorithm));
  return sealed;
}

Result<Bytes> Secrets::seal_yubico(BytesView aes_key, BytesView private_id) {
  const FoundKey& seal_key = keys_.newest(KeyRole::seal_aes);
  CS_TRY(const Bytes wrap, wrap_secret(session_, seal_key.handle, SecretBytes{aes_key}, CKK_AES));
  return seal_with_note(SecretKind::yubico, wrap, seal_key.name.version, private_id);
}

Result<Bytes> Secrets::seal_client(BytesView api_key) {
  return seal_hmac_key(SecretKind::client, api_key);
}

Result<Bytes> Secrets::seal_challenge_response(BytesView key) {
  return seal_hmac_key(SecretKind::challenge_response, key);
}

Result<Bytes> Secrets::seal_hmac_key(SecretKind kind, BytesView key) {
  CS_TRY(const SecretBytes prepared, prepare_oath_secret(HashAlgorithm::sha1, key));
  const FoundKey& seal_key = keys_.newest(KeyRole::seal);
  CS_TRY(const Bytes wrap, wrap_secret(session_, seal_key.handle, prepared));
  const std::array note{static_cast<std::byte>(key.size())};
  return seal_with_note(kind, wrap, seal_key.name.version, note);
}

Result<Bytes> Secrets::seal_with_note(SecretKind kind, BytesView wrap, std::uint16_t version,
                                      BytesView note) {
  const FoundKey& envelope = keys_.newest(KeyRole::envelope);
  std::array<std::byte, kNoteIvBytes> iv{};
  CS_CHECK(session_.random(iv));
  const Bytes associated_data = note_associated_data(kind, wrap);
  CS_TRY(const Bytes hidden, session_.encrypt(envelope.handle, {iv, associated_data}, note));
  Bytes sealed = seal_bytes(kind, {{version, wrap}, {envelope.name.version, iv, hidden}});
  CS_CHECK(parse_sealed_with_note(sealed, kind));
  return sealed;
}

// ---- Opening ----

Result<const KeptKey*> Secrets::oath(BytesView sealed, HashAlgorithm algorithm) {
  CS_TRY(const Sealed parsed, parse_sealed(sealed, SecretKind::oath, algorithm));
  if (const KeptKey* kept = handles_.find(sealed)) return kept;
  CS_TRY(const Handle handle, unwrap(KeyRole::seal, parsed, oath_key_));
  return keep(sealed, {handle});
}

Result<const KeptKey*> Secrets::yubico(BytesView sealed) {
  return open_with_note(SecretKind::yubico, sealed);
}

Result<const KeptKey*> Secrets::client(BytesView sealed) {
  return open_with_note(SecretKind::client, sealed);
}

Result<const KeptKey*> Secrets::challenge_response(BytesView sealed) {
  return open_with_note(SecretKind::challenge_response, sealed);
}

Result<const KeptKey*> Secrets::open_with_note(SecretKind kind, BytesView sealed) {
  CS_TRY(const SealedWithNote parsed, parse_sealed_with_note(sealed, kind));
  if (const KeptKey* kept = handles_.find(sealed)) return kept;
  KeptKey key;
  CS_CHECK(open_note(kind, parsed, key));
  const bool is_yubico = kind == SecretKind::yubico;
  const auto handle = unwrap(is_yubico ? KeyRole::seal_aes : KeyRole::seal, parsed.key,
                             is_yubico ? yubico_key_ : oath_key_);
  Result<const KeptKey*> kept = nullptr;
  if (handle) {
    key.handle = *handle;
    kept = keep(sealed, key);
  } else {
    kept = handle.error();
  }
  ::explicit_bzero(&key, sizeof key);
  return kept;
}

// The note proves that its wrap was sealed as what it says, so it is opened first; of its content
// only the private id is of use.
Status Secrets::open_note(SecretKind kind, const SealedWithNote& sealed, KeptKey& key) {
  const auto envelope = keys_.of_version(KeyRole::envelope, sealed.note.key_version);
  if (!envelope) {
    return Error{ErrorCode::corrupt, "sealed.envelope_version", sealed.note.key_version};
  }
  const Bytes associated_data = note_associated_data(kind, sealed.key.wrap);
  struct Scratch {
    std::array<std::byte, kNoteBytesMax + kNoteTagBytes> note{};
    ~Scratch() { ::explicit_bzero(this, sizeof *this); }
  } scratch;
  const auto note = session_.decrypt(*envelope, {sealed.note.iv, associated_data},
                                     sealed.note.hidden, scratch.note);
  if (!note) return blame(note.error(), "sealed.note");
  if (note->size() + kNoteTagBytes != sealed.note.hidden.size()) {
    return Error{ErrorCode::unavailable, "C_Decrypt.length", note->size()};
  }
  if (kind == SecretKind::yubico) std::ranges::copy(*note, key.private_id.begin());
  return {};
}

Result<Handle> Secrets::unwrap(KeyRole role, const Sealed& sealed, const Attributes& as) {
  const auto seal_key = keys_.of_version(role, sealed.key_version);
  if (!seal_key) return Error{ErrorCode::corrupt, "sealed.key_version", sealed.key_version};
  const auto key = session_.unwrap(*seal_key, sealed.wrap, as);
  if (!key) return blame(key.error(), "sealed.wrap");
  return *key;
}

Result<const KeptKey*> Secrets::keep(BytesView sealed, const KeptKey& key) {
  if (const auto displaced = handles_.insert(sealed, key)) {
    // A handle that the token has forgotten by itself is gone as well.
    const Status destroyed = session_.destroy(*displaced);
    if (!destroyed && !is_forgotten(destroyed.error())) return destroyed.error();
  }
  return handles_.find(sealed);
}

// The token, or the sealed secret?
Error Secrets::blame(const Error& error, Literal what) {
  if (may_be_damaged(error) && is_alive()) return {ErrorCode::corrupt, what, error.native};
  return error;
}

bool Secrets::is_alive() {
  const auto key = session_.unwrap(keys_.newest(KeyRole::seal).handle, known_good_, oath_key_);
  return key && session_.destroy(*key);
}

}  // namespace countersign::hsm
