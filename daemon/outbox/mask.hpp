// SPDX-License-Identifier: Apache-2.0
// A destination as it is shown to somebody who may not know it yet: enough for its owner to
// recognise it, and no more.
#pragma once

#include "daemon/model/destination.hpp"

#include <string>

namespace countersign::outbox {

// "+358 ••••••12": the country's code and the last two digits; "a•••@example.com": the first letter
// and the domain. The dots are always as many, and a short number or name shows nothing of its own.
[[nodiscard]] std::string mask(const Destination& destination);

}  // namespace countersign::outbox
