// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/removal.hpp"

#include "daemon/service/gate/standing.hpp"

namespace countersign {

Status may_remove(const SubjectRecord& subject, const Factor& factor,
                  const policies::Policy& policy) {
  // What is not in force protects nobody.
  if (factor.state != FactorState::active) return {};
  if (factor.kind == FactorKind::primary_email) {
    return Error{ErrorCode::conflict, "factor.primary_email"};
  }
  if (factor.kind == FactorKind::password) return Error{ErrorCode::conflict, "factor.password"};
  const auto kind = static_cast<policies::KindNumber>(factor.kind);
  const bool counts = policies::may_be_sole(policy.factors, kind);
  if (counts && count_of_sole_factors(subject, policy) == 1) {
    return Error{ErrorCode::conflict, "factor.last"};
  }
  return {};
}

}  // namespace countersign
