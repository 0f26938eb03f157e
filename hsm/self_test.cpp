// SPDX-License-Identifier: Apache-2.0
#include "hsm/self_test.hpp"

#include "firmware-interface/oath.hpp"
#include "hsm/factor_key.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

constexpr std::string_view kRfc4226Secret = "12345678901234567890";
constexpr std::string_view kRfc4226CodeOfCountZero = "755224";
constexpr std::size_t kPaddedSecretBytes = 24;

// The key and the code of Yubico's own documents, and what is in it: private id, session counter
// 19, timestamp, session use 17, random number, check sum.
using Block = std::array<unsigned char, 16>;
constexpr Block kYubicoKey{0xec, 0xde, 0x18, 0xdb, 0xe7, 0x6f, 0xbd, 0x0c,
                           0x33, 0x33, 0x0f, 0x1c, 0x35, 0x48, 0x71, 0xdb};
constexpr Block kYubicoCode{0x69, 0xb6, 0x48, 0x1c, 0x8b, 0xab, 0xa2, 0xb6,
                            0x0e, 0x8f, 0x22, 0x17, 0x9b, 0x58, 0xcd, 0x56};
constexpr Block kYubicoPlain{0x87, 0x92, 0xeb, 0xfe, 0x26, 0xcc, 0x13, 0x00,
                             0x30, 0xc2, 0x00, 0x11, 0xc8, 0x9f, 0x23, 0xc8};

Error failed(Literal what, std::uint64_t native = 0) { return {ErrorCode::denied, what, native}; }

// The token in question, a wrapped secret and the key that was unwrapped from it.
struct Probe {
  Session& session;
  KeyRole role;  // of the key that wraps
  CK_OBJECT_HANDLE seal_key;
  Bytes wrapped;
  CK_OBJECT_HANDLE key;
};

// A check that expects a refusal, and cleans up when there was none.
Status must_not_unwrap(Probe& probe, BytesView wrapped, const Attributes& as, Literal what) {
  const auto key = probe.session.unwrap(probe.seal_key, wrapped, as);
  if (!key) return {};
  CS_CHECK(probe.session.destroy(*key));
  return failed(what);
}

Status known_block(Probe& probe) {
  std::array<std::byte, kYubicoPlain.size()> plain{};
  CS_CHECK(probe.session.decrypt_blocks(probe.key, std::as_bytes(std::span{kYubicoCode}), plain));
  if (!std::ranges::equal(plain, std::as_bytes(std::span{kYubicoPlain}))) {
    return failed("self-test: the token decrypts an AES block wrongly");
  }
  return {};
}

Status known_answer(Probe& probe) {
  if (probe.role == KeyRole::seal_aes) return known_block(probe);
  std::array<std::byte, 20> mac{};
  CS_TRY(const BytesView signature,
         probe.session.sign(probe.key, CKM_SHA_1_HMAC, oath::counter_bytes(0), mac));
  if (signature.size() != mac.size() ||
      oath::truncate(mac, oath::Digits::six).view() != kRfc4226CodeOfCountZero) {
    return failed("self-test: the token computes a wrong HMAC-SHA1");
  }
  return {};
}

Status attributes_are_kept(Probe& probe) {
  const Attributes wanted = child_attributes(probe.role);
  for (const CK_ATTRIBUTE& attribute : wanted.view()) {
    const auto kept = probe.session.has(probe.key, attribute);
    if (!kept || !*kept) {
      return failed("self-test: an unwrapped key is not what the template asked for",
                    attribute.type);
    }
  }
  return {};
}

Status value_is_unreadable(Probe& probe) {
  if (!probe.session.attribute(probe.key, CKA_VALUE)) return {};
  return failed("self-test: the value of an unwrapped key can be read");
}

Status wrapping_again_is_refused(Probe& probe) {
  if (!probe.session.wrap(probe.seal_key, probe.key)) return {};
  return failed("self-test: an unwrapped key can be wrapped again");
}

Status extractable_is_refused(Probe& probe) {
  const bool is_aes = probe.role == KeyRole::seal_aes;
  Attributes as;
  as.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, is_aes ? CKK_AES : CKK_GENERIC_SECRET)
      .flag(CKA_TOKEN, false)
      .flag(CKA_SENSITIVE, false)
      .flag(CKA_EXTRACTABLE, true)
      .flag(is_aes ? CKA_DECRYPT : CKA_SIGN, true);
  return must_not_unwrap(probe, probe.wrapped, as,
                         "self-test: a sealed secret can be unwrapped as extractable");
}

