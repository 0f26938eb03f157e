// SPDX-License-Identifier: Apache-2.0
// Secret questions as their owner is asked them. A custom one is sealed by the HSM; in clear it is
// where it is asked, and nowhere else.
#pragma once

#include "daemon/model/account_replies.hpp"
#include "daemon/service/parts.hpp"

namespace countersign {

class Questions {
 public:
  explicit Questions(const Parts& parts) : hsm_{parts.hsm} {}

  // The subject's active one of this kind; without a text when there is none.
  // Fails with `unavailable`, `corrupt`.
  // REQUIRES: question or reset_question; the record outlives the wait.
  awaitable<Result<QuestionReport>> shown(const SubjectRecord& subject, FactorKind kind);

 private:
  hsm::Hsm& hsm_;
};

}  // namespace countersign
