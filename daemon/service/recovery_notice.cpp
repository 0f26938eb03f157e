// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/recovery_notice.hpp"

namespace countersign {

awaitable<Status> RecoveryNotice::add(const SubjectRecord& subject, Attempt& attempt) {
  CS_CO_CHECK(co_await tell(subject, attempt));
  if (next_ != nullptr) CS_CO_CHECK(co_await next_->add(subject, attempt));
  co_return Status{};
}

awaitable<Status> RecoveryNotice::tell(const SubjectRecord& subject, Attempt& attempt) {
  const Verdict& verdict = attempt.verdict;
  const bool was_used = verdict.accepted && !verdict.repeated;
  if (!was_used || verdict.kind != FactorKind::recovery_codes) co_return Status{};
  const Factor& codes = subject.find(verdict.factor)->fixed;
  CS_CO_TRY(Told told, co_await notices_.write(MessageKind::recovery_code_used, subject, codes,
                                               attempt.entry));
  if (told.notices.empty()) co_return Status{};
  if (!attempt.aftermath) attempt.aftermath = std::make_unique<Aftermath>();
  std::move(told).leave_in(*attempt.aftermath);
  co_return Status{};
}

}  // namespace countersign