Status other_type_is_refused(Probe& probe) {
  const bool is_aes = probe.role == KeyRole::seal_aes;
  Attributes as;
  as.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, is_aes ? CKK_GENERIC_SECRET : CKK_AES)
      .flag(CKA_TOKEN, false)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(is_aes ? CKA_SIGN : CKA_DECRYPT, true);
  return must_not_unwrap(
      probe, probe.wrapped, as,
      is_aes ? Literal{"self-test: a YubiKey's key can be unwrapped as an HMAC key"}
             : Literal{"self-test: a sealed OATH secret can be unwrapped as an AES key"});
}

// A YubiKey's code is made by encrypting: who may decrypt only can check codes, and make none.
Status encrypting_is_refused(Probe& probe) {
  const bool is_aes = probe.role == KeyRole::seal_aes;
  Attributes as;
  as.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, is_aes ? CKK_AES : CKK_GENERIC_SECRET)
      .flag(CKA_TOKEN, false)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_ENCRYPT, true);
  return must_not_unwrap(probe, probe.wrapped, as,
                         "self-test: a sealed secret can be unwrapped as a key that encrypts");
}

Status flipped_bit_is_rejected(Probe& probe, const Attributes& as) {
  Bytes damaged = probe.wrapped;
  damaged.back() ^= std::byte{1};
  return must_not_unwrap(probe, damaged, as, "self-test: a damaged sealed secret was accepted");
}

Status run(Probe& probe, const Attributes& as) {
  CS_CHECK(known_answer(probe));
  CS_CHECK(attributes_are_kept(probe));
  CS_CHECK(value_is_unreadable(probe));
  CS_CHECK(wrapping_again_is_refused(probe));
  CS_CHECK(extractable_is_refused(probe));
  CS_CHECK(other_type_is_refused(probe));
  CS_CHECK(encrypting_is_refused(probe));
  return flipped_bit_is_rejected(probe, as);
}

// Everything above, with a key that `role` wraps.
Status test_seal_key(Session& session, const KeySet& keys, KeyRole role, const SecretBytes& known,
                     const Attributes& as) {
  const CK_OBJECT_HANDLE seal_key = keys.newest(role).handle;
  const CK_KEY_TYPE type = role == KeyRole::seal_aes ? CKK_AES : CKK_GENERIC_SECRET;
  CS_TRY(Bytes wrapped, wrap_secret(session, seal_key, known, type));
  CS_TRY(const CK_OBJECT_HANDLE key, session.unwrap(seal_key, wrapped, as));
  Probe probe{session, role, seal_key, std::move(wrapped), key};
  const Status outcome = run(probe, as);
  CS_CHECK(session.destroy(key));
  return outcome;
}

// What was hidden for one purpose opens for that purpose alone.
Status test_envelope(Session& session, const KeySet& keys) {
  const CK_OBJECT_HANDLE envelope = keys.newest(KeyRole::envelope).handle;
  std::array<std::byte, 12> iv{};
  CS_CHECK(session.random(iv));
  const BytesView note = as_bytes(kRfc4226Secret);
  CS_TRY(const Bytes hidden, session.encrypt(envelope, {iv, as_bytes("one purpose")}, note));
  Bytes plain(hidden.size());
  CS_TRY(const BytesView opened,
         session.decrypt(envelope, {iv, as_bytes("one purpose")}, hidden, plain));
  if (!std::ranges::equal(opened, note) ||
      std::ranges::equal(BytesView{hidden}.first(note.size()), note)) {
    return failed("self-test: the token computes a wrong AES-GCM");
  }
  if (session.decrypt(envelope, {iv, as_bytes("another")}, hidden, plain)) {
    return failed("self-test: a note for one purpose opens for another");
  }
  Bytes damaged = hidden;
  damaged.front() ^= std::byte{1};
  if (session.decrypt(envelope, {iv, as_bytes("one purpose")}, damaged, plain)) {
    return failed("self-test: a damaged note opens");
  }
  return {};
}

}  // namespace

Status self_test(Session& session, const KeySet& keys, bool private_session_objects) {
  Bytes padded{as_bytes(kRfc4226Secret).begin(), as_bytes(kRfc4226Secret).end()};
  padded.resize(kPaddedSecretBytes);
  CS_CHECK(test_seal_key(session, keys, KeyRole::seal, SecretBytes{BytesView{padded}},
                         oath_key_attributes(private_session_objects)));
  const SecretBytes aes_key{std::as_bytes(std::span{kYubicoKey})};
  CS_CHECK(test_seal_key(session, keys, KeyRole::seal_aes, aes_key,
                         yubico_key_attributes(private_session_objects)));
  return test_envelope(session, keys);
}

}  // namespace countersign::hsm
