// SPDX-License-Identifier: Apache-2.0
// A list of attributes, as PKCS#11 wants to see it: what a key is, or what it must be.
//
// The numbers and flags live behind the list and keep their place when it is moved; texts, bytes
// and inner lists are only pointed to and must outlive it.
#pragma once

#include "base/bytes.hpp"

#include <p11-kit/pkcs11.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace countersign::hsm {

class Attributes {
 public:
  static constexpr std::size_t kCountMax = 32;

  // REQUIRES (all of them): fewer than kCountMax attributes so far.
  Attributes& flag(CK_ATTRIBUTE_TYPE type, bool value);
  Attributes& number(CK_ATTRIBUTE_TYPE type, CK_ULONG value);
  Attributes& bytes(CK_ATTRIBUTE_TYPE type, BytesView value);
  Attributes& text(CK_ATTRIBUTE_TYPE type, std::string_view value);
  Attributes& mechanisms(std::span<const CK_MECHANISM_TYPE> allowed);
  Attributes& inner(CK_ATTRIBUTE_TYPE type, Attributes& list);

  // PKCS#11 takes templates by pointer to mutable, and does not write to them.
  [[nodiscard]] CK_ATTRIBUTE* data() const { return place_->list.data(); }
  [[nodiscard]] CK_ULONG size() const { return size_; }
  [[nodiscard]] std::span<const CK_ATTRIBUTE> view() const { return {data(), size_}; }

 private:
  struct Place {
    std::array<CK_ATTRIBUTE, kCountMax> list{};
    std::array<CK_ULONG, kCountMax> numbers{};
  };
  Attributes& add(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size);

  std::unique_ptr<Place> place_ = std::make_unique<Place>();
  std::size_t size_ = 0;
};

}  // namespace countersign::hsm
