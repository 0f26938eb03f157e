// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/recovery_notice.hpp"

namespace countersign {
namespace {

bool was_used(const Verdict& verdict) {
  return verdict.accepted && !verdict.repeated && verdict.kind == FactorKind::recovery_codes;
}

}  // namespace

bool RecoveryNotice::follows(const Attempt& attempt) const {
  return was_used(attempt.verdict) || (next_ != nullptr && next_->follows(attempt));
}

awaitable<Status> RecoveryNotice::add(const SubjectRecord& subject, Attempt& attempt) {
  CS_CO_CHECK(co_await tell(subject, attempt));
  if (next_ != nullptr) CS_CO_CHECK(co_await next_->add(subject, attempt));
  co_return Status{};
}

awaitable<Status> RecoveryNotice::tell(const SubjectRecord& subject, Attempt& attempt) {
  const Verdict& verdict = attempt.verdict;
  if (!was_used(verdict)) co_return Status{};
  const Factor& codes = subject.find(verdict.factor)->fixed;
  CS_CO_TRY(Told told, co_await notices_.write(MessageKind::recovery_code_used, subject, codes,
                                               attempt.entry));
  if (told.notices.empty()) co_return Status{};
  std::move(told).leave_in(attempt.also());
  co_return Status{};
}

}  // namespace countersign
