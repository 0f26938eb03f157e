// SPDX-License-Identifier: Apache-2.0
// A PKCS#11 module that writes down which unwrapped key made each signature, and whose password was
// looked at: every call is SoftHSM2's own.
//
// COUNTERSIGN_TEST_MODULE names the real module, COUNTERSIGN_TEST_SIGNATURES the file, which gets a
// line for each: the first 16 bytes of the wrapped key, in hexadecimal digits; or "password " and
// the subject's number, in 16 of them. Whatever else keys sign that were not unwrapped leaves none.
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

constexpr CK_ULONG kNamed = 16;  // bytes of a wrapped key that tell it from others
// How the message begins that the pepper key signs for a password
// (daemon/verify/peppered_hash.cpp): a length and a text; then the subject's number, eight bytes.
constexpr std::string_view kOfPassword{
    "\0\x17"
    "countersign password v1",
    25};
constexpr std::size_t kSubjectBytes = 8;
using Line = std::array<char, 2 * kNamed + 1>;

// A worker is one thread with one session.
CK_FUNCTION_LIST real;
CK_FUNCTION_LIST counting;
std::unordered_map<CK_OBJECT_HANDLE, Line> unwrapped;
const Line* signing = nullptr;
int file = -1;

void write_digits(const CK_BYTE* bytes, std::size_t count, char* to) {
  constexpr const char* kDigits = "0123456789abcdef";
  for (std::size_t i = 0; i < count; ++i) {
    to[2 * i] = kDigits[bytes[i] >> 4];
    to[2 * i + 1] = kDigits[bytes[i] & 15];
  }
}

Line line_of(const CK_BYTE* wrapped) {
  Line line;
  write_digits(wrapped, kNamed, line.data());
  line.back() = '\n';
  return line;
}

// Empty when it is about no password.
std::string line_of_password(const CK_BYTE* message, CK_ULONG size) {
  const std::string_view text{reinterpret_cast<const char*>(message), size};
  if (!text.starts_with(kOfPassword) || size < kOfPassword.size() + kSubjectBytes) return {};
  std::string subject(2 * kSubjectBytes, '0');
  write_digits(message + kOfPassword.size(), kSubjectBytes, subject.data());
  return "password " + subject + "\n";
}

bool write_down(std::string_view line) {
  return ::write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size());
}

CK_RV unwrap_key(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE by,
                 CK_BYTE* wrapped, CK_ULONG size, CK_ATTRIBUTE* as, CK_ULONG count,
                 CK_OBJECT_HANDLE* key) {
  const CK_RV rv = real.C_UnwrapKey(session, how, by, wrapped, size, as, count, key);
  if (rv == CKR_OK && size >= kNamed) unwrapped[*key] = line_of(wrapped);
  return rv;
}

CK_RV destroy_object(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object) {
  unwrapped.erase(object);
  return real.C_DestroyObject(session, object);
}

CK_RV sign_init(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE key) {
  const auto found = unwrapped.find(key);
  signing = found == unwrapped.end() ? nullptr : &found->second;
  return real.C_SignInit(session, how, key);
}

// Written before the signature is known: what was not written down was not made.
CK_RV sign(CK_SESSION_HANDLE session, CK_BYTE* message, CK_ULONG message_size, CK_BYTE* signature,
           CK_ULONG* size) {
  if (signature != nullptr) {
    // The pepper key may be an unwrapped copy, too.
    std::string line = line_of_password(message, message_size);
    if (line.empty() && signing != nullptr) line.assign(signing->begin(), signing->end());
    if (!line.empty() && !write_down(line)) return CKR_DEVICE_ERROR;
  }
  return real.C_Sign(session, message, message_size, signature, size);
}

}  // namespace

extern "C" CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  const char* path = std::getenv("COUNTERSIGN_TEST_MODULE");
  const char* signatures = std::getenv("COUNTERSIGN_TEST_SIGNATURES");
  if (path == nullptr || signatures == nullptr) return CKR_ARGUMENTS_BAD;
  void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return CKR_GENERAL_ERROR;
  CK_FUNCTION_LIST* functions = nullptr;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (const CK_RV rv = get(&functions); rv != CKR_OK) return rv;
  file = ::open(signatures, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return CKR_GENERAL_ERROR;

  real = counting = *functions;
  counting.C_UnwrapKey = &unwrap_key;
  counting.C_DestroyObject = &destroy_object;
  counting.C_SignInit = &sign_init;
  counting.C_Sign = &sign;
  *list = &counting;
  return CKR_OK;
}
