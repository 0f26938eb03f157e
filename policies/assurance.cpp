// SPDX-License-Identifier: Apache-2.0
#include "policies/assurance.hpp"

#include <algorithm>

namespace countersign::policies {
namespace {

struct Kind {
  KindNumber number;
  FactorRuleOf rule;
};
constexpr std::array kKinds{
    Kind{1, FactorRuleOf::totp},
    Kind{2, FactorRuleOf::hotp},
    Kind{3, FactorRuleOf::yubico_otp},
    Kind{4, FactorRuleOf::chalresp},
    Kind{5, FactorRuleOf::sms},
    Kind{6, FactorRuleOf::email},
    Kind{8, FactorRuleOf::question},
    Kind{10, FactorRuleOf::recovery_codes},
    Kind{11, FactorRuleOf::temporary_code},
    Kind{12, FactorRuleOf::device},
};
static_assert(kKinds.size() == kFactorRules);

const Kind* find(KindNumber number) {
  const auto* const found = std::ranges::find(kKinds, number, &Kind::number);
  return found == kKinds.end() ? nullptr : found;
}

}  // namespace

std::optional<FactorRuleOf> rule_of(KindNumber kind) {
  const Kind* found = find(kind);
  if (found == nullptr) return std::nullopt;
  return found->rule;
}

bool is_restricted(FactorRuleOf which) { return which == FactorRuleOf::sms; }

bool is_alternative_to_sms(FactorRuleOf which) {
  return which == FactorRuleOf::totp || which == FactorRuleOf::hotp ||
         which == FactorRuleOf::yubico_otp || which == FactorRuleOf::chalresp;
}

bool may_be_sole(const Factors& factors, KindNumber kind) {
  const auto which = rule_of(kind);
  return which && factors.of(*which).sole;
}

bool may_set_up(const Factors& factors, Role role, KindNumber kind) {
  const auto which = rule_of(kind);
  if (!which || factors.of(*which).offer) return true;
  return role != Role::enroll && *which != FactorRuleOf::temporary_code;
}

std::uint8_t level_of(const Factors& factors, KindNumber kind) {
  if (kind == kPasswordKind) return 1;
  const auto which = rule_of(kind);
  return which ? factors.of(*which).level : std::uint8_t{0};
}

std::uint8_t level_of(const Factors& factors, std::span<const KindNumber> proven) {
  std::uint8_t level = 0;
  bool with_password = false;
  for (const KindNumber kind : proven) {
    level = std::max(level, level_of(factors, kind));
    with_password = with_password || kind == kPasswordKind;
  }
  return with_password ? level : std::min<std::uint8_t>(level, 1);
}

}  // namespace countersign::policies
