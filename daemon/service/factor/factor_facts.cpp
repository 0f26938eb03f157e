// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/factor_facts.hpp"

#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"
#include "policies/assurance.hpp"

namespace countersign {

Status add_facts(FactorReport& report, const FactorRecord& factor, const policies::Policy& rules) {
  const auto kind = static_cast<policies::KindNumber>(factor.fixed.kind);
  report.level = policies::level_of(rules.factors, kind);
  report.sole = policies::may_be_sole(rules.factors, kind);
  // What was erased with its owner has nothing left.
  if (factor.fixed.sealed.empty()) return {};
  switch (factor.fixed.kind) {
    case FactorKind::recovery_codes: {
      CS_TRY(const verify::RecoverySet set, verify::recovery_set_from(factor.fixed.sealed));
      const std::size_t used = verify::used_at(factor.motion.position);
      report.remaining = static_cast<std::uint32_t>(set.macs.size() - used);
      return {};
    }
    case FactorKind::temporary_code: {
      CS_TRY(const verify::TemporaryCodeRow row, verify::temporary_code_from(factor.fixed.sealed));
      const std::int64_t used = number(factor.motion.position) + 1;
      report.remaining = static_cast<std::uint32_t>(row.uses - used);
      report.expires_at = row.until;
      return {};
    }
    case FactorKind::device: {
      CS_TRY(const verify::DeviceRow row, verify::device_row_from(factor.fixed.sealed));
      report.expires_at = row.until;
      return {};
    }
    default:
      return {};
  }
}

}  // namespace countersign
