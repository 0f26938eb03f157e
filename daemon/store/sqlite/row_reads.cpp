// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check: a row whose number does not fit its type cannot fit its
// MAC either, or means the same.
#include "daemon/store/sqlite/row_reads.hpp"

#include <limits>

namespace countersign::store::sqlite {
namespace {

template <class Number>
Number narrow(const Statement& row, int column) {
  return static_cast<Number>(row.integer(column));
}

Time time_at(const Statement& row, int column) { return from_milliseconds(row.integer(column)); }

// A row that is too long to be read is there, and is nobody's: it will not fit its MAC of zeros.
template <class Row>
Result<std::optional<Row>> forged_if_too_long(const Error& error, Row forged) {
  if (!is_too_long(error)) return error;
  return std::optional<Row>{std::move(forged)};
}

LoadedFactor factor_of(const Statement& row) {
  LoadedFactor factor;
  factor.row.id = FactorId{row.integer(0)};
  factor.row.subject = SubjectId{row.integer(1)};
  factor.row.kind = narrow<FactorKind>(row, 2);
  factor.row.state = narrow<FactorState>(row, 3);
  factor.row.label = row.text(4);
  factor.row.public_id = row.text(5);
  factor.row.serial = row.text(6);
  factor.row.oath.algorithm = narrow<HashAlgorithm>(row, 7);
  factor.row.oath.digits = narrow<std::uint8_t>(row, 8);
  factor.row.oath.period_seconds = narrow<std::uint16_t>(row, 9);
  factor.row.oath.secret_bytes = narrow<std::uint16_t>(row, 10);
  factor.row.sealed = row.blob(11);
  factor.row.created_at = time_at(row, 12);
  factor.mac = row.fixed<32>(13);
  return factor;
}

}  // namespace

Result<RowReads> RowReads::open(Connection& connection) {
  RowReads reads;
  CS_TRY(reads.find_,
         connection.prepare("SELECT id FROM subject WHERE realm = ? AND username = ?"));
  CS_TRY(reads.owner_, connection.prepare("SELECT subject FROM factor WHERE id = ?"));
  // In the index's own words, so that it is used.
  CS_TRY(reads.owner_of_public_id_,
         connection.prepare("SELECT subject, id FROM factor WHERE public_id = ? "
                            "AND kind = 3 AND state <> 5 AND public_id <> ''"));
  CS_TRY(reads.of_key_, connection.prepare("SELECT subject, id FROM factor "
                                           "WHERE substr(sealed, 1, 32) = ? AND kind = 3"));
  CS_TRY(reads.subject_,
         connection.prepare("SELECT realm, username, state, created_at_ms, mac FROM subject "
                            "WHERE id = ?"));
  CS_TRY(reads.factors_,
         connection.prepare(
             "SELECT id, subject, kind, state, label, public_id, serial, "
             "algorithm, digits, period_seconds, secret_bytes, sealed, created_at_ms, mac "
             "FROM factor WHERE subject = ? ORDER BY id"));
  CS_TRY(reads.next_factor_,
         connection.prepare("SELECT id FROM factor WHERE subject = ? AND id > ? "
                            "ORDER BY id LIMIT 1"));
  CS_TRY(reads.budget_,
         connection.prepare("SELECT version, failures, failures_unfamiliar, not_before_ms, "
                            "not_before_unfamiliar_ms, throttled, mac FROM budget "
                            "WHERE subject = ?"));
  CS_TRY(reads.motion_,
         connection.prepare("SELECT version, position, drift, failures, failures_unfamiliar, "
                            "request_tag, accepted_at_ms, timestamp, mac FROM motion "
                            "WHERE factor = ?"));
  CS_TRY(reads.sources_, connection.prepare("SELECT print, accepted_at_ms, mac FROM source "
                                            "WHERE subject = ? ORDER BY print LIMIT ?"));
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

Result<std::optional<FactorOwner>> RowReads::owner_of_public_id(std::string_view public_id) {
  const Rewind rewind{owner_of_public_id_};
  CS_TRY(const bool found, owner_of_public_id_.start(public_id));
  if (!found) return std::nullopt;
  return FactorOwner{SubjectId{owner_of_public_id_.integer(0)},
                     FactorId{owner_of_public_id_.integer(1)}};
}

Result<std::vector<FactorOwner>> RowReads::factors_of_key(BytesView sealed_key) {
  const Rewind rewind{of_key_};
  std::vector<FactorOwner> found;
  CS_TRY(bool more, of_key_.start(sealed_key));
  while (more) {
    found.push_back({SubjectId{of_key_.integer(0)}, FactorId{of_key_.integer(1)}});
    CS_TRY(more, of_key_.step());
  }
  return found;
}

Result<std::optional<LoadedSubject>> RowReads::subject(SubjectId id) {
  const Rewind rewind{subject_};
  LoadedSubject subject;
  subject.id = id;
  const Result<bool> found = subject_.start(id);
  // Without a name it is nobody's.
  if (!found) return forged_if_too_long(found.error(), std::move(subject));
  if (!*found) return std::nullopt;
  subject.realm = subject_.text(0);
  subject.username = subject_.text(1);
  subject.state = narrow<SubjectState>(subject_, 2);
  subject.created_at = time_at(subject_, 3);
  subject.mac = subject_.fixed<32>(4);
  CS_TRY(subject.budget, budget(id));
  CS_TRY(subject.factors, factors(id));
  CS_TRY(subject.sources, sources(id, Store::kSourcesMax));
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
  const Result<bool> found = budget_.start(owner);
  if (!found) return forged_if_too_long(found.error(), LoadedBudget{});
  if (!*found) return std::nullopt;
  LoadedBudget loaded;
  loaded.budget.version = narrow<Version>(budget_, 0);
  loaded.budget.failures = narrow<std::uint32_t>(budget_, 1);
  loaded.budget.failures_unfamiliar = narrow<std::uint32_t>(budget_, 2);
  loaded.budget.not_before = time_at(budget_, 3);
  loaded.budget.not_before_unfamiliar = time_at(budget_, 4);
  loaded.budget.throttled = narrow<std::uint64_t>(budget_, 5);
  loaded.mac = budget_.fixed<32>(6);
  return loaded;
}

Result<std::vector<LoadedFactor>> RowReads::factors(SubjectId owner) {
  const Rewind rewind{factors_};
  std::vector<LoadedFactor> factors;
  Result<bool> found = factors_.start(owner);
  while (found && *found) {
    factors.push_back(factor_of(factors_));
    CS_TRY(factors.back().motion, motion(factors.back().row.id));
    found = factors_.step();
  }
  if (found) return factors;
  if (!is_too_long(found.error())) return found.error();
  CS_TRY(LoadedFactor forged, too_long_factor(owner, factors));
  factors.push_back(std::move(forged));
  return factors;
}

// The one that follows those that could be read. It belongs to nobody: that condemns it.
Result<LoadedFactor> RowReads::too_long_factor(SubjectId owner,
                                               const std::vector<LoadedFactor>& read) {
  const Rewind rewind{next_factor_};
  const auto after =
      read.empty() ? std::numeric_limits<std::int64_t>::min() : number(read.back().row.id);
  CS_TRY(const bool found, next_factor_.start(owner, after));
  LoadedFactor forged;
  if (found) forged.row.id = FactorId{next_factor_.integer(0)};
  return forged;
}

Result<std::vector<LoadedSource>> RowReads::sources(SubjectId subject, std::size_t max) {
  const Rewind rewind{sources_};
  std::vector<LoadedSource> found;
  Result<bool> more = sources_.start(subject, max);
  while (more && *more) {
    found.push_back({.subject = subject,
                     .print = sources_.fixed<std::tuple_size_v<SourcePrint>>(0),
                     .accepted_at = from_milliseconds(sources_.integer(1)),
                     .mac = sources_.fixed<32>(2)});
    more = sources_.step();
  }
  if (more) return found;
  if (!is_too_long(more.error())) return more.error();
  found.push_back({.subject = subject});
  return found;
}

Result<std::optional<LoadedMotion>> RowReads::motion(FactorId factor) {
  const Rewind rewind{motion_};
  const Result<bool> found = motion_.start(factor);
  if (!found) return forged_if_too_long(found.error(), LoadedMotion{});
  if (!*found) return std::nullopt;
  LoadedMotion loaded;
  loaded.motion.version = narrow<Version>(motion_, 0);
  loaded.motion.position = narrow<Position>(motion_, 1);
  loaded.motion.drift = narrow<std::int32_t>(motion_, 2);
  loaded.motion.failures = narrow<std::uint32_t>(motion_, 3);
  loaded.motion.failures_unfamiliar = narrow<std::uint32_t>(motion_, 4);
  loaded.motion.last_request = motion_.fixed<std::tuple_size_v<RequestTag>>(5);
  loaded.motion.accepted_at = time_at(motion_, 6);
  loaded.motion.timestamp = narrow<std::uint32_t>(motion_, 7);
  loaded.mac = motion_.fixed<32>(8);
  return loaded;
}

}  // namespace countersign::store::sqlite
