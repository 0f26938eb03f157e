// SPDX-License-Identifier: Apache-2.0
// A recovery code that was used tells its owner so: few things are worth more to a thief.
#pragma once

#include "daemon/service/attempt/attempts.hpp"
#include "daemon/service/message/notices.hpp"

namespace countersign {

class RecoveryNotice : public Afterwards {
 public:
  // `next` is what else follows. REQUIRES: both outlive this.
  explicit RecoveryNotice(Notices& notices, Afterwards* next = nullptr)
      : notices_{notices}, next_{next} {}

  [[nodiscard]] bool follows(const Attempt& attempt) const override;
  // Nothing but after an acceptance by a recovery code that is none of an earlier one given again.
  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override;

 private:
  awaitable<Status> tell(const SubjectRecord& subject, Attempt& attempt);

  Notices& notices_;
  Afterwards* next_;
};

}  // namespace countersign
