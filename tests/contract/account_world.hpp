// SPDX-License-Identifier: Apache-2.0
// A store with accounts, with one-line verbs for what tests do to it.
#pragma once

#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace countersign::test {

class AccountWorld : public testing::TestWithParam<MakeBackend> {
 protected:
  [[nodiscard]] Ticket ticket(std::int64_t id, SubjectId subject = SubjectId{1},
                              TicketPurpose purpose = TicketPurpose::reset) const {
    Ticket ticket{.id = TicketId{id},
                  .purpose = purpose,
                  .subject = subject,
                  .created_at = world_.clock.time,
                  .expires_at = world_.clock.time + std::chrono::hours{7 * 24}};
    ticket.mac.fill(std::byte{0x71});
    ticket.details = Bytes(20, std::byte{0xde});
    return ticket;
  }
  [[nodiscard]] Session session(std::int64_t id, SubjectId subject = SubjectId{1}) const {
    Session session{.id = SessionId{id},
                    .version = Version{1},
                    .subject = subject,
                    .scope = SessionScope::account,
                    .user_agent = "Firefox",
                    .created_at = world_.clock.time,
                    .seen_at = world_.clock.time,
                    .expires_at = world_.clock.time + std::chrono::hours{12}};
    session.mac.fill(std::byte{0x5e});
    session.source.fill(std::byte{0x50});
    session.proof = {.password_at = world_.clock.time, .kinds = bit_of(FactorKind::password)};
    return session;
  }
  // As it shall be: at its next version.
  [[nodiscard]] static Session ended(Session session) {
    session.state = SessionState::ended;
    session.version = next(session.version);
    return session;
  }

  Status apply(const SubjectPtr& from, AccountChange change, Event event = Event::profile_changed) {
    Aftermath aftermath;
    aftermath.account = std::move(change);
    return world_.run(world_.store->apply(from, std::move(aftermath), world_.entry(event)));
  }
  Status apply(AccountChange change, Event event = Event::profile_changed) {
    return apply(world_.load("alice"), std::move(change), event);
  }
  Status issue(Ticket ticket) {
    AccountChange change;
    change.issued.push_back(std::move(ticket));
    return apply(std::move(change));
  }
  Status move(Ticket from, TicketState to) {
    AccountChange change;
    change.tickets.push_back({std::move(from), to});
    return apply(std::move(change), Event::reset_proven);
  }
  Status begin(Session session) {
    AccountChange change;
    change.begun.push_back(std::move(session));
    return apply(std::move(change), Event::sign_in);
  }
  Status put(Session session) {
    AccountChange change;
    change.sessions.push_back(std::move(session));
    return apply(std::move(change), Event::reauthenticated);
  }

  Result<std::optional<Ticket>> find(TicketId id) { return world_.run(world_.store->ticket(id)); }
  Result<std::optional<Session>> find(SessionId id) {
    return world_.run(world_.store->session(id));
  }
  std::vector<std::int64_t> open_tickets(SubjectId subject = SubjectId{1}) {
    std::vector<std::int64_t> ids;
    const auto found = world_.run(world_.store->open_tickets(subject, world_.clock.time));
    for (const Ticket& one : *found) ids.push_back(number(one.id));
    return ids;
  }
  std::vector<std::int64_t> sessions(SubjectId subject = SubjectId{1}) {
    std::vector<std::int64_t> ids;
    const auto found = world_.run(world_.store->sessions(subject, world_.clock.time));
    for (const Session& one : *found) ids.push_back(number(one.id));
    return ids;
  }
  // What the journal tells last, the newest first.
  std::vector<Event> events() {
    std::vector<Event> events;
    const auto lines = world_.run(world_.store->activity(SubjectId{1}, 0));
    for (const JournalLine& line : *lines) events.push_back(line.entry.event);
    return events;
  }
  std::vector<JournalLine> lines(std::uint64_t after = 0, Time since = Time{},
                                 std::uint32_t max = 1000) {
    return *world_.run(world_.store->journal_lines(after, since, max));
  }

  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};
};

}  // namespace countersign::test
