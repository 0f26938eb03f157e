// SPDX-License-Identifier: Apache-2.0
#include "policies/assurance.hpp"

#include <algorithm>

namespace countersign::policies {
namespace {

// A word's place in kAmrWords.
enum Word : std::uint8_t { pwd, otp, hwk, sms, email, kba, rc, tap, dev, mfa };
using Words = std::uint16_t;  // bit n: the word at that place

constexpr Words bit(Word word) { return static_cast<Words>(1U << word); }

struct Kind {
  KindNumber number;
  FactorRuleOf rule;
  Words words;
};
constexpr std::array kKinds{
    Kind{1, FactorRuleOf::totp, bit(otp)},
    Kind{2, FactorRuleOf::hotp, bit(otp)},
    Kind{3, FactorRuleOf::yubico_otp, bit(otp) | bit(hwk)},
    Kind{4, FactorRuleOf::chalresp, bit(hwk)},
    Kind{5, FactorRuleOf::sms, bit(sms)},
    Kind{6, FactorRuleOf::email, bit(email)},
    Kind{8, FactorRuleOf::question, bit(kba)},
    Kind{10, FactorRuleOf::recovery_codes, bit(rc)},
    Kind{11, FactorRuleOf::temporary_code, bit(tap)},
    Kind{12, FactorRuleOf::device, bit(dev)},
};
static_assert(kKinds.size() == kFactorRules);

const Kind* find(KindNumber number) {
  const auto* const found = std::ranges::find(kKinds, number, &Kind::number);
  return found == kKinds.end() ? nullptr : found;
}

Words words_of(KindNumber number) {
  if (number == kPasswordKind) return bit(pwd);
  const Kind* kind = find(number);
  return kind == nullptr ? Words{} : kind->words;
}

// Something known and something had.
bool are_two_classes(Words words) {
  constexpr Words kKnown = bit(pwd) | bit(kba);
  return (words & kKnown) != 0 && (words & ~kKnown) != 0;
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

Assurance assurance_of(const Factors& factors, std::span<const KindNumber> proven) {
  Words words = 0;
  std::uint8_t level = 0;
  for (const KindNumber kind : proven) {
    words |= words_of(kind);
    level = std::max(level, level_of(factors, kind));
  }
  if (are_two_classes(words)) words |= bit(mfa);
  Assurance assurance;
  for (std::size_t i = 0; i < kAmrWords.size(); ++i) {
    if ((words & (1U << i)) != 0) assurance.amr.push_back(kAmrWords[i]);
  }
  const bool with_password = (words & bit(pwd)) != 0;
  assurance.level = with_password ? level : std::min<std::uint8_t>(level, 1);
  return assurance;
}

}  // namespace countersign::policies
