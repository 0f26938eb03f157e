// SPDX-License-Identifier: Apache-2.0
// Writing down what somebody knows: a password, a question. There is one row of each kind, which
// goes on when it is set anew: its position only grows. What was suspended is in force again, and
// the failures that it had are forgotten: they were another secret's. Its time is when it was set
// last.
#pragma once

#include "daemon/service/message/notices.hpp"

namespace countersign {

class KnownFactors {
 public:
  explicit KnownFactors(const Parts& parts) : store_{parts.store}, notices_{parts} {}

  // The row as it shall be, active and with this sealed; its id is kNewFactor where there is none
  // yet that could go on.
  [[nodiscard]] static Factor fresh(const SubjectRecord& subject, FactorKind kind,
                                    SealedSecret sealed, Time now);

  // Keeps it, with whatever else is left, in one commit; and with `tells` for the owner of an
  // account that is active. Of the first one of all nobody has to be warned.
  //
  // Fails with `conflict`, `unavailable`, `corrupt`. REQUIRES: `factor` is from fresh(), for this
  // subject. ENSURES: the factor as it is then.
  awaitable<Result<Factor>> set(SubjectPtr subject, Factor factor, MessageKind tells,
                                JournalEntry entry, Aftermath also);

 private:
  awaitable<Result<Factor>> keep(SubjectPtr subject, Factor factor, JournalEntry entry,
                                 Aftermath also);

  Store& store_;
  Notices notices_;
};

}  // namespace countersign
