// SPDX-License-Identifier: Apache-2.0
// May this peer, on this socket, ask this question?
#pragma once

#include "base/error.hpp"
#include "policies/policy.hpp"

#include <string_view>

namespace countersign::policies {

// May this process use this socket at all? Asked once a connection. Fails with `denied`.
[[nodiscard]] Status admit(const Policy& policy, const Peer& peer);

// May it ask for this operation? Fails with `denied`.
[[nodiscard]] Status authorise(const Policy& policy, const Peer& peer, Operation operation);

// May it ask about this realm? Fails with `denied`.
[[nodiscard]] Status authorise_realm(const Policy& policy, const Peer& peer,
                                     std::string_view realm);

}  // namespace countersign::policies
