// SPDX-License-Identifier: Apache-2.0
// Challenges, which last minutes.
#include "base/log.hpp"
#include "daemon/store/records.hpp"

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;
using Row = std::unique_ptr<LoadedChallenge>;

// All challenges share their reports: their numbers are random.
constexpr std::int64_t kReportedChallenges = std::int64_t{1} << 56;
constexpr Error kNoOutbox{ErrorCode::unavailable, "store.outbox"};

}  // namespace

awaitable<Status> Records::keep(Challenge challenge, std::size_t open_max,
                                std::unique_ptr<Message> message, JournalEntry) {
  if (message) co_return kNoOutbox;
  const RowMac mac = mac_of(*key_, challenge);
  const Time gone_by = challenge.created_at - kChallengeGrace;
  sqlite::Change change;
  change.other_rows = std::make_unique<sqlite::OtherRows>();
  change.other_rows->new_challenge =
      sqlite::NewChallenge{std::move(challenge), mac, open_max, gone_by};
  change.journalled = false;
  co_return co_await write(change);
}

awaitable<Result<ChallengePtr>> Records::challenge(ChallengeId id) {
  auto read = [id](Statements& statements) { return statements.others.challenge(id); };
  CS_CO_TRY(const Row found, co_await reader_.ask<Row>(read));
  if (!found) co_return ChallengePtr{};
  if (authenticator_.is_true(*found)) co_return std::make_shared<const Challenge>(found->row);
  co_await report_tampered_challenge();
  co_return Error{ErrorCode::corrupt, "store.challenge"};
}

awaitable<Status> Records::queue(Message, JournalEntry) { co_return kNoOutbox; }
awaitable<Result<std::vector<Message>>> Records::messages(MessageId) { co_return kNoOutbox; }
awaitable<Result<std::optional<Message>>> Records::message(MessageId) { co_return kNoOutbox; }
awaitable<Status> Records::settle(Message, MessageState, JournalEntry) { co_return kNoOutbox; }
awaitable<Result<bool>> Records::is_familiar(SubjectId, const SourcePrint&) { co_return kNoOutbox; }

awaitable<void> Records::report_tampered_challenge() {
  if (!may_report(kReportedChallenges)) co_return;
  log::error("challenge_tampered");
  JournalEntry entry;
  entry.at = clock_.now();
  entry.event = Event::tampered;
  const Status written = co_await journal(std::move(entry));
  if (!written) log::error("tampering_not_journalled", written.error());
}

}  // namespace countersign::store
