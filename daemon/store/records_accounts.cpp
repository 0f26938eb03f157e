// SPDX-License-Identifier: Apache-2.0
// Tickets, sessions and profiles.
#include "daemon/store/records.hpp"

namespace countersign::store {

awaitable<Result<std::optional<Ticket>>> Records::ticket(TicketId) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<Ticket>>> Records::open_tickets(SubjectId, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<Time>>> Records::issued(SubjectId, TicketPurpose, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::optional<Session>>> Records::session(SessionId) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<Session>>> Records::sessions(SubjectId, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> Records::seen(Session, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<SealedProfile>> Records::profile(SubjectId) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::optional<PendingSecret>>> Records::pending_secret(FactorId, Time) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> Records::apply(SubjectPtr, Aftermath, JournalEntry) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> Records::apply(SubjectId, AccountChange) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> Records::create_account(Subject, std::vector<Factor>, Aftermath, JournalEntry) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Status> Records::erase(SubjectPtr, std::string, JournalEntry) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<JournalLine>>> Records::activity(SubjectId, std::uint64_t) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

awaitable<Result<std::vector<JournalLine>>> Records::journal_lines(std::uint64_t, Time,
                                                                   std::uint32_t) {
  co_return Error{ErrorCode::unavailable, "store.unwired"};
}

}  // namespace countersign::store
