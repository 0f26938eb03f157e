// SPDX-License-Identifier: Apache-2.0
#include "hsm/module.hpp"

#include <dlfcn.h>

namespace countersign::hsm {

Status check(CK_RV rv, Literal call) {
  switch (rv) {
    case CKR_OK:
      return {};
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED:
    case CKR_PIN_LOCKED:
      return Error{ErrorCode::denied, call, rv};
    default:
      return Error{ErrorCode::unavailable, call, rv};
  }
}

Result<Module> Module::load(const std::string& path) {
  // NODELETE: some libraries leave exit handlers behind that would run after they were unmapped.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) return Error{ErrorCode::not_found, "dlopen"};
  auto* get_list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get_list == nullptr) return Error{ErrorCode::not_found, "C_GetFunctionList"};

  CK_FUNCTION_LIST* functions = nullptr;
  CS_CHECK(check(get_list(&functions), "C_GetFunctionList"));
  // Without arguments: a promise to call from one thread, for which the library needs no locks.
  CS_CHECK(check(functions->C_Initialize(nullptr), "C_Initialize"));
  return Module{functions};
}

Module::~Module() {
  if (functions_ != nullptr) functions_->C_Finalize(nullptr);
}

Result<std::vector<CK_SLOT_ID>> Module::slots() const {
  CK_ULONG count = 0;
  CS_CHECK(check(functions_->C_GetSlotList(CK_TRUE, nullptr, &count), "C_GetSlotList"));
  if (count > kSlotsMax) return Error{ErrorCode::limit_exceeded, "C_GetSlotList", count};
  std::vector<CK_SLOT_ID> slots(count);
  CS_CHECK(check(functions_->C_GetSlotList(CK_TRUE, slots.data(), &count), "C_GetSlotList"));
  slots.resize(count);
  return slots;
}

Result<CK_TOKEN_INFO> Module::token_info(CK_SLOT_ID slot) const {
  CK_TOKEN_INFO info{};
  CS_CHECK(check(functions_->C_GetTokenInfo(slot, &info), "C_GetTokenInfo"));
  return info;
}

Result<CK_SLOT_ID> Module::slot_of(std::string_view token_label) const {
  CS_TRY(const auto all, slots());
  std::optional<CK_SLOT_ID> found;
  for (const CK_SLOT_ID slot : all) {
    const auto info = token_info(slot);
    // A slot that does not answer is somebody else's, unless ours turns out to be missing.
    if (!info || (info->flags & CKF_TOKEN_INITIALIZED) == 0) continue;
    if (unpadded(info->label) != token_label) continue;
    if (found) return Error{ErrorCode::conflict, "token.label_is_not_unique"};
    found = slot;
  }
  if (!found) return Error{ErrorCode::not_found, "token.label"};
  return *found;
}

Result<CK_SLOT_ID> Module::free_slot() const {
  CS_TRY(const auto all, slots());
  for (const CK_SLOT_ID slot : all) {
    const auto info = token_info(slot);
    if (info && (info->flags & CKF_TOKEN_INITIALIZED) == 0) return slot;
  }
  return Error{ErrorCode::not_found, "token.free_slot"};
}

}  // namespace countersign::hsm
