// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/ticket/repudiation.hpp"

#include "daemon/service/message/destinations.hpp"

#include <algorithm>

namespace countersign {
namespace {

bool is_active(const FactorRecord& record) { return record.fixed.state == FactorState::active; }

// What was added or changed, and, unless a factor was added, the password, without which nobody
// gets in before a reset.
bool is_to_suspend(const Factor& factor, const Ticket& ticket, MessageKind about) {
  if (factor.id == ticket.factor) return true;
  return factor.kind == FactorKind::password && about != MessageKind::factor_added;
}

// Where the person is reached now instead of where they were: the changed contact, or one that took
// its place since, for whoever changed it once may have done so twice.
const Factor* contact_now(const SubjectRecord& subject, FactorId changed) {
  const FactorRecord* told = subject.find(changed);
  if (told == nullptr || !is_contact(told->fixed.kind)) return nullptr;
  for (const FactorRecord& record : subject.factors) {
    if (record.fixed.kind == told->fixed.kind && is_active(record)) return &record.fixed;
  }
  return nullptr;
}

void add_once(std::vector<const Factor*>& all, const Factor& one) {
  if (std::ranges::find(all, &one) == all.end()) all.push_back(&one);
}

Factor first_of(const std::vector<const Factor*>& struck, FactorId changed) {
  for (const Factor* factor : struck) {
    if (factor->id == changed) return *factor;
  }
  return struck.empty() ? Factor{} : *struck.front();
}

}  // namespace

awaitable<Status> Repudiation::carry_out(const Ticket& ticket, SubjectPtr subject, Peer peer,
                                         const std::string& client_address) {
  const Time now = parts_.clock.now();
  Aftermath also;
  also.account.tickets.push_back({ticket, TicketState::spent});
  also.account.ends_all_but = SessionId{};
  CS_CO_CHECK(co_await end_ways_in(*subject, now, also));
  CS_CO_TRY(const std::vector<const Factor*> all, co_await struck(ticket, *subject));
  for (const Factor* factor : all) {
    also.factors.push_back(*factor);
    also.factors.back().state = FactorState::suspended;
  }
  Factor first = first_of(all, ticket.factor);
  if (!all.empty()) first.state = FactorState::suspended;
  JournalEntry entry{.at = now,
                     .event = Event::repudiated,
                     .peer_uid = peer.uid,
                     .subject = subject->fixed.id,
                     .factor = first.id,
                     .kind = first.kind,
                     .client_address = client_address};
  CS_CO_TRY(Told told, co_await notices_.write(MessageKind::suspended, *subject, first, entry));
  std::move(told).leave_in(also);
  const std::vector<Message> letters = also.notices;
  CS_CO_CHECK(
      co_await parts_.accounts.apply(std::move(subject), std::move(also), std::move(entry)));
  notices_.queued(letters);
  co_return Status{};
}

// All that is to be put out of use.
awaitable<Result<std::vector<const Factor*>>> Repudiation::struck(const Ticket& ticket,
                                                                  const SubjectRecord& subject) {
  if (ticket.details.size() != 1) co_return Error{ErrorCode::corrupt, "ticket.details"};
  const auto about = static_cast<MessageKind>(ticket.details.front());
  std::vector<const Factor*> all;
  for (const FactorRecord& record : subject.factors) {
    const bool is_one = is_active(record) && is_to_suspend(record.fixed, ticket, about);
    if (is_one) all.push_back(&record.fixed);
  }
  if (about != MessageKind::address_changed) co_return all;
  const Factor* contact = contact_now(subject, ticket.factor);
  if (contact != nullptr) CS_CO_CHECK(co_await add_reached_at(*contact, subject, all));
  co_return all;
}

// The contact, and the codes that go to the same place.
awaitable<Status> Repudiation::add_reached_at(const Factor& contact, const SubjectRecord& subject,
                                              std::vector<const Factor*>& all) {
  add_once(all, contact);
  const FactorKind channel = channel_of(contact.kind);
  CS_CO_TRY(const Destination place, co_await open_destination(parts_.hsm, contact));
  for (const FactorRecord& record : subject.factors) {
    const bool may_go_there = is_active(record) && record.fixed.kind == channel;
    if (!may_go_there) continue;
    CS_CO_TRY(const Destination its, co_await open_destination(parts_.hsm, record.fixed));
    if (its.text == place.text) add_once(all, record.fixed);
  }
  co_return Status{};
}

// The links that lead in: one to set the account up by, or to reset its password. They were sent to
// where the person is reached no longer.
awaitable<Status> Repudiation::end_ways_in(const SubjectRecord& subject, Time now,
                                           Aftermath& also) {
  CS_CO_TRY(const std::vector<Ticket> open,
            co_await parts_.accounts.open_tickets(subject.fixed.id, now));
  for (const Ticket& ticket : open) {
    const bool leads_in =
        ticket.purpose == TicketPurpose::activation || ticket.purpose == TicketPurpose::reset;
    if (leads_in) also.account.tickets.push_back({ticket, TicketState::superseded});
  }
  co_return Status{};
}

}  // namespace countersign
