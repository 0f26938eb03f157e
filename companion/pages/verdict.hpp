// SPDX-License-Identifier: Apache-2.0
// What became of a code, a password or an answer, and what somebody is told whose was not accepted.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

// Of a question that a verdict answers. What can be no such thing at all is wrong, like any other.
awaitable<Result<v1::Verdict>> verdict_of(Visit& visit, v1::Request request);

// REQUIRES: rejected. Says what to do now, and no more than the person may know. `kind`: what was
// asked for, where that makes a difference.
[[nodiscard]] std::string refusal_text(const Catalogue& words, const v1::Verdict& verdict,
                                       v1::FactorKind kind = v1::FACTOR_KIND_UNSPECIFIED);

// Whether nothing helps but an unlock.
[[nodiscard]] bool is_locked(const v1::Verdict& verdict);

// Why no code was sent, or that one was so lately that it is still on its way.
//
// REQUIRES: not accepted for delivery.
[[nodiscard]] std::string delivery_text(const Catalogue& words, const v1::Delivery& delivery);

}  // namespace countersign::companion
