// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/account/contacts.hpp"

#include "daemon/service/message/destinations.hpp"

namespace countersign {
namespace {

bool is_mailbox(FactorKind kind) {
  return kind == FactorKind::primary_email || kind == FactorKind::secondary_email;
}

bool resets(FactorKind kind) {
  return kind == FactorKind::primary_email || kind == FactorKind::reset_phone;
}

}  // namespace

awaitable<Result<const FactorRecord*>> Contacts::find_pending(const SubjectRecord& subject,
                                                              FactorKind kind,
                                                              const Destination& destination) {
  const FactorRecord* pending = nullptr;
  for (const FactorRecord& record : subject.factors) {
    const Factor& other = record.fixed;
    const bool concerns = other.kind == kind || (is_mailbox(kind) && is_mailbox(other.kind));
    if (!concerns || other.state == FactorState::revoked) continue;
    CS_CO_TRY(const Destination its, co_await open_destination(parts_.hsm, other));
    if (its.text != destination.text) continue;
    if (other.kind != kind) co_return Error{ErrorCode::conflict, "contact.other"};
    if (other.state != FactorState::pending) {
      co_return Error{ErrorCode::already_exists, "contact.same"};
    }
    pending = &record;
  }
  co_return pending;
}

const Factor* Contacts::primary(const SubjectRecord& subject) {
  for (const FactorRecord& record : subject.factors) {
    const Factor& factor = record.fixed;
    if (factor.kind != FactorKind::primary_email) continue;
    if (factor.state == FactorState::active) return &factor;
  }
  return nullptr;
}

awaitable<Status> Contacts::replace(const SubjectRecord& subject, const Factor& confirmed,
                                    const JournalEntry& change, Aftermath& also) {
  CS_CO_TRY(Told told,
            co_await notices_.write(MessageKind::address_changed, subject, confirmed, change));
  std::move(told).leave_in(also);
  for (const FactorRecord& record : subject.factors) {
    const Factor& former = record.fixed;
    const bool gives_way = former.kind == confirmed.kind && former.id != confirmed.id &&
                           former.state != FactorState::revoked;
    if (!gives_way) continue;
    const bool was_primary =
        former.kind == FactorKind::primary_email && former.state == FactorState::active;
    if (was_primary) CS_CO_CHECK(co_await move_codes(subject, former, confirmed, also));
    Factor& revoked = also.factors.emplace_back(former);
    revoked.state = FactorState::revoked;
  }
  if (resets(confirmed.kind)) CS_CO_CHECK(co_await end_resets(subject, change.at, also));
  co_return Status{};
}

// Links that lie in the old mailbox, and what was begun by them or by a code.
awaitable<Status> Contacts::end_resets(const SubjectRecord& subject, Time now, Aftermath& also) {
  const SubjectId id = subject.fixed.id;
  CS_CO_TRY(const std::vector<Ticket> open, co_await parts_.accounts.open_tickets(id, now));
  for (const Ticket& ticket : open) {
    if (ticket.purpose != TicketPurpose::reset) continue;
    also.account.tickets.push_back({ticket, TicketState::superseded});
  }
  CS_CO_TRY(const std::vector<Session> sessions, co_await parts_.accounts.sessions(id, now));
  for (const Session& session : sessions) {
    if (session.scope != SessionScope::reset) continue;
    Session& ended = also.account.sessions.emplace_back(session);
    ended.version = next(session.version);
    ended.state = SessionState::ended;
  }
  co_return Status{};
}

// Codes that went to the old primary address go to the new one, where its owner will look for them.
// Where they do so already the other way is closed: two would be good for twice as many guesses.
awaitable<Status> Contacts::move_codes(const SubjectRecord& subject, const Factor& from,
                                       const Factor& to, Aftermath& also) {
  CS_CO_TRY(const Destination before, co_await open_destination(parts_.hsm, from));
  CS_CO_TRY(const Destination after, co_await open_destination(parts_.hsm, to));
  const Factor* follows = nullptr;
  bool is_there = false;
  for (const FactorRecord& record : subject.factors) {
    const Factor& factor = record.fixed;
    if (factor.kind != FactorKind::email || factor.state != FactorState::active) continue;
    CS_CO_TRY(const Destination its, co_await open_destination(parts_.hsm, factor));
    if (its.text == before.text) follows = &factor;
    is_there = is_there || its.text == after.text;
  }
  if (follows == nullptr) co_return Status{};
  Factor& moved = also.factors.emplace_back(*follows);
  if (is_there) {
    moved.state = FactorState::revoked;
  } else {
    moved.sealed = to.sealed;
  }
  co_return Status{};
}

}  // namespace countersign
