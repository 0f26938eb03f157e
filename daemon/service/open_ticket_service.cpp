// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/open_ticket_service.hpp"

#include "daemon/service/promotion.hpp"
#include "daemon/service/standing.hpp"
#include "policies/authorise.hpp"

namespace countersign {
namespace {

SessionVerdict rejected(Reason reason) { return {.verdict = {.reason = reason}, .session = {}}; }

// The password was right, and the link is good still: a session begins.
class ActivationResumed final : public Afterwards {
 public:
  ActivationResumed(const Parts& parts, Session draft)
      : parts_{parts}, sessions_{parts}, draft_{std::move(draft)} {}

  awaitable<Status> add(const SubjectRecord& subject, Attempt& attempt) override {
    session_ = SecretBytes{};
    if (!attempt.verdict.accepted) co_return Status{};
    const Time now = attempt.entry.at;
    CS_CO_TRY(const std::optional<Ticket> kept, co_await parts_.accounts.ticket(draft_.ticket));
    const bool is_good = kept && condition_of(*kept, now) == TicketCondition::open;
    if (!is_good) co_return Error{ErrorCode::conflict, "ticket.state"};
    Session draft = draft_;
    draft.proof = with_proof_of({}, FactorKind::password, now);
    CS_CO_TRY(FreshSession fresh, co_await sessions_.fresh(std::move(draft), subject, now));
    if (!attempt.aftermath) attempt.aftermath = std::make_unique<Aftermath>();
    attempt.aftermath->account.begun.push_back(std::move(fresh.row));
    session_ = std::move(fresh.text);
    co_return Status{};
  }

  [[nodiscard]] SecretBytes take_session() { return std::move(session_); }

 private:
  const Parts& parts_;
  Sessions sessions_;
  Session draft_;
  SecretBytes session_;
};

// Until there is a password the link alone resumes an activation.
bool needs_password(const Ticket& ticket, const SubjectRecord& subject) {
  return ticket.purpose == TicketPurpose::activation &&
         subject.fixed.state == SubjectState::pending &&
         active_factor(subject, FactorKind::password) != nullptr;
}

// What has to be put out of use: what was added or changed, and, unless a factor was added, the
// password, without which nobody gets in before a reset.
bool is_to_suspend(const Factor& factor, const Ticket& ticket, MessageKind about) {
  if (factor.state != FactorState::active) return false;
  if (factor.id == ticket.factor) return true;
  return factor.kind == FactorKind::password && about != MessageKind::factor_added;
}

}  // namespace

awaitable<Result<TicketOpened>> OpenTicketService::open(Peer peer, const RequestId& id,
                                                        const OpenTicket& ask) {
  CS_CO_TRY(const std::optional<Ticket> ticket, co_await tickets_.find(ask.ticket));
  const bool is_good = ticket && !is_decoy(ticket->subject) &&
                       condition_of(*ticket, parts_.clock.now()) == TicketCondition::open;
  if (!is_good) co_return TicketOpened{.outcome = rejected(Reason::expired)};
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(ticket->subject));
  const CurrentPolicy policy = parts_.policy;
  CS_CO_CHECK(policies::authorise_realm(*policy, peer, subject->fixed.name.realm.text()));

  const Opening opening{peer, id, ask, *ticket};
  CS_CO_TRY(SessionVerdict outcome, co_await use(opening));
  TicketOpened opened{.outcome = std::move(outcome)};
  if (opened.outcome.verdict.accepted) {
    opened.purpose = ticket->purpose;
    opened.subject = subject->fixed.name;
  }
  co_return opened;
}

awaitable<Result<SessionVerdict>> OpenTicketService::use(const Opening& opening) {
  {
    CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(opening.ticket.subject));
    for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
      CS_CO_TRY(SubjectPtr subject, co_await parts_.store.subject(opening.ticket.subject));
      if (needs_password(opening.ticket, *subject)) break;
      Result<SessionVerdict> used = co_await use_alone(opening, std::move(subject));
      if (used || used.error().code != ErrorCode::conflict) co_return used;
      // Another writer was first. Ours begins again.
      if (conflicts + 1 == kConflictsMax) co_return Error{ErrorCode::conflict, "ticket.conflicts"};
    }
  }
  // An attempt takes a turn of its own.
  co_return co_await activate_with_password(opening);
}

awaitable<Result<SessionVerdict>> OpenTicketService::use_alone(const Opening& opening,
                                                               SubjectPtr subject) {
  const SubjectState state = subject->fixed.state;
  switch (opening.ticket.purpose) {
    case TicketPurpose::activation:
      if (state != SubjectState::pending) break;
      co_return co_await begin(opening, std::move(subject), SessionScope::activation);
    case TicketPurpose::reset:
      if (state != SubjectState::active) break;
      co_return co_await begin(opening, std::move(subject), SessionScope::reset);
    case TicketPurpose::repudiation:
      co_return co_await repudiate(opening, std::move(subject));
    case TicketPurpose::hand_over:
      break;
  }
  co_return rejected(Reason::expired);
}

