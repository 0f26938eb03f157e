// SPDX-License-Identifier: Apache-2.0
// What somebody proved, in the words of others: amr (RFC 8176) and a level.
//
// Kinds of factors come as the numbers that stored rows and api/countersign.proto give them: this
// module sees no row. A number that has no rule (a contact's, or one that is yet to come) proves
// nothing.
#pragma once

#include "policies/policy.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

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

// The RFC's words, where it has one; ours are "email", "rc" (a recovery code), "tap" (a temporary
// access pass) and "dev" (a remembered device).
inline constexpr std::array<std::string_view, 10> kAmrWords{"pwd", "otp", "hwk", "sms", "email",
                                                            "kba", "rc",  "tap", "dev", "mfa"};

// 2 for what makes a second factor beside a password, by [factors]; 1 for the rest, a password
// among it; 0 for what proves nothing.
[[nodiscard]] std::uint8_t level_of(const Factors& factors, KindNumber kind);

struct Assurance {
  // Each word once, in the order of kAmrWords.
  std::vector<std::string_view> amr;
  // 2: a password, and beside it a factor that [factors] gives level 2. Else 1; 0 for nothing.
  std::uint8_t level = 0;
};

// Of everything that was proven in one session or one verdict. "mfa" stands where two of different
// classes were: something known, something had.
[[nodiscard]] Assurance assurance_of(const Factors& factors, std::span<const KindNumber> proven);

}  // namespace countersign::policies
