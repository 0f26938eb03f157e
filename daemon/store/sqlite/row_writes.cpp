// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/row_writes.hpp"

namespace countersign::store::sqlite {
namespace {

// The subject's version is compared in the same statement as the factor's: the usual acceptance
// is this one update and its journal record.
constexpr auto kUpdateMotion =
    "UPDATE motion SET version = ?, position = ?, drift = ?, failures = ?, "
    "failures_unfamiliar = ?, request_tag = ?, accepted_at_ms = ?, timestamp = ?, mac = ? "
    "WHERE factor = ? AND version = ? "
    "AND coalesce((SELECT version FROM budget WHERE subject = ?), 0) = ?";
constexpr auto kInsertMotion =
    "INSERT INTO motion(version, position, drift, failures, failures_unfamiliar, request_tag, "
    "accepted_at_ms, timestamp, mac, factor) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING";
// Not when a token in stock bears its public id: whose OTPs would they be when that is given away?
constexpr auto kInsertFactor =
    "INSERT INTO factor SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14 "
    "WHERE ?3 <> 3 OR NOT EXISTS "
    "(SELECT 1 FROM token WHERE public_id = ?6 AND public_id <> '' AND kind = 3)";
constexpr auto kUpdateBudget =
    "UPDATE budget SET version = ?, failures = ?, failures_unfamiliar = ?, not_before_ms = ?, "
    "not_before_unfamiliar_ms = ?, throttled = ?, mac = ? WHERE subject = ? AND version = ?";
constexpr auto kInsertBudget =
    "INSERT INTO budget(version, failures, failures_unfamiliar, not_before_ms, "
    "not_before_unfamiliar_ms, throttled, mac, subject) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

bool has_rows_beside(const Change& change) {
  return change.client || change.tokens || change.challenges || change.messages || change.source ||
         change.account;
}

}  // namespace

Result<RowWrites> RowWrites::open(Connection& connection, const HmacKey& key) {
  CS_TRY(MessageWrites messages, MessageWrites::open(connection, key));
  RowWrites writes{std::move(messages)};
  CS_TRY(writes.clients_, ClientWrites::open(connection));
  CS_TRY(writes.tokens_, TokenWrites::open(connection));
  CS_TRY(writes.challenges_, ChallengeWrites::open(connection));
  CS_TRY(writes.sources_, SourceWrites::open(connection));
  CS_TRY(writes.accounts_, AccountWrites::open(connection));
  CS_TRY(writes.subject_version_,
         connection.prepare("SELECT version FROM budget WHERE subject = ?"));
  CS_TRY(writes.insert_subject_,
         connection.prepare("INSERT INTO subject VALUES(?, ?, ?, ?, ?, ?)"));
  CS_TRY(writes.update_subject_,
         connection.prepare("UPDATE subject SET state = ?, mac = ? WHERE id = ?"));
  CS_TRY(writes.bury_subject_,
         connection.prepare("UPDATE subject SET username = ?, state = ?, mac = ? WHERE id = ?"));
  CS_TRY(writes.insert_factor_, connection.prepare(kInsertFactor));
  CS_TRY(writes.update_factor_,
         connection.prepare("UPDATE factor SET state = ?, label = ?, public_id = ?, serial = ?, "
                            "sealed = ?, created_at_ms = ?, mac = ? WHERE id = ?"));
  CS_TRY(writes.insert_motion_, connection.prepare(kInsertMotion));
  CS_TRY(writes.update_motion_, connection.prepare(kUpdateMotion));
  CS_TRY(writes.insert_budget_, connection.prepare(kInsertBudget));
  CS_TRY(writes.update_budget_, connection.prepare(kUpdateBudget));
  return writes;
}

bool RowWrites::is_single(const Change& change) {
  const bool others = change.subject_row || !change.factor_rows.empty() || has_rows_beside(change);
  return !others && change.moves.size() + (change.budget ? 1 : 0) <= 1;
}

// The budget comes last: until then the rows compare themselves with the version that it had.
Status RowWrites::write(Change& change) {
  const bool compares = change.moves.size() == 1 && number(change.moves[0].before) != 0;
  if (!compares && !change.budget) CS_CHECK(compare_subject(change));
  // A token goes before the factor comes that it becomes: whoever was late finds it gone.
  if (has_rows_beside(change)) CS_CHECK(write_beside(change));
  if (change.subject_row) CS_CHECK(put(*change.subject_row));
  for (const FactorChange& row : change.factor_rows) CS_CHECK(put(row));
  for (const MotionChange& move : change.moves) CS_CHECK(put(change, move));
  if (change.budget) return put(change.subject, *change.budget);
  return {};
}

Status RowWrites::write_beside(Change& change) {
  if (change.client) CS_CHECK(clients_.put(*change.client));
  if (change.tokens) CS_CHECK(tokens_.put(*change.tokens));
  if (change.challenges && change.challenges->fresh) CS_CHECK(put(*change.challenges->fresh));
  if (change.challenges && change.challenges->answered) {
    CS_CHECK(challenges_.put(*change.challenges->answered));
  }
  if (change.messages) CS_CHECK(messages_.put(*change.messages));
  if (change.source) CS_CHECK(sources_.put(*change.source));
  if (change.account) return accounts_.put(*change.account, change.record.entry);
  return {};
}

Status RowWrites::put(const NewChallenge& challenge) {
  CS_TRY(const Ids given_up, challenges_.put(challenge));
  for (const std::int64_t id : given_up) CS_CHECK(messages_.supersede(ChallengeId{id}));
  return {};
}

Status RowWrites::compare_subject(const Change& change) {
  if (number(change.subject) == 0) return {};
  const Rewind rewind{subject_version_};
  CS_TRY(const bool found, subject_version_.start(change.subject));
  const auto version = Version{found ? static_cast<std::uint64_t>(subject_version_.integer(0)) : 0};
  if (version != change.subject_version) return Error{ErrorCode::conflict, "store.version"};
  return {};
}

Status RowWrites::put(const SubjectChange& change) {
  const Subject& row = change.row;
  if (change.grave) {
    return one_row(bury_subject_.run(*change.grave, row.state, change.mac, row.id));
  }
  if (!change.fresh) return one_row(update_subject_.run(row.state, change.mac, row.id));
  return one_row(insert_subject_.run(row.id, row.name.realm.text(), row.name.username.text(),
                                     row.state, to_milliseconds(row.created_at), change.mac));
}

Status RowWrites::put(const FactorChange& change) {
  const Factor& row = change.row;
  if (!change.fresh) {
    return one_row(update_factor_.run(row.state, row.label, row.public_id, row.serial, row.sealed,
                                      to_milliseconds(row.created_at), change.mac, row.id));
  }
  CS_TRY(const int inserted,
         insert_factor_.run(row.id, row.subject, row.kind, row.state, row.label, row.public_id,
                            row.serial, row.oath.algorithm, row.oath.digits,
                            row.oath.period_seconds, row.oath.secret_bytes, row.sealed,
                            to_milliseconds(row.created_at), change.mac));
  if (inserted == 0) return Error{ErrorCode::already_exists, "store.public_id"};
  return {};
}

Status RowWrites::put(const Change& whole, const MotionChange& change) {
  const Motion& row = change.motion;
  const auto accepted_at = to_milliseconds(row.accepted_at);
  if (number(change.before) == 0) {
    return one_row(insert_motion_.run(row.version, row.position, row.drift, row.failures,
                                      row.failures_unfamiliar, row.last_request, accepted_at,
                                      row.timestamp, change.mac, change.factor));
  }
  return one_row(update_motion_.run(row.version, row.position, row.drift, row.failures,
                                    row.failures_unfamiliar, row.last_request, accepted_at,
                                    row.timestamp, change.mac, change.factor, change.before,
                                    whole.subject, whole.subject_version));
}

Status RowWrites::put(SubjectId owner, const BudgetChange& change) {
  const Budget& row = change.budget;
  const auto not_before = to_milliseconds(row.not_before);
  const auto of_strangers = to_milliseconds(row.not_before_unfamiliar);
  if (number(change.before) == 0) {
    return one_row(insert_budget_.run(row.version, row.failures, row.failures_unfamiliar,
                                      not_before, of_strangers, row.throttled, change.mac, owner));
  }
  return one_row(update_budget_.run(row.version, row.failures, row.failures_unfamiliar, not_before,
                                    of_strangers, row.throttled, change.mac, owner, change.before));
}

}  // namespace countersign::store::sqlite
