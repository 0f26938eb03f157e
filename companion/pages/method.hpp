// SPDX-License-Identifier: Apache-2.0
// How factors are called where people see them.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

// "Authenticator app", "YubiKey", "Text message": what it is.
[[nodiscard]] std::string method_name(const Catalogue& words, v1::FactorKind kind);

// The same with what tells one from another: its owner's label, or where it goes, masked.
[[nodiscard]] std::string method_of(const Catalogue& words, const v1::Factor& factor);

// Its codes are read off something and typed, without anything being sent first.
[[nodiscard]] bool is_typed(v1::FactorKind kind);
// Its codes are sent.
[[nodiscard]] bool is_sent(v1::FactorKind kind);

}  // namespace countersign::companion
