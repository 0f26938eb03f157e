// SPDX-License-Identifier: Apache-2.0
#include "hsm/self_test.hpp"

#include "firmware-interface/oath.hpp"
#include "hsm/factor_key.hpp"

namespace countersign::hsm {
namespace {

constexpr std::string_view kRfc4226Secret = "12345678901234567890";
constexpr std::string_view kRfc4226CodeOfCountZero = "755224";
constexpr std::size_t kPaddedSecretBytes = 24;

Error failed(Literal what, std::uint64_t native = 0) { return {ErrorCode::denied, what, native}; }

// The token in question, a wrapped secret and the key that was unwrapped from it.
struct Probe {
  Session& session;
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

Status known_answer(Probe& probe) {
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
  const Attributes wanted = child_attributes(KeyRole::seal);
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
  Attributes as;
  as.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
      .flag(CKA_TOKEN, false)
      .flag(CKA_SENSITIVE, false)
      .flag(CKA_EXTRACTABLE, true)
      .flag(CKA_SIGN, true);
  return must_not_unwrap(probe, probe.wrapped, as,
                         "self-test: a sealed secret can be unwrapped as extractable");
}

Status other_type_is_refused(Probe& probe) {
  Attributes as;
  as.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_AES)
      .flag(CKA_TOKEN, false)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, false)
      .flag(CKA_DECRYPT, true);
  return must_not_unwrap(probe, probe.wrapped, as,
                         "self-test: a sealed OATH secret can be unwrapped as an AES key");
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
  return flipped_bit_is_rejected(probe, as);
}

}  // namespace

Status self_test(Session& session, const KeySet& keys, bool private_session_objects) {
  const CK_OBJECT_HANDLE seal_key = keys.newest(KeyRole::seal).handle;
  Bytes padded{as_bytes(kRfc4226Secret).begin(), as_bytes(kRfc4226Secret).end()};
  padded.resize(kPaddedSecretBytes);
  const Attributes as = oath_key_attributes(private_session_objects);

  CS_TRY(Bytes wrapped, wrap_secret(session, seal_key, SecretBytes{BytesView{padded}}));
  CS_TRY(const CK_OBJECT_HANDLE key, session.unwrap(seal_key, wrapped, as));
  Probe probe{session, seal_key, std::move(wrapped), key};
  const Status outcome = run(probe, as);
  CS_CHECK(session.destroy(key));
  return outcome;
}

}  // namespace countersign::hsm
