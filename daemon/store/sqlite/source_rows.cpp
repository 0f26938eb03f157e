// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/source_rows.hpp"

#include "daemon/store/store.hpp"

namespace countersign::store::sqlite {
namespace {

constexpr auto kPut =
    "INSERT INTO source VALUES(?1, ?2, ?3, ?4) "
    "ON CONFLICT(subject, print) DO UPDATE SET accepted_at_ms = ?3, mac = ?4";
// Not the one that was just written, whatever the clock said before. Draft::note() does the same.
constexpr auto kTrim =
    "DELETE FROM source WHERE subject = ?1 AND print NOT IN (SELECT print FROM source "
    "WHERE subject = ?1 ORDER BY print = ?2 DESC, accepted_at_ms DESC, print LIMIT ?3)";

}  // namespace

Result<SourceReads> SourceReads::open(Connection& connection) {
  SourceReads reads;
  CS_TRY(reads.subjects_, connection.prepare("SELECT DISTINCT subject FROM source "
                                             "WHERE subject > ? ORDER BY subject LIMIT ?"));
  return reads;
}

Result<SourceWrites> SourceWrites::open(Connection& connection) {
  SourceWrites writes;
  CS_TRY(writes.put_, connection.prepare(kPut));
  CS_TRY(writes.trim_, connection.prepare(kTrim));
  return writes;
}

Status SourceWrites::put(const SourceChange& change) {
  CS_CHECK(put_.run(change.subject, change.print, to_milliseconds(change.accepted_at), change.mac));
  CS_CHECK(trim_.run(change.subject, change.print, Store::kSourcesMax));
  return {};
}

}  // namespace countersign::store::sqlite
