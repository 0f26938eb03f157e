// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/profile_rows.hpp"

namespace countersign::store::sqlite {
namespace {

constexpr auto kInsert = "INSERT INTO profile VALUES(?, ?, ?, ?) ON CONFLICT DO NOTHING";
constexpr auto kUpdate =
    "UPDATE profile SET version = ?2, sealed = ?3, mac = ?4 WHERE subject = ?1 AND version = ?5";
constexpr auto kKeep =
    "INSERT INTO pending_secret VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT(factor) "
    "DO UPDATE SET subject = ?2, sealed = ?3, expires_at_ms = ?4, mac = ?5";
// More than are kept at once, so that none is left over; few enough for everybody who waits.
constexpr auto kSweep =
    "DELETE FROM pending_secret WHERE factor IN "
    "(SELECT factor FROM pending_secret WHERE expires_at_ms < ? ORDER BY expires_at_ms LIMIT 4)";

Bytes copy_of(BytesView bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

Result<ProfileReads> ProfileReads::open(Connection& connection) {
  ProfileReads reads;
  CS_TRY(reads.profile_, connection.prepare("SELECT version, sealed, mac FROM profile "
                                            "WHERE subject = ?"));
  CS_TRY(reads.pending_, connection.prepare("SELECT subject, sealed, expires_at_ms, mac "
                                            "FROM pending_secret WHERE factor = ?"));
  CS_TRY(reads.profiles_, connection.prepare("SELECT subject FROM profile WHERE subject > ? "
                                             "ORDER BY subject LIMIT ?"));
  CS_TRY(reads.pendings_, connection.prepare("SELECT factor FROM pending_secret WHERE factor > ? "
                                             "ORDER BY factor LIMIT ?"));
  return reads;
}

Result<std::optional<LoadedProfile>> ProfileReads::profile(SubjectId subject) {
  const Rewind rewind{profile_};
  LoadedProfile loaded{.subject = subject};
  const Result<bool> found = profile_.start(subject);
  if (!found && is_too_long(found.error())) return loaded;
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  loaded.row.version = static_cast<Version>(profile_.integer(0));
  loaded.row.sealed = copy_of(profile_.blob(1));
  loaded.mac = profile_.fixed<32>(2);
  return loaded;
}

Result<std::optional<LoadedPending>> ProfileReads::pending_secret(FactorId factor) {
  const Rewind rewind{pending_};
  LoadedPending loaded;
  loaded.row.factor = factor;
  const Result<bool> found = pending_.start(factor);
  if (!found && is_too_long(found.error())) return loaded;
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  loaded.row.subject = SubjectId{pending_.integer(0)};
  loaded.row.sealed = copy_of(pending_.blob(1));
  loaded.row.expires_at = from_milliseconds(pending_.integer(2));
  loaded.mac = pending_.fixed<32>(3);
  return loaded;
}

Result<ProfileWrites> ProfileWrites::open(Connection& connection) {
  ProfileWrites writes;
  CS_TRY(writes.insert_, connection.prepare(kInsert));
  CS_TRY(writes.update_, connection.prepare(kUpdate));
  CS_TRY(writes.keep_, connection.prepare(kKeep));
  CS_TRY(writes.forget_, connection.prepare("DELETE FROM pending_secret WHERE factor = ?"));
  CS_TRY(writes.sweep_, connection.prepare(kSweep));
  CS_TRY(writes.erase_, connection.prepare("DELETE FROM profile WHERE subject = ?"));
  CS_TRY(writes.erase_pending_, connection.prepare("DELETE FROM pending_secret WHERE factor IN "
                                                   "(SELECT id FROM factor WHERE subject = ?)"));
  return writes;
}

Status ProfileWrites::put(const AccountRows& rows) {
  if (rows.profile) CS_CHECK(put(*rows.profile));
  if (rows.kept) CS_CHECK(keep(*rows.kept, rows.now));
  if (rows.forgotten) CS_CHECK(forget_.run(*rows.forgotten));
  return {};
}

Status ProfileWrites::put(const ProfileChange& change) {
  const SealedProfile& row = change.row;
  const auto before = Version{number(row.version) - 1};
  if (number(before) == 0) {
    return one_row(insert_.run(change.subject, row.version, row.sealed, change.mac));
  }
  return one_row(update_.run(change.subject, row.version, row.sealed, change.mac, before));
}

Status ProfileWrites::keep(const PendingChange& change, Time now) {
  const PendingSecret& row = change.row;
  CS_CHECK(sweep_.run(to_milliseconds(now)));
  return one_row(
      keep_.run(row.factor, row.subject, row.sealed, to_milliseconds(row.expires_at), change.mac));
}

Status ProfileWrites::erase(SubjectId subject) {
  CS_CHECK(erase_.run(subject));
  CS_CHECK(erase_pending_.run(subject));
  return {};
}

}  // namespace countersign::store::sqlite