Session OpenTicketService::draft_of(const Opening& opening, SessionScope scope) const {
  return {.scope = scope,
          .ticket = opening.ticket.id,
          .source = parts_.outbox.prints.print(opening.ask.client_address, opening.peer.uid),
          .user_agent = opening.ask.user_agent};
}

// By the link alone. It stays as it is: it is spent by what the session leads to.
awaitable<Result<SessionVerdict>> OpenTicketService::begin(const Opening& opening,
                                                           SubjectPtr subject, SessionScope scope) {
  const Time now = parts_.clock.now();
  const bool resets = scope == SessionScope::reset;
  CS_CO_TRY(const std::optional<Ticket> kept, co_await parts_.accounts.ticket(opening.ticket.id));
  const bool is_good = kept && condition_of(*kept, now) == TicketCondition::open;
  if (!is_good) co_return rejected(Reason::expired);
  CS_CO_TRY(FreshSession fresh, co_await sessions_.fresh(draft_of(opening, scope), *subject, now));
  Aftermath also;
  also.account.begun.push_back(std::move(fresh.row));
  JournalEntry entry{.at = now,
                     .event = resets ? Event::reset_proven : Event::sign_in,
                     .peer_uid = opening.peer.uid,
                     .subject = subject->fixed.id,
                     .failures = subject->budget.failures,
                     .kind = FactorKind::primary_email,
                     .failures_unfamiliar = subject->budget.failures_unfamiliar,
                     .client_address = opening.ask.client_address};
  CS_CO_CHECK(
      co_await parts_.accounts.apply(std::move(subject), std::move(also), std::move(entry)));
  SessionVerdict begun{.verdict = {.accepted = true}, .session = std::move(fresh.text)};
  begun.verdict.kind = FactorKind::primary_email;
  co_return begun;
}

// Link and password: from the password on, whoever reads the mail alone gets nowhere.
awaitable<Result<SessionVerdict>> OpenTicketService::activate_with_password(
    const Opening& opening) {
  if (opening.ask.password.size() == 0) co_return rejected(Reason::wrong_code);
  const verify::TypedSecret typed{FactorKind::password, opening.ask.password};
  const Question question{.event = Event::reauthenticated,
                          .subject = opening.ticket.subject,
                          .factor = {},
                          .secret = &typed,
                          .client_address = opening.ask.client_address};
  ActivationResumed resumed{parts_, draft_of(opening, SessionScope::activation)};
  CS_CO_TRY(const Verdict verdict,
            co_await attempts_.evaluate(opening.peer, opening.id, question, &resumed));
  co_return SessionVerdict{verdict, resumed.take_session()};
}

// "This was not me": what was changed is put out of use, everybody is signed out and told.
awaitable<Result<SessionVerdict>> OpenTicketService::repudiate(const Opening& opening,
                                                               SubjectPtr subject) {
  const Ticket& ticket = opening.ticket;
  const Time now = parts_.clock.now();
  if (ticket.details.size() != 1) co_return Error{ErrorCode::corrupt, "ticket.details"};
  const auto about = static_cast<MessageKind>(ticket.details.front());
  Aftermath also;
  also.account.tickets.push_back({ticket, TicketState::spent});
  also.account.ends_all_but = SessionId{};
  Factor first;
  for (const FactorRecord& record : subject->factors) {
    if (!is_to_suspend(record.fixed, ticket, about)) continue;
    Factor& suspended = also.factors.emplace_back(record.fixed);
    suspended.state = FactorState::suspended;
    if (number(first.id) == 0 || record.fixed.id == ticket.factor) first = suspended;
  }
  JournalEntry entry{.at = now,
                     .event = Event::repudiated,
                     .peer_uid = opening.peer.uid,
                     .subject = subject->fixed.id,
                     .factor = first.id,
                     .failures = subject->budget.failures,
                     .kind = first.kind,
                     .failures_unfamiliar = subject->budget.failures_unfamiliar,
                     .client_address = opening.ask.client_address};
  CS_CO_TRY(Told told, co_await notices_.write(MessageKind::suspended, *subject, first, entry));
  std::move(told).leave_in(also);
  const std::vector<Message> letters = also.notices;
  CS_CO_CHECK(
      co_await parts_.accounts.apply(std::move(subject), std::move(also), std::move(entry)));
  notices_.queued(letters);
  co_return SessionVerdict{.verdict = {.accepted = true}, .session = {}};
}

}  // namespace countersign
