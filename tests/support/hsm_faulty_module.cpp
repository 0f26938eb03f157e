// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 module with a fault: every call is SoftHSM2's own, but for one kind of answer.
//
// COUNTERSIGN_TEST_MODULE names the real module, COUNTERSIGN_TEST_FAULT the fault and
// COUNTERSIGN_TEST_FAULT_AT which of the answers concerned it hits, from 1:
//
//   lost    a call that made, moved or used a key, and did so, is reported as failed
//   unwrap  an unwrap that was refused is reported as done
//   wrap    a wrap that was refused is reported as done
//   value   a key's value that was withheld is handed out
//   sign    a signature has a wrong bit
//   decrypt what was decrypted has a wrong bit
//   open    a decryption that was refused is reported as done
//   forget  a key of the session is no longer known
//   random  the generator gives nothing but ones, always
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <cstdlib>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace {

CK_FUNCTION_LIST real;
CK_FUNCTION_LIST faulty;
std::string_view fault;
long answers_left;

// Whether the fault hits this answer, which is one of those that it concerns.
bool hits(std::string_view which) { return fault == which && --answers_left == 0; }

template <auto Member, class Function>
struct Lossy;
template <auto Member, class... Arguments>
struct Lossy<Member, CK_RV (*)(Arguments...)> {
  static CK_RV call(Arguments... arguments) {
    const CK_RV rv = (real.*Member)(arguments...);
    return rv == CKR_OK && hits("lost") ? CKR_DEVICE_ERROR : rv;
  }
};

template <auto Member>
void make_lossy() {
  using Function = std::decay_t<decltype(real.*Member)>;
  faulty.*Member = &Lossy<Member, Function>::call;
}

CK_RV unwrap_key(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE by,
                 CK_BYTE* wrapped, CK_ULONG size, CK_ATTRIBUTE* as, CK_ULONG count,
                 CK_OBJECT_HANDLE* key) {
  const CK_RV rv = real.C_UnwrapKey(session, how, by, wrapped, size, as, count, key);
  if (rv == CKR_OK || !hits("unwrap")) return rv;
  // Some object has to be there to be destroyed.
  CK_OBJECT_CLASS data = CKO_DATA;
  CK_BBOOL no = CK_FALSE;
  CK_ATTRIBUTE object[] = {
      {CKA_CLASS, &data, sizeof data}, {CKA_TOKEN, &no, sizeof no}, {CKA_PRIVATE, &no, sizeof no}};
  return real.C_CreateObject(session, object, 3, key);
}

CK_RV wrap_key(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE by,
               CK_OBJECT_HANDLE key, CK_BYTE* wrapped, CK_ULONG* size) {
  const CK_RV rv = real.C_WrapKey(session, how, by, key, wrapped, size);
  if (rv == CKR_OK || !hits("wrap")) return rv;
  *size = 0;
  return CKR_OK;
}

CK_RV get_attribute_value(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* list,
                          CK_ULONG count) {
  const CK_RV rv = real.C_GetAttributeValue(session, object, list, count);
  if (rv == CKR_OK || list->type != CKA_VALUE || fault != "value") return rv;
  list->ulValueLen = 0;
  return CKR_OK;
}

CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE* message, CK_ULONG message_size, CK_BYTE* signature,
           CK_ULONG* size) {
  const CK_RV rv = real.C_Sign(session, message, message_size, signature, size);
  if (rv == CKR_OK && hits("sign")) signature[*size - 1] ^= 1;
  return rv;
}

CK_RV decrypt(CK_SESSION_HANDLE session, CK_BYTE* hidden, CK_ULONG hidden_size, CK_BYTE* plain,
              CK_ULONG* size) {
  const CK_RV rv = real.C_Decrypt(session, hidden, hidden_size, plain, size);
  if (rv == CKR_OK && hits("decrypt")) plain[*size - 1] ^= 1;
  if (rv == CKR_OK || !hits("open")) return rv;
  *size = 0;
  return CKR_OK;
}

bool forgets(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
  CK_BBOOL is_on_token = CK_TRUE;
  CK_ATTRIBUTE asked{CKA_TOKEN, &is_on_token, sizeof is_on_token};
  const CK_RV rv = real.C_GetAttributeValue(session, key, &asked, 1);
  return rv == CKR_OK && is_on_token == CK_FALSE && hits("forget");
}

CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE key) {
  return forgets(session, key) ? CKR_KEY_HANDLE_INVALID : real.C_SignInit(session, how, key);
}

CK_RV decrypt_init(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE key) {
  return forgets(session, key) ? CKR_KEY_HANDLE_INVALID : real.C_DecryptInit(session, how, key);
}

CK_RV generate_random(CK_SESSION_HANDLE session, CK_BYTE* bytes, CK_ULONG size) {
  const CK_RV rv = real.C_GenerateRandom(session, bytes, size);
  if (rv == CKR_OK && fault == "random") std::memset(bytes, 0xff, size);
  return rv;
}

void install_fault() {
  if (fault == "lost") {
    make_lossy<&CK_FUNCTION_LIST::C_GenerateKey>();
    make_lossy<&CK_FUNCTION_LIST::C_GenerateKeyPair>();
    make_lossy<&CK_FUNCTION_LIST::C_CreateObject>();
    make_lossy<&CK_FUNCTION_LIST::C_WrapKey>();
    make_lossy<&CK_FUNCTION_LIST::C_UnwrapKey>();
    make_lossy<&CK_FUNCTION_LIST::C_GenerateRandom>();
    make_lossy<&CK_FUNCTION_LIST::C_Sign>();
    make_lossy<&CK_FUNCTION_LIST::C_Encrypt>();
    make_lossy<&CK_FUNCTION_LIST::C_Decrypt>();
    return;
  }
  faulty.C_UnwrapKey = &unwrap_key;
  faulty.C_WrapKey = &wrap_key;
  faulty.C_GetAttributeValue = &get_attribute_value;
  faulty.C_Sign = &sign;
  faulty.C_Decrypt = &decrypt;
  faulty.C_SignInit = &sign_init;
  faulty.C_DecryptInit = &decrypt_init;
  faulty.C_GenerateRandom = &generate_random;
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  const char* path = std::getenv("COUNTERSIGN_TEST_MODULE");
  const char* which = std::getenv("COUNTERSIGN_TEST_FAULT");
  const char* at = std::getenv("COUNTERSIGN_TEST_FAULT_AT");
  if (path == nullptr || which == nullptr || at == nullptr) return CKR_ARGUMENTS_BAD;
  void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return CKR_GENERAL_ERROR;
  CK_FUNCTION_LIST* functions = nullptr;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (const CK_RV rv = get(&functions); rv != CKR_OK) return rv;

  real = faulty = *functions;
  fault = which;
  answers_left = std::strtol(at, nullptr, 10);
  install_fault();
  *list = &faulty;
  return CKR_OK;
}
