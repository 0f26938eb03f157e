// SPDX-License-Identifier: Apache-2.0
#include "tests/support/world.hpp"

namespace countersign::test {

awaitable<Result<std::optional<Ticket>>> World::ticket(TicketId) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<Ticket>>> World::open_tickets(SubjectId, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<Time>>> World::issued(SubjectId, TicketPurpose, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::optional<Session>>> World::session(SessionId) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<Session>>> World::sessions(SubjectId, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> World::seen(Session, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<Profile>> World::profile(SubjectId) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::optional<PendingSecret>>> World::pending_secret(FactorId, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> World::apply(SubjectPtr, Aftermath, JournalEntry) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> World::apply(SubjectId, AccountChange) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<SubjectId>> World::create_account(const SubjectName&, SubjectState,
                                                   std::vector<Factor>, Aftermath, JournalEntry) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> World::erase(SubjectPtr, std::string, JournalEntry) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<JournalLine>>> World::activity(SubjectId, std::uint64_t) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<JournalLine>>> World::journal_lines(std::uint64_t, Time,
                                                                 std::uint32_t) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

}  // namespace countersign::test
