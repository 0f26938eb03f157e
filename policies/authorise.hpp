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

// How a question says whom it is about.
enum class Way : std::uint8_t {
  by_name,       // of a subject, or a factor's number
  by_public_id,  // of a Yubico OTP, and nothing else: for gateways (`public_id_only`)
};

// May it ask in this way at all? Fails with `denied`.
[[nodiscard]] Status authorise_way(const Policy& policy, const Peer& peer, Way way);

// May it ask about this realm, in this way? Fails with `denied`.
[[nodiscard]] Status authorise_realm(const Policy& policy, const Peer& peer, std::string_view realm,
                                     Way way = Way::by_name);

}  // namespace countersign::policies
