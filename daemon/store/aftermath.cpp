// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/aftermath.hpp"

namespace countersign::store {
namespace {

// Tickets, sessions and challenges draw their numbers from one lot: 63 random bits.
ChallengeId place_of(TicketId id) { return ChallengeId{number(id)}; }
ChallengeId place_of(SessionId id) { return ChallengeId{number(id)}; }

// Records of their own, but for the first that the commit's own record is about.
class Told {
 public:
  Told(JournalEntry& entry, SubjectId subject) : entry_{entry}, subject_{subject} {}

  void say(Event event, ChallengeId id, std::uint64_t count, Reason outcome = Reason::none) {
    if (is_about(event) && outcome == entry_.outcome && entry_.challenge == ChallengeId{}) {
      entry_.challenge = id;
      entry_.count = count;
      return;
    }
    entries_.push_back({.at = entry_.at,
                        .event = event,
                        .peer_uid = entry_.peer_uid,
                        .subject = subject_,
                        .outcome = outcome,
                        .count = count,
                        .challenge = id,
                        .client_address = entry_.client_address});
  }
  std::vector<JournalEntry> take() { return std::move(entries_); }

 private:
  [[nodiscard]] bool is_about(Event event) const {
    const bool leaves = event == Event::session_ended && entry_.event == Event::signed_out;
    return leaves || event == entry_.event;
  }

  JournalEntry& entry_;
  SubjectId subject_;
  std::vector<JournalEntry> entries_;
};

std::uint64_t count_of(const Ticket& ticket) { return static_cast<std::uint64_t>(ticket.purpose); }

}  // namespace

void name_subject(Aftermath& aftermath, SubjectId subject) {
  AccountChange& change = aftermath.account;
  for (Message& notice : aftermath.notices) notice.subject = subject;
  for (Ticket& ticket : change.issued) ticket.subject = subject;
  for (Session& session : change.begun) session.subject = subject;
  if (change.kept) change.kept->subject = subject;
}

void name_factor(Aftermath& aftermath, FactorId factor) {
  AccountChange& change = aftermath.account;
  for (Message& notice : aftermath.notices) {
    if (notice.factor == kNewFactor) notice.factor = factor;
  }
  for (Ticket& ticket : change.issued) {
    if (ticket.factor == kNewFactor) ticket.factor = factor;
  }
  if (!change.kept) return;
  const bool is_new = change.kept->factor == kNewFactor || change.kept->factor == FactorId{};
  if (is_new) change.kept->factor = factor;
}

std::vector<JournalEntry> tell(JournalEntry& entry, SubjectId subject, const Aftermath& also) {
  const AccountChange& change = also.account;
  Told told{entry, subject};
  for (const AccountChange::TicketMove& move : change.tickets) {
    const Reason outcome = move.to == TicketState::spent ? Reason::none : Reason::expired;
    told.say(Event::ticket_spent, place_of(move.from.id), count_of(move.from), outcome);
  }
  for (const Ticket& ticket : change.issued) {
    told.say(Event::ticket_issued, place_of(ticket.id), count_of(ticket));
  }
  for (const Session& session : change.sessions) {
    if (session.state != SessionState::ended) continue;
    told.say(Event::session_ended, place_of(session.id), 1);
  }
  if (also.state == SubjectState::active) told.say(Event::activated, ChallengeId{}, 1);
  return told.take();
}

JournalEntry tell_superseded(const JournalEntry& entry, SubjectId subject, TicketId id,
                             TicketPurpose purpose) {
  return {.at = entry.at,
          .event = Event::ticket_spent,
          .peer_uid = entry.peer_uid,
          .subject = subject,
          .outcome = Reason::expired,
          .count = static_cast<std::uint64_t>(purpose),
          .challenge = place_of(id),
          .client_address = entry.client_address};
}

JournalEntry tell_ended(const JournalEntry& entry, SubjectId subject, SessionId id) {
  return {.at = entry.at,
          .event = Event::session_ended,
          .peer_uid = entry.peer_uid,
          .subject = subject,
          .challenge = place_of(id),
          .client_address = entry.client_address};
}

}  // namespace countersign::store
