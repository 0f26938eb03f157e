// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/sqlite/journal_reads.hpp"

#include "daemon/store/sqlite/check_reads.hpp"

namespace countersign::store::sqlite {
namespace {

// The journal's index is asked in its own words, so that it is used.
constexpr auto kActivity =
    "SELECT * FROM journal WHERE event >= 20 AND (event < 60 OR event >= 70) AND subject = ? "
    "AND seq < ? ORDER BY seq DESC LIMIT ?";
constexpr auto kLines =
    "SELECT * FROM journal WHERE seq > ? AND seq <= ? AND at_ms >= ? ORDER BY seq LIMIT ?";
constexpr auto kRealm = "SELECT realm FROM subject WHERE id = ? AND state <> 5";

}  // namespace

Result<JournalReads> JournalReads::open(Connection& connection) {
  JournalReads reads;
  CS_TRY(reads.activity_, connection.prepare(kActivity));
  CS_TRY(reads.lines_, connection.prepare(kLines));
  CS_TRY(reads.realm_, connection.prepare(kRealm));
  return reads;
}

Result<std::vector<JournalLine>> JournalReads::activity(SubjectId subject, std::int64_t before,
                                                        std::size_t max) {
  const Rewind rewind{activity_};
  return collect(activity_, activity_.start(subject, before, max));
}

Result<std::vector<JournalLine>> JournalReads::lines(std::int64_t after, std::int64_t last,
                                                     Time since, std::size_t max) {
  const Rewind rewind{lines_};
  return collect(lines_, lines_.start(after, last, to_milliseconds(since), max));
}

Result<std::vector<JournalLine>> JournalReads::collect(Statement& statement, Result<bool> found) {
  std::vector<JournalLine> lines;
  while (found && *found) {
    JournalRecord record = record_of(statement).record;
    JournalLine& line = lines.emplace_back();
    line.number = record.seq;
    line.entry = std::move(record.entry);
    CS_TRY(line.realm, realm(line.entry.subject));
    found = statement.step();
  }
  if (!found) return found.error();
  return lines;
}

Result<std::string> JournalReads::realm(SubjectId subject) {
  const Rewind rewind{realm_};
  CS_TRY(const bool found, realm_.start(subject));
  if (!found) return std::string{};
  return std::string{realm_.text(0)};
}

}  // namespace countersign::store::sqlite
