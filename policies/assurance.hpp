// SPDX-License-Identifier: Apache-2.0
// What each kind of factor is good for, and how much what somebody proved is worth.
//
// Kinds of factors come as the numbers that stored rows and api/countersign.proto give them: this
// module sees no row. A number that has no rule (a contact's, or one that is yet to come) proves
// nothing.
#pragma once

#include "policies/policy.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace countersign::policies {

// A kind of factor, as FactorKind has it in daemon/model/subject.hpp.
using KindNumber = std::uint8_t;
inline constexpr KindNumber kPasswordKind = 7;

// The rule of such a factor; none for passwords, reset questions and contacts.
[[nodiscard]] std::optional<FactorRuleOf> rule_of(KindNumber kind);

// Weaker than its neighbours on offer, so that its owner is told: PSTN is what NIST SP 800-63B
// calls restricted.
[[nodiscard]] bool is_restricted(FactorRuleOf which);

// Whether it is an unrestricted authenticator that somebody can have instead of SMS.
[[nodiscard]] bool is_alternative_to_sms(FactorRuleOf which);

// Whether somebody may have this factor and no other; never, for what has no rule.
[[nodiscard]] bool may_be_sole(const Factors& factors, KindNumber kind);

// Whether one of this kind may be set up over this socket, as [factors.KIND] offer has it: it binds
// those who do it by themselves, and for temporary codes everybody who issues them. What has no
// rule is not held by any.
[[nodiscard]] bool may_set_up(const Factors& factors, Role role, KindNumber kind);

// 2 for what makes a second factor beside a password, by [factors]; 1 for the rest, a password
// among it; 0 for what proves nothing.
[[nodiscard]] std::uint8_t level_of(const Factors& factors, KindNumber kind);

// Of everything that was proven in one session. 2: a password, and beside it a factor that
// [factors] gives level 2. Else 1; 0 for nothing.
[[nodiscard]] std::uint8_t level_of(const Factors& factors, std::span<const KindNumber> proven);

}  // namespace countersign::policies
