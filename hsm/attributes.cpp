// SPDX-License-Identifier: Apache-2.0
#include "hsm/attributes.hpp"

#include <cstdlib>

namespace countersign::hsm {
namespace {

constexpr CK_BBOOL kTrue = CK_TRUE;
constexpr CK_BBOOL kFalse = CK_FALSE;

}  // namespace

Attributes& Attributes::add(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) {
  if (size_ == kCountMax) std::abort();
  place_->list[size_++] = {type, const_cast<void*>(value), size};
  return *this;
}

Attributes& Attributes::flag(CK_ATTRIBUTE_TYPE type, bool value) {
  return add(type, value ? &kTrue : &kFalse, sizeof(CK_BBOOL));
}

Attributes& Attributes::number(CK_ATTRIBUTE_TYPE type, CK_ULONG value) {
  if (size_ == kCountMax) std::abort();
  CK_ULONG& slot = place_->numbers[size_];
  slot = value;
  return add(type, &slot, sizeof slot);
}

Attributes& Attributes::bytes(CK_ATTRIBUTE_TYPE type, BytesView value) {
  return add(type, value.data(), value.size());
}

Attributes& Attributes::text(CK_ATTRIBUTE_TYPE type, std::string_view value) {
  return add(type, value.data(), value.size());
}

Attributes& Attributes::mechanisms(std::span<const CK_MECHANISM_TYPE> allowed) {
  return add(CKA_ALLOWED_MECHANISMS, allowed.data(), allowed.size_bytes());
}

Attributes& Attributes::inner(CK_ATTRIBUTE_TYPE type, Attributes& list) {
  return add(type, list.data(), list.size() * sizeof(CK_ATTRIBUTE));
}

}  // namespace countersign::hsm
