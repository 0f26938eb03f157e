// SPDX-License-Identifier: Apache-2.0
// Challenges, which last minutes.
#include "daemon/store/records.hpp"

#include <cassert>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;
using Row = std::unique_ptr<LoadedChallenge>;

}  // namespace

awaitable<Status> Records::keep(Challenge challenge, std::size_t open_max,
                                std::unique_ptr<Message> message, JournalEntry entry) {
  assert(!message || message->challenge == challenge.id);
  const RowMac mac = mac_of(*key_, challenge);
  const Time gone_by = challenge.created_at - kChallengeGrace;
  sqlite::Change change;
  change.journalled = false;
  change.challenges = std::make_unique<sqlite::ChallengeRows>();
  change.challenges->fresh = sqlite::NewChallenge{.row = std::move(challenge),
                                                  .mac = mac,
                                                  .open_max = open_max,
                                                  .gone_by = gone_by,
                                                  .replaces = message != nullptr};
  if (message) {
    std::vector<Message> messages;
    messages.push_back(std::move(*message));
    add_messages(change, std::move(messages), entry);
  }
  co_return co_await write(change);
}

awaitable<Result<ChallengePtr>> Records::challenge(ChallengeId id) {
  auto read = [id](Statements& statements) { return statements.challenges.challenge(id); };
  CS_CO_TRY(const Row found, co_await reader_.ask<Row>(read));
  if (!found) co_return ChallengePtr{};
  if (authenticator_.is_true(*found) && is_as_told(*found)) {
    co_return std::make_shared<const Challenge>(found->row);
  }
  co_await report(Tampered::challenge);
  co_return Error{ErrorCode::corrupt, "store.challenge"};
}

}  // namespace countersign::store
