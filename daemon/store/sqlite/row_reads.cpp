// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check: a row whose number does not fit its type cannot fit its
// MAC either, or means the same.
#include "daemon/store/sqlite/row_reads.hpp"

namespace countersign::store::sqlite {
namespace {

template <class Number>
Number narrow(const Statement& row, int column) {
  return static_cast<Number>(row.integer(column));
}

Time time_at(const Statement& row, int column) { return from_milliseconds(row.integer(column)); }

LoadedFactor factor_of(const Statement& row) {
  LoadedFactor factor;
  factor.row.id = FactorId{row.integer(0)};
  factor.row.subject = SubjectId{row.integer(1)};
  factor.row.kind = narrow<FactorKind>(row, 2);
  factor.row.state = narrow<FactorState>(row, 3);
  factor.row.label = row.text(4);
  factor.row.oath.algorithm = narrow<HashAlgorithm>(row, 5);
  factor.row.oath.digits = narrow<std::uint8_t>(row, 6);
  factor.row.oath.period_seconds = narrow<std::uint16_t>(row, 7);
  factor.row.oath.secret_bytes = narrow<std::uint16_t>(row, 8);
  const BytesView sealed = row.blob(9);
  factor.row.sealed.assign(sealed.begin(), sealed.end());
  factor.row.created_at = time_at(row, 10);
  factor.mac = row.fixed<32>(11);
  return factor;
}

}  // namespace

Result<RowReads> RowReads::open(Connection& connection) {
  RowReads reads;
  CS_TRY(reads.find_,
         connection.prepare("SELECT id FROM subject WHERE realm = ? AND username = ?"));
  CS_TRY(reads.owner_, connection.prepare("SELECT subject FROM factor WHERE id = ?"));
  CS_TRY(reads.subject_,
         connection.prepare("SELECT realm, username, state, created_at_ms, mac FROM subject "
                            "WHERE id = ?"));
  CS_TRY(reads.factors_,
         connection.prepare("SELECT id, subject, kind, state, label, algorithm, digits, "
                            "period_seconds, secret_bytes, sealed, created_at_ms, mac "
                            "FROM factor WHERE subject = ? ORDER BY id"));
  CS_TRY(reads.budget_, connection.prepare("SELECT version, failures, not_before_ms, throttled, "
                                           "mac FROM budget WHERE subject = ?"));
  CS_TRY(reads.motion_,
         connection.prepare("SELECT version, position, drift, failures, request_tag, "
                            "accepted_at_ms, mac FROM motion WHERE factor = ?"));
  return reads;
}

Result<std::optional<SubjectId>> RowReads::find(const SubjectName& name) {
  const Rewind rewind{find_};
  CS_TRY(const bool found, find_.start(name.realm.text(), name.username.text()));
  if (!found) return std::nullopt;
  return SubjectId{find_.integer(0)};
}

Result<std::optional<SubjectId>> RowReads::owner(FactorId factor) {
  const Rewind rewind{owner_};
  CS_TRY(const bool found, owner_.start(factor));
  if (!found) return std::nullopt;
  return SubjectId{owner_.integer(0)};
}

Result<std::optional<LoadedSubject>> RowReads::subject(SubjectId id) {
  const Rewind rewind{subject_};
  CS_TRY(const bool found, subject_.start(id));
  if (!found) return std::nullopt;
  LoadedSubject subject;
  subject.id = id;
  subject.realm = subject_.text(0);
  subject.username = subject_.text(1);
  subject.state = narrow<SubjectState>(subject_, 2);
  subject.created_at = time_at(subject_, 3);
  subject.mac = subject_.fixed<32>(4);
  CS_TRY(subject.budget, budget(id));
  CS_TRY(subject.factors, factors(id));
  return subject;
}

Result<LoadedDecoy> RowReads::decoy(SubjectId id) {
  LoadedDecoy decoy;
  CS_TRY(decoy.budget, budget(id));
  CS_TRY(decoy.motion, motion(FactorId{number(id)}));
  return decoy;
}

Result<std::optional<LoadedBudget>> RowReads::budget(SubjectId owner) {
  const Rewind rewind{budget_};
  CS_TRY(const bool found, budget_.start(owner));
  if (!found) return std::nullopt;
  LoadedBudget loaded;
  loaded.budget.version = narrow<Version>(budget_, 0);
  loaded.budget.failures = narrow<std::uint32_t>(budget_, 1);
  loaded.budget.not_before = time_at(budget_, 2);
  loaded.budget.throttled = narrow<std::uint64_t>(budget_, 3);
  loaded.mac = budget_.fixed<32>(4);
  return loaded;
}

Result<std::vector<LoadedFactor>> RowReads::factors(SubjectId owner) {
  const Rewind rewind{factors_};
  std::vector<LoadedFactor> factors;
  CS_TRY(bool found, factors_.start(owner));
  while (found) {
    factors.push_back(factor_of(factors_));
    CS_TRY(factors.back().motion, motion(factors.back().row.id));
    CS_TRY(found, factors_.step());
  }
  return factors;
}

Result<std::optional<LoadedMotion>> RowReads::motion(FactorId factor) {
  const Rewind rewind{motion_};
  CS_TRY(const bool found, motion_.start(factor));
  if (!found) return std::nullopt;
  LoadedMotion loaded;
  loaded.motion.version = narrow<Version>(motion_, 0);
  loaded.motion.position = narrow<Position>(motion_, 1);
  loaded.motion.drift = narrow<std::int32_t>(motion_, 2);
  loaded.motion.failures = narrow<std::uint32_t>(motion_, 3);
  loaded.motion.last_request = motion_.fixed<std::tuple_size_v<RequestTag>>(4);
  loaded.motion.accepted_at = time_at(motion_, 5);
  loaded.mac = motion_.fixed<32>(6);
  return loaded;
}

}  // namespace countersign::store::sqlite
