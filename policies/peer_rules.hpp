// SPDX-License-Identifier: Apache-2.0
// The [[peer]] tables of a policy file. Seen by the policy parser alone.
#pragma once

#include "policies/policy.hpp"
#include "policies/table.hpp"

#include <optional>
#include <vector>

namespace countersign::policies {

inline constexpr std::size_t kPeersMax = 256;

// The user name that means the process's own user.
inline constexpr std::string_view kSelf = "self";

// Whether a realm may be called so.
[[nodiscard]] bool is_realm(std::string_view name);

// The peers that `node` names, in its order; what is wrong with them goes to `findings`.
[[nodiscard]] std::vector<PeerRule> read_peers(const toml::node& node, Findings& findings);

}  // namespace countersign::policies
