// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/subject_service.hpp"

#include "daemon/verify/circumstances.hpp"
#include "policies/authorise.hpp"
#include "policies/throttle.hpp"

namespace countersign {

awaitable<Result<SubjectPtr>> SubjectFinder::by_name(Peer peer, const SubjectName& name) {
  const CurrentPolicy policy = policy_;
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, name.realm.text()));
  CS_CO_TRY(const SubjectId id, co_await store_.identify(name));
  if (is_decoy(id)) co_return Error{ErrorCode::not_found, "subject.name"};
  co_return co_await store_.subject(id);
}

awaitable<Result<SubjectPtr>> SubjectFinder::by_factor(Peer peer, FactorId factor) {
  const CurrentPolicy policy = policy_;
  CS_CO_TRY(const SubjectId id, co_await store_.owner(factor));
  CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(id));
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text()));
  if (subject->find(factor) == nullptr) co_return Error{ErrorCode::not_found, "factor.id"};
  co_return subject;
}

JournalEntry SubjectService::entry(Peer peer, Event event) const {
  return {.at = clock_.now(), .event = event, .peer_uid = peer.uid};
}

awaitable<Result<Answer>> SubjectService::get(Peer peer, const GetSubject& ask) {
  co_return co_await report(peer, ask.name);
}

awaitable<Result<Answer>> SubjectService::suspend(Peer peer, const SuspendSubject& ask) {
  co_return co_await change_state(peer, ask.name, SubjectState::active, SubjectState::suspended,
                                  Event::subject_suspended);
}

awaitable<Result<Answer>> SubjectService::resume(Peer peer, const ResumeSubject& ask) {
  co_return co_await change_state(peer, ask.name, SubjectState::suspended, SubjectState::active,
                                  Event::subject_resumed);
}

awaitable<Result<Answer>> SubjectService::unlock(Peer peer, const UnlockSubject& ask) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  {
    CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
    JournalEntry record = entry(peer, Event::subject_unlocked);
    CS_CO_CHECK(co_await store_.unlock(subject, std::move(record)));
  }
  co_return co_await report(peer, ask.name);
}

awaitable<Result<Answer>> SubjectService::change_state(Peer peer, const SubjectName& name,
                                                       SubjectState from, SubjectState to,
                                                       Event event) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, name));
  {
    CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
    if (subject->fixed.state != from) co_return Error{ErrorCode::conflict, "subject.state"};
    JournalEntry record = entry(peer, event);
    CS_CO_CHECK(co_await store_.change(subject, to, std::move(record)));
  }
  co_return co_await report(peer, name);
}

awaitable<Result<Answer>> SubjectService::report(Peer peer, const SubjectName& name) {
  CS_CO_TRY(const SubjectPtr subject, co_await find_.by_name(peer, name));
  const CurrentPolicy policy = policy_;
  const policies::Policy& rules = policy->of(name.realm.text());
  const Budget& budget = subject->budget;
  SubjectReport report{.subject = subject->fixed,
                       .failures = budget.failures,
                       .failures_unfamiliar = budget.failures_unfamiliar};
  const policies::NotBefore not_before{budget.not_before, budget.not_before_unfamiliar};
  if (const auto shut = policies::closed(rules.throttle, verify::failures_of(budget), not_before,
                                         policies::Lane::unfamiliar, clock_.now())) {
    report.retry_after = shut->retry_after;
  }
  co_return Answer{std::move(report)};
}

}  // namespace countersign
