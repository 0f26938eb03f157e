// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/ticket_service.hpp"

#include "daemon/service/gate/standing.hpp"
#include "daemon/service/session/sessions.hpp"
#include "policies/authorise.hpp"

namespace countersign {
namespace {

Bytes details_of(const SessionProof& proof) {
  Bytes details;
  Writer{details}
      .integer(to_milliseconds(proof.password_at))
      .integer(to_milliseconds(proof.factor_at))
      .integer(to_milliseconds(proof.question_at))
      .integer(proof.kinds);
  return details;
}

Result<SessionProof> proof_from(BytesView details) {
  Reader reader{details};
  SessionProof proof;
  proof.password_at = from_milliseconds(reader.integer<std::int64_t>());
  proof.factor_at = from_milliseconds(reader.integer<std::int64_t>());
  proof.question_at = from_milliseconds(reader.integer<std::int64_t>());
  proof.kinds = reader.integer<std::uint32_t>();
  if (!reader.whole()) return Error{ErrorCode::corrupt, "ticket.details"};
  return proof;
}

// "This was not me": to what.
std::optional<MessageKind> about(const Ticket& ticket) {
  if (ticket.purpose != TicketPurpose::repudiation || ticket.details.empty()) return std::nullopt;
  return static_cast<MessageKind>(ticket.details.front());
}

}  // namespace

awaitable<Result<Answer>> TicketService::inspect(const Visit& visit, const InspectTicket& ask) {
  CS_CO_TRY(const std::optional<Ticket> ticket, co_await tickets_.find(ask.ticket));
  TicketReport report;
  if (!ticket || ticket->purpose == TicketPurpose::hand_over || is_decoy(ticket->subject)) {
    co_return Answer{std::move(report)};
  }
  CS_CO_TRY(const SubjectPtr subject, co_await parts_.store.subject(ticket->subject));
  const CurrentPolicy policy = parts_.policy;
  const std::string& realm = subject->fixed.name.realm.text();
  if (!policies::authorise_realm(*policy, visit.peer, realm)) {
    co_return Answer{std::move(report)};
  }
  const bool activates = ticket->purpose == TicketPurpose::activation;
  report.condition = condition_of(*ticket, parts_.clock.now());
  report.account_is_active = activates && subject->fixed.state == SubjectState::active;
  if (report.condition == TicketCondition::spent) co_return Answer{std::move(report)};
  report.purpose = ticket->purpose;
  report.subject = subject->fixed.name;
  report.expires_at = ticket->expires_at;
  report.password_needed = activates && is_set(*subject, FactorKind::password);
  report.about = about(*ticket);
  co_return Answer{std::move(report)};
}

awaitable<Result<Answer>> TicketService::issue_hand_over(const Visit& visit) {
  const Session& session = *visit.session;
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(session.subject));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_TRY(SubjectPtr subject, co_await parts_.store.subject(session.subject));
    const Realm& realm = subject->fixed.name.realm;
    const CurrentPolicy policy = parts_.policy;
    const policies::Policy& rules = policy->of(realm.text());
    const Time now = parts_.clock.now();
    Ticket draft{.purpose = TicketPurpose::hand_over,
                 .subject = session.subject,
                 .session = session.id,
                 .details = details_of(session.proof),
                 .created_at = now,
                 .expires_at = now + rules.session.hand_over_lifetime};
    CS_CO_TRY(IssuedTicket issued, co_await tickets_.fresh(std::move(draft), realm));
    CS_CO_TRY(Aftermath aftermath, co_await superseding(session, now));
    aftermath.account.issued.push_back(std::move(issued.row));
    JournalEntry entry{.at = now,
                       .event = Event::ticket_issued,
                       .peer_uid = visit.peer.uid,
                       .subject = session.subject,
                       .count = static_cast<std::uint64_t>(TicketPurpose::hand_over)};
    const Status applied =
        co_await parts_.accounts.apply(std::move(subject), std::move(aftermath), std::move(entry));
    if (applied) {
      co_return Answer{HandOver{std::move(issued.text), rules.account.portal_url,
                                rules.session.hand_over_lifetime}};
    }
    if (applied.error().code != ErrorCode::conflict) co_return applied.error();
    // Another writer was first. We look again.
  }
  co_return Error{ErrorCode::conflict, "ticket.conflicts"};
}

