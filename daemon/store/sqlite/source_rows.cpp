// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/source_rows.hpp"

#include "daemon/store/store.hpp"

namespace countersign::store::sqlite {
namespace {

constexpr auto kPut =
    "INSERT INTO source VALUES(?1, ?2, ?3, ?4) "
    "ON CONFLICT(subject, print) DO UPDATE SET accepted_at_ms = ?3, mac = ?4";
// Not the one that was just written, whatever the clock said before.
constexpr auto kTrim =
    "DELETE FROM source WHERE subject = ?1 AND print NOT IN (SELECT print FROM source "
    "WHERE subject = ?1 ORDER BY print = ?2 DESC, accepted_at_ms DESC LIMIT ?3)";

}  // namespace

Result<SourceReads> SourceReads::open(Connection& connection) {
  SourceReads reads;
  CS_TRY(reads.source_, connection.prepare("SELECT accepted_at_ms, mac FROM source "
                                           "WHERE subject = ? AND print = ?"));
  CS_TRY(reads.of_subject_, connection.prepare("SELECT print, accepted_at_ms, mac FROM source "
                                               "WHERE subject = ? ORDER BY print LIMIT ?"));
  CS_TRY(reads.subjects_, connection.prepare("SELECT DISTINCT subject FROM source "
                                             "WHERE subject > ? ORDER BY subject LIMIT ?"));
  return reads;
}

Result<std::optional<LoadedSource>> SourceReads::source(SubjectId subject,
                                                        const SourcePrint& print) {
  const Rewind rewind{source_};
  LoadedSource loaded{.subject = subject, .print = print};
  const Result<bool> found = source_.start(subject, print);
  if (!found && is_too_long(found.error())) return loaded;
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  loaded.accepted_at = from_milliseconds(source_.integer(0));
  loaded.mac = source_.fixed<32>(1);
  return loaded;
}

Result<std::vector<LoadedSource>> SourceReads::of_subject(SubjectId subject, std::size_t max) {
  const Rewind rewind{of_subject_};
  std::vector<LoadedSource> found;
  Result<bool> more = of_subject_.start(subject, max);
  while (more && *more) {
    found.push_back({.subject = subject,
                     .print = of_subject_.fixed<std::tuple_size_v<SourcePrint>>(0),
                     .accepted_at = from_milliseconds(of_subject_.integer(1)),
                     .mac = of_subject_.fixed<32>(2)});
    more = of_subject_.step();
  }
  if (more) return found;
  if (!is_too_long(more.error())) return more.error();
  found.push_back({.subject = subject});
  return found;
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
