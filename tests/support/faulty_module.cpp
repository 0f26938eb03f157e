// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 module that loses answers: every call is SoftHSM2's own, and the n-th that succeeds in
// making, moving or using a key is reported as failed.
//
// COUNTERSIGN_TEST_MODULE names the real module, COUNTERSIGN_TEST_LOST_ANSWER the n.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <cstdlib>
#include <type_traits>

namespace {

CK_FUNCTION_LIST real;
CK_FUNCTION_LIST faulty;
long answers_left;

CK_RV answer(CK_RV rv) {
  if (rv != CKR_OK || --answers_left != 0) return rv;
  return CKR_DEVICE_ERROR;
}

template <auto Member, class Function>
struct Lossy;
template <auto Member, class... Arguments>
struct Lossy<Member, CK_RV (*)(Arguments...)> {
  static CK_RV call(Arguments... arguments) { return answer((real.*Member)(arguments...)); }
};

template <auto Member>
void make_lossy() {
  using Function = std::decay_t<decltype(real.*Member)>;
  faulty.*Member = &Lossy<Member, Function>::call;
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  const char* path = std::getenv("COUNTERSIGN_TEST_MODULE");
  const char* which = std::getenv("COUNTERSIGN_TEST_LOST_ANSWER");
  if (path == nullptr || which == nullptr) return CKR_ARGUMENTS_BAD;
  void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return CKR_GENERAL_ERROR;
  CK_FUNCTION_LIST* functions = nullptr;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (const CK_RV rv = get(&functions); rv != CKR_OK) return rv;

  real = faulty = *functions;
  answers_left = std::strtol(which, nullptr, 10);
  make_lossy<&CK_FUNCTION_LIST::C_GenerateKey>();
  make_lossy<&CK_FUNCTION_LIST::C_GenerateKeyPair>();
  make_lossy<&CK_FUNCTION_LIST::C_CreateObject>();
  make_lossy<&CK_FUNCTION_LIST::C_WrapKey>();
  make_lossy<&CK_FUNCTION_LIST::C_UnwrapKey>();
  make_lossy<&CK_FUNCTION_LIST::C_GenerateRandom>();
  make_lossy<&CK_FUNCTION_LIST::C_Sign>();
  *list = &faulty;
  return CKR_OK;
}
