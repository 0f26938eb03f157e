// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/open_ticket_service.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/service/session/promotion.hpp"
#include "daemon/service/ticket/links.hpp"
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
    attempt.also().account.begun.push_back(std::move(fresh.row));
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

// Until there is a password the link alone resumes an activation. One that was suspended is there
// all the same: whoever reads the mail could have had it suspended.
bool needs_password(const Ticket& ticket, const SubjectRecord& subject) {
  return ticket.purpose == TicketPurpose::activation &&
         subject.fixed.state == SubjectState::pending && is_set(subject, FactorKind::password);
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
  const CurrentPolicy policy = parts_.policy;
  const policies::Policy& rules = policy->of(subject->fixed.name.realm.text());
  switch (opening.ticket.purpose) {
    case TicketPurpose::activation:
      if (subject->fixed.state != SubjectState::pending) break;
      co_return co_await begin(opening, std::move(subject), SessionScope::activation);
    case TicketPurpose::reset:
      // Good while another one could be sent.
      if (recipient_of(*subject, TicketPurpose::reset, rules) == nullptr) break;
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
                     .kind = FactorKind::primary_email,
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

awaitable<Result<SessionVerdict>> OpenTicketService::repudiate(const Opening& opening,
                                                               SubjectPtr subject) {
  CS_CO_CHECK(co_await repudiation_.carry_out(opening.ticket, std::move(subject), opening.peer,
                                              opening.ask.client_address));
  co_return SessionVerdict{.verdict = {.accepted = true}, .session = {}};
}

}  // namespace countersign
