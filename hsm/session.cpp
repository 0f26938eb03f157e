// SPDX-License-Identifier: Apache-2.0
#include "hsm/session.hpp"

#include <algorithm>
#include <array>

namespace countersign::hsm {
namespace {

// PKCS#11 takes its inputs as pointers to mutable bytes, and does not write to them. Nothing at all
// has to be somewhere, too: modules refuse a null pointer.
CK_BYTE* input(BytesView bytes) {
  static constexpr std::byte kNothing{};
  if (bytes.empty()) bytes = {&kNothing, 0};
  return const_cast<CK_BYTE*>(reinterpret_cast<const CK_BYTE*>(bytes.data()));
}
CK_BYTE* output(std::span<std::byte> bytes) { return reinterpret_cast<CK_BYTE*>(bytes.data()); }

CK_GCM_PARAMS parameters_of(const Gcm& how) {
  return {input(how.iv),
          how.iv.size(),
          how.iv.size() * 8,
          input(how.associated_data),
          how.associated_data.size(),
          Gcm::kTagBytes * 8};
}

bool is_list(CK_ATTRIBUTE_TYPE type) {
  return type == CKA_UNWRAP_TEMPLATE || type == CKA_WRAP_TEMPLATE;
}

}  // namespace

Result<Session> Session::open(const Module& module, CK_SLOT_ID slot, Access access) {
  CK_FLAGS flags = CKF_SERIAL_SESSION;
  if (access == Access::read_write) flags |= CKF_RW_SESSION;
  CK_FUNCTION_LIST& functions = module.functions();
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  CS_CHECK(check(functions.C_OpenSession(slot, flags, nullptr, nullptr, &handle), "C_OpenSession"));
  return Session{functions, handle};
}

Session::~Session() {
  // Nothing useful can be done if closing fails; the token reclaims the session.
  if (handle_ != CK_INVALID_HANDLE) functions_->C_CloseSession(handle_);
}

Status Session::login(CK_USER_TYPE user, const SecretBytes& pin) {
  const CK_RV rv = functions_->C_Login(handle_, user, input(pin.expose()), pin.size());
  if (rv == CKR_USER_ALREADY_LOGGED_IN) return {};
  return check(rv, "C_Login");
}

Status Session::logout() { return check(functions_->C_Logout(handle_), "C_Logout"); }

Status Session::set_user_pin(const SecretBytes& pin) {
  return check(functions_->C_InitPIN(handle_, input(pin.expose()), pin.size()), "C_InitPIN");
}

Result<std::vector<CK_OBJECT_HANDLE>> Session::find(const Attributes& like) {
  CS_CHECK(
      check(functions_->C_FindObjectsInit(handle_, like.data(), like.size()), "C_FindObjectsInit"));
  std::vector<CK_OBJECT_HANDLE> found;
  CK_RV rv = CKR_OK;
  for (;;) {
    std::array<CK_OBJECT_HANDLE, 64> some{};
    CK_ULONG count = 0;
    rv = functions_->C_FindObjects(handle_, some.data(), some.size(), &count);
    if (rv != CKR_OK || count == 0 || found.size() > kObjectsMax) break;
    found.insert(found.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  // A search that is left open would block every later one.
  const Status closed = check(functions_->C_FindObjectsFinal(handle_), "C_FindObjectsFinal");
  CS_CHECK(check(rv, "C_FindObjects"));
  CS_CHECK(closed);
  if (found.size() > kObjectsMax) return Error{ErrorCode::limit_exceeded, "C_FindObjects"};
  return found;
}

Result<CK_OBJECT_HANDLE> Session::create(const Attributes& object) {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  CS_CHECK(check(functions_->C_CreateObject(handle_, object.data(), object.size(), &handle),
                 "C_CreateObject"));
  return handle;
}

Result<CK_OBJECT_HANDLE> Session::generate(CK_MECHANISM_TYPE mechanism, const Attributes& key) {
  CK_MECHANISM how{mechanism, nullptr, 0};
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  CS_CHECK(check(functions_->C_GenerateKey(handle_, &how, key.data(), key.size(), &handle),
                 "C_GenerateKey"));
  return handle;
}

Result<KeyPair> Session::generate_pair(CK_MECHANISM_TYPE mechanism, const Attributes& public_key,
                                       const Attributes& private_key) {
  CK_MECHANISM how{mechanism, nullptr, 0};
  KeyPair pair{CK_INVALID_HANDLE, CK_INVALID_HANDLE};
  CS_CHECK(check(functions_->C_GenerateKeyPair(handle_, &how, public_key.data(), public_key.size(),
                                               private_key.data(), private_key.size(),
                                               &pair.public_key, &pair.private_key),
                 "C_GenerateKeyPair"));
  return pair;
}

Result<Bytes> Session::wrap(CK_OBJECT_HANDLE by, CK_OBJECT_HANDLE key) {
  CK_MECHANISM how{kWrapMechanism, nullptr, 0};
  Bytes wrapped(kWrapBytesMax);
  CK_ULONG size = wrapped.size();
  CS_CHECK(
      check(functions_->C_WrapKey(handle_, &how, by, key, output(wrapped), &size), "C_WrapKey"));
  wrapped.resize(size);
  return wrapped;
}

Result<CK_OBJECT_HANDLE> Session::unwrap(CK_OBJECT_HANDLE by, BytesView wrapped,
                                         const Attributes& as) {
  CK_MECHANISM how{kWrapMechanism, nullptr, 0};
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  CS_CHECK(check(functions_->C_UnwrapKey(handle_, &how, by, input(wrapped), wrapped.size(),
                                         as.data(), as.size(), &handle),
                 "C_UnwrapKey"));
  return handle;
}

Status Session::set(CK_OBJECT_HANDLE object, const Attributes& values) {
  return check(functions_->C_SetAttributeValue(handle_, object, values.data(), values.size()),
               "C_SetAttributeValue");
}

Result<Bytes> Session::attribute(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE asked{type, nullptr, 0};
  CS_CHECK(
      check(functions_->C_GetAttributeValue(handle_, object, &asked, 1), "C_GetAttributeValue"));
  if (asked.ulValueLen > kAttributeBytesMax) {
    return Error{ErrorCode::limit_exceeded, "C_GetAttributeValue", type};
  }
  Bytes value(asked.ulValueLen);
  asked.pValue = value.data();
  CS_CHECK(
      check(functions_->C_GetAttributeValue(handle_, object, &asked, 1), "C_GetAttributeValue"));
  value.resize(asked.ulValueLen);
  return value;
}

Result<bool> Session::has(CK_OBJECT_HANDLE object, const CK_ATTRIBUTE& expected) {
  if (is_list(expected.type)) return has_list(object, expected);
  CS_TRY(const Bytes value, attribute(object, expected.type));
  const BytesView wanted{static_cast<const std::byte*>(expected.pValue), expected.ulValueLen};
  return std::ranges::equal(value, wanted);
}

// A list comes back in any order: first how long it is, then which types and sizes it has, then the
// values.
Result<bool> Session::has_list(CK_OBJECT_HANDLE object, const CK_ATTRIBUTE& expected) {
  const std::span<const CK_ATTRIBUTE> wanted{static_cast<const CK_ATTRIBUTE*>(expected.pValue),
                                             expected.ulValueLen / sizeof(CK_ATTRIBUTE)};
  CK_ATTRIBUTE asked{expected.type, nullptr, 0};
  CS_CHECK(
      check(functions_->C_GetAttributeValue(handle_, object, &asked, 1), "C_GetAttributeValue"));
  if (asked.ulValueLen != expected.ulValueLen) return false;

  std::vector<CK_ATTRIBUTE> list(wanted.size());
  asked.pValue = list.data();
  CS_CHECK(
      check(functions_->C_GetAttributeValue(handle_, object, &asked, 1), "C_GetAttributeValue"));
  std::vector<Bytes> values;
  for (CK_ATTRIBUTE& inner : list) {
    if (inner.ulValueLen > kAttributeBytesMax) return false;
    inner.pValue = values.emplace_back(inner.ulValueLen).data();
  }
  CS_CHECK(
      check(functions_->C_GetAttributeValue(handle_, object, &asked, 1), "C_GetAttributeValue"));

  return std::ranges::all_of(wanted, [&](const CK_ATTRIBUTE& want) {
    return std::ranges::any_of(list, [&](const CK_ATTRIBUTE& got) {
      return got.type == want.type && got.ulValueLen == want.ulValueLen &&
             std::memcmp(got.pValue, want.pValue, want.ulValueLen) == 0;
    });
  });
}

Status Session::destroy(CK_OBJECT_HANDLE object) {
  return check(functions_->C_DestroyObject(handle_, object), "C_DestroyObject");
}

Result<BytesView> Session::sign(CK_OBJECT_HANDLE key, CK_MECHANISM_TYPE mechanism,
                                BytesView message, std::span<std::byte> signature) {
  CK_MECHANISM how{mechanism, nullptr, 0};
  CS_CHECK(check(functions_->C_SignInit(handle_, &how, key), "C_SignInit"));
  CK_ULONG size = signature.size();
  CS_CHECK(
      check(functions_->C_Sign(handle_, input(message), message.size(), output(signature), &size),
            "C_Sign"));
  return BytesView{signature.first(size)};
}

Result<Bytes> Session::encrypt(CK_OBJECT_HANDLE key, const Gcm& how, BytesView plain) {
  CK_GCM_PARAMS parameters = parameters_of(how);
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  CS_CHECK(check(functions_->C_EncryptInit(handle_, &mechanism, key), "C_EncryptInit"));
  Bytes hidden(plain.size() + Gcm::kTagBytes);
  CK_ULONG size = hidden.size();
  CS_CHECK(check(functions_->C_Encrypt(handle_, input(plain), plain.size(), output(hidden), &size),
                 "C_Encrypt"));
  hidden.resize(size);
  return hidden;
}

Result<BytesView> Session::decrypt(CK_OBJECT_HANDLE key, const Gcm& how, BytesView hidden,
                                   std::span<std::byte> plain) {
  CK_GCM_PARAMS parameters = parameters_of(how);
  CK_MECHANISM mechanism{CKM_AES_GCM, &parameters, sizeof parameters};
  return decrypt(mechanism, key, hidden, plain);
}

Status Session::decrypt_blocks(CK_OBJECT_HANDLE key, BytesView blocks, std::span<std::byte> plain) {
  CK_MECHANISM mechanism{CKM_AES_ECB, nullptr, 0};
  CS_TRY(const BytesView used, decrypt(mechanism, key, blocks, plain));
  if (used.size() != blocks.size()) {
    return Error{ErrorCode::unavailable, "C_Decrypt.length", used.size()};
  }
  return {};
}

Result<BytesView> Session::decrypt(CK_MECHANISM& how, CK_OBJECT_HANDLE key, BytesView hidden,
                                   std::span<std::byte> plain) {
  CS_CHECK(check(functions_->C_DecryptInit(handle_, &how, key), "C_DecryptInit"));
  CK_ULONG size = plain.size();
  CS_CHECK(check(functions_->C_Decrypt(handle_, input(hidden), hidden.size(), output(plain), &size),
                 "C_Decrypt"));
  return BytesView{plain.first(size)};
}

Status Session::random(std::span<std::byte> out) {
  return check(functions_->C_GenerateRandom(handle_, output(out), out.size()), "C_GenerateRandom");
}

}  // namespace countersign::hsm
