// SPDX-License-Identifier: Apache-2.0
#include "hsm/mac_keys.hpp"

#include "hsm/factor_key.hpp"
#include "hsm/seal.hpp"
#include "hsm/secrets.hpp"

#include <optional>

namespace countersign::hsm {
namespace {

constexpr std::string_view kApplication = "countersign";
constexpr std::size_t kProbeBytes = 32;

struct CopiedKey {
  MacKey key;
  KeyRole role;
  Literal copy;
  Literal duplicate;
};
constexpr std::array<CopiedKey, 2> kCopiedKeys{{
    {MacKey::record, KeyRole::record, "keys.record.copy", "keys.record.duplicate_copy"},
    {MacKey::pepper, KeyRole::pepper, "keys.pepper.copy", "keys.pepper.duplicate_copy"},
}};

// The data object of a key, if there is one.
Result<std::optional<CK_OBJECT_HANDLE>> find_copy(const std::vector<FoundKey>& copies, KeyName name,
                                                  Literal duplicate) {
  std::optional<CK_OBJECT_HANDLE> found;
  for (const FoundKey& copy : copies) {
    if (copy.name.role != name.role || copy.name.version != name.version) continue;
    if (found) return Error{ErrorCode::conflict, duplicate, name.version};
    found = copy.handle;
  }
  return found;
}

Result<CK_OBJECT_HANDLE> unwrap_copy(Session& session, const KeySet& keys, CK_OBJECT_HANDLE copy,
                                     const Attributes& as) {
  CS_TRY(const Bytes sealed, session.attribute(copy, CKA_VALUE));
  CS_TRY(const Sealed parsed, parse_sealed(sealed, SecretKind::mac_key, HashAlgorithm::sha256));
  const auto seal_key = keys.of_version(KeyRole::seal, parsed.key_version);
  if (!seal_key) return Error{ErrorCode::corrupt, "sealed.key_version", parsed.key_version};
  return session.unwrap(*seal_key, parsed.wrap, as);
}

// The self-test has seen that the token unwraps: it is the copy that is damaged.
Error blame(const Error& error, Literal copy) {
  const bool is_damaged = error.code == ErrorCode::corrupt || may_be_damaged(error);
  return is_damaged ? Error{ErrorCode::corrupt, copy, error.native} : error;
}

}  // namespace

Status keep_copy(Session& session, const FoundKey& seal, KeyName name, CK_OBJECT_HANDLE copy) {
  CS_TRY(const Bytes wrap, session.wrap(seal.handle, copy));
  const Bytes sealed = seal_bytes(SecretKind::mac_key, seal.name.version, wrap);
  CS_CHECK(parse_sealed(sealed, SecretKind::mac_key, HashAlgorithm::sha256));
  const std::string label = copy_label_of(spec_of(name.role), name.version);
  Attributes data;
  data.number(CKA_CLASS, CKO_DATA)
      .text(CKA_LABEL, label)
      .text(CKA_APPLICATION, kApplication)
      .flag(CKA_TOKEN, true)
      .flag(CKA_PRIVATE, true)
      .bytes(CKA_VALUE, sealed)
      .flag(CKA_MODIFIABLE, false);
  CS_CHECK(session.create(data));
  return {};
}

Result<MacKeys> MacKeys::open(Session& session, const KeySet& keys, bool private_session_objects) {
  MacKeys opened{session};
  const Attributes as = oath_key_attributes(private_session_objects);
  CS_TRY(const auto copies, find_copies(session));
  for (const CopiedKey& copied : kCopiedKeys) {
    const FoundKey& key = keys.newest(copied.role);
    Key& slot = opened.of(copied.key);
    slot = {key.handle, key.handle};
    CS_TRY(const auto copy, find_copy(copies, key.name, copied.duplicate));
    if (!copy) continue;
    const auto in_use = unwrap_copy(session, keys, *copy, as);
    if (!in_use) return blame(in_use.error(), copied.copy);
    slot.in_use = *in_use;
    CS_CHECK(opened.hold_against(slot, copied.copy));
  }
  return opened;
}

Status MacKeys::hold_against(const Key& key, Literal what) {
  std::array<std::byte, kProbeBytes> probe{};
  CS_CHECK(session_->random(probe));
  CS_TRY(const Mac by_key, sign(key.on_token, probe));
  CS_TRY(const Mac by_copy, sign(key.in_use, probe));
  if (by_key != by_copy) return Error{ErrorCode::corrupt, what};
  return {};
}

Result<Mac> MacKeys::mac(MacKey key, BytesView message) {
  Key& used = of(key);
  auto answer = sign(used.in_use, message);
  // The key itself is forgotten by no token.
  if (answer || !is_forgotten(answer.error())) return answer;
  used.in_use = used.on_token;
  return sign(used.in_use, message);
}

Result<Mac> MacKeys::sign(CK_OBJECT_HANDLE key, BytesView message) {
  Mac mac{};
  CS_TRY(const BytesView signature, session_->sign(key, CKM_SHA256_HMAC, message, mac));
  if (signature.size() != mac.size()) return Error{ErrorCode::unavailable, "C_Sign.length"};
  return mac;
}

}  // namespace countersign::hsm
