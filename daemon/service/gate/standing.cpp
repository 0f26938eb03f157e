// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/gate/standing.hpp"

#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"

#include <algorithm>
#include <vector>

namespace countersign {
namespace {

policies::KindNumber number_of(FactorKind kind) { return static_cast<policies::KindNumber>(kind); }

bool is_used_up(const FactorRecord& factor, Time now) {
  if (factor.fixed.kind == FactorKind::recovery_codes) {
    const auto set = verify::recovery_set_from(factor.fixed.sealed);
    return !set || verify::used_at(factor.motion.position) >= set->macs.size();
  }
  if (factor.fixed.kind != FactorKind::temporary_code) return false;
  const auto row = verify::temporary_code_from(factor.fixed.sealed);
  return !row || now >= row->until || number(factor.motion.position) + 1 >= row->uses;
}

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

bool is_set(const SubjectRecord& subject, FactorKind kind) {
  return std::ranges::any_of(subject.factors, [kind](const FactorRecord& factor) {
    const FactorState state = factor.fixed.state;
    return factor.fixed.kind == kind &&
           (state == FactorState::active || state == FactorState::suspended);
  });
}

bool is_second_step(const SubjectRecord& subject, FactorKind kind, const policies::Policy& rules) {
  const auto which = policies::rule_of(number_of(kind));
  if (!which) return false;
  const bool offered = rules.factors.of(*which).offer;
  if (kind == FactorKind::device) return offered;
  if (kind == FactorKind::question) return offered && count_of_sole_factors(subject, rules) > 0;
  return true;
}

bool can_prove_factor(const SubjectRecord& subject, const policies::Policy& rules, Time now) {
  const auto can = [&](const FactorRecord& factor) {
    const FactorKind kind = factor.fixed.kind;
    const bool proves_none = kind == FactorKind::device || kind == FactorKind::question;
    return factor.fixed.state == FactorState::active && !proves_none &&
           is_second_step(subject, kind, rules) && !is_used_up(factor, now);
  };
  return std::ranges::any_of(subject.factors, can);
}

Status may_set_up(const policies::Policy& rules, Peer peer, FactorKind kind) {
  if (policies::may_set_up(rules.factors, peer.role, number_of(kind))) return {};
  return Error{ErrorCode::denied, "factor.offer"};
}

std::uint8_t level_of(const SessionProof& proof, const policies::Policy& rules) {
  std::vector<policies::KindNumber> proven;
  for (auto kind = number_of(FactorKind::totp); kind <= number_of(FactorKind::mobile); ++kind) {
    if ((proof.kinds & bit_of(static_cast<FactorKind>(kind))) != 0) proven.push_back(kind);
  }
  return policies::level_of(rules.factors, proven);
}

}  // namespace countersign