// One session hands over once at a time.
awaitable<Result<Aftermath>> TicketService::superseding(const Session& session, Time now) {
  CS_CO_TRY(const std::vector<Ticket> open,
            co_await parts_.accounts.open_tickets(session.subject, now));
  Aftermath aftermath;
  for (const Ticket& ticket : open) {
    const bool gives_way =
        ticket.purpose == TicketPurpose::hand_over && ticket.session == session.id;
    if (gives_way) aftermath.account.tickets.push_back({ticket, TicketState::superseded});
  }
  co_return aftermath;
}

awaitable<Result<Answer>> TicketService::redeem_hand_over(const Visit& visit,
                                                          const RedeemHandOver& ask) {
  CS_CO_TRY(const std::optional<Ticket> found, co_await tickets_.find(ask.ticket));
  if (!found || is_decoy(found->subject)) co_return Answer{HandOverReport{}};
  CS_CO_TRY(const Turns::Turn turn, co_await parts_.turns.take(found->subject));
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    // Whoever had the turn before us may have used it up.
    CS_CO_TRY(const std::optional<Ticket> ticket, co_await parts_.accounts.ticket(found->id));
    CS_CO_TRY(SubjectPtr subject, co_await parts_.store.subject(found->subject));
    const Time now = parts_.clock.now();
    CS_CO_TRY(const bool redeemable, co_await is_redeemable(visit.peer, ticket, *subject, now));
    if (!redeemable) co_return Answer{HandOverReport{}};
    CS_CO_TRY(const SessionProof proof, proof_from(ticket->details));
    const CurrentPolicy policy = parts_.policy;
    const policies::Policy& rules = policy->of(subject->fixed.name.realm.text());
    HandOverReport report{.accepted = true,
                          .subject = subject->fixed.name,
                          .proof = proof,
                          .level = level_of(proof, rules)};
    Aftermath aftermath;
    aftermath.account.tickets.push_back({*ticket, TicketState::spent});
    JournalEntry entry{.at = now,
                       .event = Event::handed_over,
                       .peer_uid = visit.peer.uid,
                       .subject = ticket->subject,
                       .challenge = ChallengeId{number(ticket->id)}};
    const Status applied =
        co_await parts_.accounts.apply(std::move(subject), std::move(aftermath), std::move(entry));
    if (applied) co_return Answer{std::move(report)};
    if (applied.error().code != ErrorCode::conflict) co_return applied.error();
    // Another writer was first. We look again.
  }
  co_return Error{ErrorCode::conflict, "ticket.conflicts"};
}

// In time, for a peer of that realm, for somebody who is still signed in.
awaitable<Result<bool>> TicketService::is_redeemable(Peer peer, const std::optional<Ticket>& ticket,
                                                     const SubjectRecord& subject, Time now) {
  const std::string& realm = subject.fixed.name.realm.text();
  const CurrentPolicy policy = parts_.policy;
  const bool in_time = ticket && ticket->purpose == TicketPurpose::hand_over &&
                       condition_of(*ticket, now) == TicketCondition::open;
  const bool may = subject.fixed.state == SubjectState::active &&
                   policies::authorise_realm(*policy, peer, realm);
  if (!in_time || !may) co_return false;
  CS_CO_TRY(const std::optional<Session> session,
            co_await parts_.accounts.session(ticket->session));
  co_return session&& is_alive(*session, policy->of(realm).session, now);
}

}  // namespace countersign
