// SPDX-License-Identifier: Apache-2.0
// A vendor's PKCS#11 library, loaded and initialised for as long as this object lives.
//
// One process, one thread: the library is initialised without locks, and a process that has one
// Module cannot have a second one of the same library. Do not fork while it lives.
#pragma once

#include "base/error.hpp"

#include <p11-kit/pkcs11.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign::hsm {

// Every PKCS#11 failure is named after the call that produced it.
[[nodiscard]] Status check(CK_RV rv, Literal call);

class Module {
 public:
  static constexpr std::size_t kLabelBytesMax = 32;
  static constexpr CK_ULONG kSlotsMax = 256;

  // Fails with `not_found` ("dlopen", "C_GetFunctionList") if there is no such library or it speaks
  // no PKCS#11, and with `unavailable` ("C_Initialize").
  static Result<Module> load(const std::string& path);

  Module(Module&& other) noexcept : functions_{std::exchange(other.functions_, nullptr)} {}
  Module& operator=(Module&&) = delete;
  ~Module();

  // The slot whose token bears the label, blanks at the end aside.
  // Fails with `not_found`, and with `conflict` if two tokens bear it.
  Result<CK_SLOT_ID> slot_of(std::string_view token_label) const;
  // A slot with a token that nobody has initialised yet. Fails with `not_found`.
  Result<CK_SLOT_ID> free_slot() const;
  Result<CK_TOKEN_INFO> token_info(CK_SLOT_ID slot) const;

  [[nodiscard]] CK_FUNCTION_LIST& functions() const { return *functions_; }

 private:
  explicit Module(CK_FUNCTION_LIST* functions) : functions_{functions} {}
  Result<std::vector<CK_SLOT_ID>> slots() const;

  CK_FUNCTION_LIST* functions_;
};

// A field that the standard pads with blanks instead of ending it.
template <std::size_t Size>
[[nodiscard]] std::string_view unpadded(const unsigned char (&field)[Size]) {
  const std::string_view text{reinterpret_cast<const char*>(field), Size};
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

}  // namespace countersign::hsm
