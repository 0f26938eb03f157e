// SPDX-License-Identifier: Apache-2.0
// What somebody is told whose code or answer was not accepted.
#pragma once

#include "companion/door/visit.hpp"

#include <string>

namespace countersign::companion {

// REQUIRES: rejected. Says what to do now, and no more than the person may know.
[[nodiscard]] std::string refusal_text(const Catalogue& words, const v1::Verdict& verdict);

// Why no code was sent, or that one was so lately that it is still on its way.
//
// REQUIRES: not accepted for delivery.
[[nodiscard]] std::string delivery_text(const Catalogue& words, const v1::Delivery& delivery);

}  // namespace countersign::companion
