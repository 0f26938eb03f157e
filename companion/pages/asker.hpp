// SPDX-License-Identifier: Apache-2.0
// Who asked for a code without having signed in, and by what: kept in a cookie for as long as the
// code is good, so that another one can be asked for. It stands in no address and on no page.
#pragma once

#include "companion/door/visit.hpp"

#include <optional>
#include <string>

namespace countersign::companion {

struct Asker {
  std::string username;
  v1::FactorKind kind = v1::SMS;  // SMS or EMAIL
};

// A name that is too long for any account is not kept.
void keep_asker(Visit& visit, const Asker& asker);

// Nothing when there is none, or no longer.
[[nodiscard]] std::optional<Asker> asker_of(const Visit& visit);

}  // namespace countersign::companion
