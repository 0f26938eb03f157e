// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/subject_service.hpp"

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
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  {
    CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
    const bool is_active = subject->fixed.state == SubjectState::active;
    if (!is_active) co_return Error{ErrorCode::conflict, "subject.state"};
    JournalEntry record = entry(peer, Event::subject_suspended);
    CS_CO_CHECK(co_await write_suspended(subject, std::move(record)));
  }
  co_return co_await report(peer, ask.name);
}

// What says "this was not me" stays good: its owner needs it all the more.
awaitable<Status> SubjectService::write_suspended(SubjectPtr subject, JournalEntry record) {
  const SubjectId id = subject->fixed.id;
  CS_CO_TRY(const std::vector<Ticket> open, co_await accounts_.open_tickets(id, record.at));
  Aftermath also;
  also.state = SubjectState::suspended;
  also.account.ends_all_but = SessionId{};
  for (const Ticket& ticket : open) {
    const bool leads_in = ticket.purpose != TicketPurpose::repudiation;
    if (leads_in) also.account.tickets.push_back({ticket, TicketState::superseded});
  }
  record.subject = id;
  co_return co_await accounts_.apply(std::move(subject), std::move(also), std::move(record));
}

awaitable<Result<Answer>> SubjectService::resume(Peer peer, const ResumeSubject& ask) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  {
    CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
    CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
    const bool is_suspended = subject->fixed.state == SubjectState::suspended;
    if (!is_suspended) co_return Error{ErrorCode::conflict, "subject.state"};
    JournalEntry record = entry(peer, Event::subject_resumed);
    CS_CO_CHECK(co_await store_.change(subject, SubjectState::active, std::move(record)));
  }
  co_return co_await report(peer, ask.name);
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
