// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/standing.hpp"

#include <algorithm>
#include <vector>

namespace countersign {
namespace {

policies::KindNumber number_of(FactorKind kind) { return static_cast<policies::KindNumber>(kind); }

}  // namespace

std::uint32_t count_of_sole_factors(const SubjectRecord& subject, const policies::Policy& rules) {
  const auto counts = [&rules](const FactorRecord& factor) {
    return factor.fixed.state == FactorState::active &&
           policies::may_be_sole(rules.factors, number_of(factor.fixed.kind));
  };
  return static_cast<std::uint32_t>(std::ranges::count_if(subject.factors, counts));
}

const FactorRecord* active_factor(const SubjectRecord& subject, FactorKind kind) {
  for (const FactorRecord& factor : subject.factors) {
    if (factor.fixed.kind == kind && factor.fixed.state == FactorState::active) return &factor;
  }
  return nullptr;
}

bool is_second_step(const SubjectRecord& subject, FactorKind kind, const policies::Policy& rules) {
  const auto which = policies::rule_of(number_of(kind));
  if (!which) return false;
  const bool offered = rules.factors.of(*which).offer;
  if (kind == FactorKind::device) return offered;
  if (kind == FactorKind::question) return offered && count_of_sole_factors(subject, rules) > 0;
  return true;
}

policies::Assurance assurance_of(const SessionProof& proof, const policies::Policy& rules) {
  std::vector<policies::KindNumber> proven;
  for (auto kind = number_of(FactorKind::totp); kind <= number_of(FactorKind::mobile); ++kind) {
    if ((proof.kinds & bit_of(static_cast<FactorKind>(kind))) != 0) proven.push_back(kind);
  }
  return policies::assurance_of(rules.factors, proven);
}

}  // namespace countersign
