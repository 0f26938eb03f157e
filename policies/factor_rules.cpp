// SPDX-License-Identifier: Apache-2.0
#include "policies/factor_rules.hpp"

#include "policies/assurance.hpp"

#include <algorithm>
#include <utility>

namespace countersign::policies {
namespace {

// These run out, or are lost with a browser: whoever had nothing else would be shut out by them.
bool may_ever_be_sole(FactorRuleOf which) {
  return which != FactorRuleOf::recovery_codes && which != FactorRuleOf::temporary_code &&
         which != FactorRuleOf::device;
}

void read_rule(Table table, FactorRuleOf which, FactorRule& rule) {
  // An answer that others may know or find out is no second factor, whatever a policy says.
  const std::uint8_t level_max = which == FactorRuleOf::question ? 1 : 2;
  table.read("offer", rule.offer);
  table.read("sole", rule.sole);
  table.read("level", rule.level, {1, level_max});
  if (rule.sole && !may_ever_be_sole(which)) {
    table.report("sole", "must be false: nobody may have only what runs out or gets lost");
  }
  table.finish();
}

bool is_there_an_alternative_to_sms(const Factors& factors) {
  for (std::size_t i = 0; i < kFactorRules; ++i) {
    if (factors.rules[i].offer && is_alternative_to_sms(static_cast<FactorRuleOf>(i))) return true;
  }
  return false;
}

// Anybody can set up what makes their account whole.
bool can_accounts_be_activated(const Factors& factors) {
  return std::ranges::any_of(factors.rules,
                             [](const FactorRule& rule) { return rule.offer && rule.sole; });
}

}  // namespace

void read_factors(Table table, Factors& factors) {
  for (std::size_t i = 0; i < kFactorRules; ++i) {
    if (auto rule = table.section(kFactorRuleNames[i])) {
      read_rule(std::move(*rule), static_cast<FactorRuleOf>(i), factors.rules[i]);
    }
  }
  if (factors.of(FactorRuleOf::sms).offer && !is_there_an_alternative_to_sms(factors)) {
    table.report("sms",
                 "must not be on offer unless totp, hotp, yubico_otp or chalresp is: NIST SP "
                 "800-63B asks for an alternative");
  }
  if (!can_accounts_be_activated(factors)) {
    table.report("", "must put one kind on offer that may be the only one (offer and sole)");
  }
  table.finish();
}

}  // namespace countersign::policies
