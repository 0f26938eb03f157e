// SPDX-License-Identifier: Apache-2.0
// Who may have challenges for what. Pure.
//
// Whoever signs people in proves nothing about a new factor or an account, and whoever looks after
// accounts signs nobody in. The security team does both.
#pragma once

#include "daemon/model/challenge.hpp"
#include "policies/operation.hpp"

#include <optional>

namespace countersign::verify {

[[nodiscard]] bool may_have(Role role, Purpose purpose);

// What a challenge is for whose peer does not say: a peer that may confirm means the pending factor
// that it names; otherwise as api/countersign.proto has it.
[[nodiscard]] Purpose purpose_meant(Role role, const SubjectRecord& subject,
                                    std::optional<FactorId> named);

// Is it a challenge of this purpose that the peer means to have answered? A purpose that it does
// not name is the one that it would have started: a transaction's answer signs nobody in.
[[nodiscard]] bool is_meant(Role role, std::optional<Purpose> asked, Purpose purpose);

}  // namespace countersign::verify
