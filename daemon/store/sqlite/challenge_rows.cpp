// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/challenge_rows.hpp"

namespace countersign::store::sqlite {
namespace {

std::unique_ptr<LoadedChallenge> challenge_of(const Statement& row) {
  auto loaded = std::make_unique<LoadedChallenge>();
  Challenge& challenge = loaded->row;
  challenge.id = ChallengeId{row.integer(0)};
  challenge.subject = SubjectId{row.integer(1)};
  challenge.factor = FactorId{row.integer(2)};
  challenge.kind = static_cast<FactorKind>(row.integer(3));
  challenge.purpose = static_cast<Purpose>(row.integer(4));
  const BytesView value = row.blob(5);
  challenge.value.assign(value.begin(), value.end());
  challenge.tries = static_cast<std::uint32_t>(row.integer(6));
  challenge.position = Position{row.integer(7)};
  challenge.created_at = from_milliseconds(row.integer(8));
  challenge.expires_at = from_milliseconds(row.integer(9));
  loaded->mac = row.fixed<32>(10);
  return loaded;
}

constexpr auto kAnswers =
    "SELECT count(*), coalesce(sum(outcome = 0), 0) FROM journal "
    "WHERE challenge = ? AND challenge <> 0";

constexpr auto kInsert = "INSERT INTO challenge VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
// Used or given up by too many tries, it never changes again. The journal has to tell of so many
// answers, none of them accepted: a row that was put back is true, and used.
constexpr auto kUpdate =
    "UPDATE challenge SET tries = ?1, position = ?2, mac = ?3 "
    "WHERE id = ?4 AND tries = ?5 AND position = -1 "
    "AND (SELECT count(*), coalesce(sum(outcome = 0), 0) FROM journal "
    "WHERE challenge = ?4 AND challenge <> 0) = (?5, 0)";
// More than are made at once, so that none is left over; few enough for everybody who waits.
constexpr auto kSweep =
    "DELETE FROM challenge WHERE id IN "
    "(SELECT id FROM challenge WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT 4)";
constexpr auto kReplace =
    "DELETE FROM challenge WHERE subject = ? AND factor = ? AND kind = ? AND purpose = ? "
    "AND position = -1 AND id <> ? RETURNING id";
// Questions to a key (kind 4) cost whoever starts them nothing: they take no code's place.
constexpr auto kDisplace =
    "DELETE FROM challenge WHERE id IN (SELECT id FROM challenge WHERE subject = ? "
    "AND (kind = 4) = (? = 4) ORDER BY expires_at_ms DESC, id LIMIT -1 OFFSET ?) RETURNING id";

}  // namespace

Result<ChallengeReads> ChallengeReads::open(Connection& connection) {
  ChallengeReads reads;
  CS_TRY(reads.challenge_, connection.prepare("SELECT * FROM challenge WHERE id = ?"));
  CS_TRY(reads.challenges_,
         connection.prepare("SELECT id FROM challenge WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.answers_, connection.prepare(kAnswers));
  return reads;
}

Result<std::unique_ptr<LoadedChallenge>> ChallengeReads::challenge(ChallengeId id) {
  const Rewind rewind{challenge_};
  const Result<bool> found = challenge_.start(id);
  // All zero: a forged one.
  if (!found && is_too_long(found.error())) return std::make_unique<LoadedChallenge>();
  if (!found) return found.error();
  if (!*found) return std::unique_ptr<LoadedChallenge>{};
  auto loaded = challenge_of(challenge_);
  const Rewind rewind_answers{answers_};
  CS_CHECK(answers_.start(id));
  loaded->answers = answers_.integer(0);
  loaded->acceptances = answers_.integer(1);
  return loaded;
}

Result<ChallengeWrites> ChallengeWrites::open(Connection& connection) {
  ChallengeWrites writes;
  CS_TRY(writes.insert_, connection.prepare(kInsert));
  CS_TRY(writes.update_, connection.prepare(kUpdate));
  CS_TRY(writes.sweep_, connection.prepare(kSweep));
  CS_TRY(writes.replace_, connection.prepare(kReplace));
  CS_TRY(writes.displace_, connection.prepare(kDisplace));
  return writes;
}

Result<Ids> ChallengeWrites::put(const NewChallenge& challenge) {
  const Challenge& row = challenge.row;
  CS_CHECK(sweep_.run(to_milliseconds(challenge.gone_by)));
  Ids given_up;
  if (challenge.replaces) {
    CS_TRY(given_up, ids(replace_, row.subject, row.factor, row.kind, row.purpose, row.id));
  }
  CS_TRY(const Ids displaced, ids(displace_, row.subject, row.kind, challenge.open_max - 1));
  given_up.insert(given_up.end(), displaced.begin(), displaced.end());
  CS_CHECK(one_row(insert_.run(row.id, row.subject, row.factor, row.kind, row.purpose, row.value,
                               row.tries, row.position, to_milliseconds(row.created_at),
                               to_milliseconds(row.expires_at), challenge.mac)));
  return given_up;
}

Status ChallengeWrites::put(const ChallengeChange& change) {
  const Challenge& row = change.row;
  return one_row(update_.run(row.tries, row.position, change.mac, row.id, change.tries_before));
}

}  // namespace countersign::store::sqlite
