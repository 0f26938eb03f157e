// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/check_journal.hpp"

#include "daemon/store/row_macs.hpp"

#include <algorithm>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

constexpr std::int64_t kTokensAddedMax = Store::kTokensAddedMax;
constexpr std::chrono::minutes kMessageAgeMargin{1};

std::string say(std::uint64_t seq, std::string_view what) {
  return "journal record " + std::to_string(seq) + ": " + std::string{what};
}

// What a record says about a factor, held against its row.
Status compare_motion(Statements& statements, const LoadedRecord& record, FactorId factor,
                      Version version, Position position, std::vector<std::string>& problems) {
  CS_TRY(const auto row, statements.rows.motion(factor));
  const Motion now = row ? row->motion : Motion{};
  const std::string name = "factor " + std::to_string(number(factor));
  if (now.version < version) {
    problems.push_back(say(record.record.seq, name + " was put back to an older state"));
  } else if (now.version == version && now.position != position) {
    problems.push_back(say(record.record.seq, name + " is not where it was left"));
  }
  return {};
}

Status compare_budget(Statements& statements, const LoadedRecord& record,
                      std::vector<std::string>& problems) {
  const Version version = record.record.budget_version;
  if (number(version) == 0) return {};
  CS_TRY(const auto row, statements.rows.budget(record.record.entry.subject));
  const Budget now = row ? row->budget : Budget{};
  const std::string name = "subject " + std::to_string(number(record.record.entry.subject));
  if (now.version < version) {
    problems.push_back(say(record.record.seq, name + " was put back to an older state"));
  } else if (now.version == version &&
             (now.failures != record.record.entry.failures ||
              now.failures_unfamiliar != record.record.entry.failures_unfamiliar)) {
    problems.push_back(say(record.record.seq, name + " has other failures than it was left with"));
  }
  return {};
}

Status compare_moves(Statements& statements, const LoadedRecord& record,
                     std::vector<std::string>& problems) {
  const JournalEntry& entry = record.record.entry;
  if (number(entry.version) != 0) {
    CS_CHECK(
        compare_motion(statements, record, entry.factor, entry.version, entry.position, problems));
  }
  Reader also{record.record.also_moved};
  while (also.left() > 0 && also.good()) {
    const auto factor = FactorId{also.integer<std::int64_t>()};
    const auto version = Version{also.integer<std::uint64_t>()};
    const auto position = Position{also.integer<std::int64_t>()};
    if (!also.good()) break;
    CS_CHECK(compare_motion(statements, record, factor, version, position, problems));
  }
  return {};
}

Status compare_client(Statements& statements, const LoadedRecord& record,
                      std::vector<std::string>& problems) {
  const JournalEntry& entry = record.record.entry;
  if (entry.event != Event::client_added && entry.event != Event::client_revoked) return {};
  CS_TRY(const auto row, statements.clients.client(static_cast<ClientId>(entry.count)));
  if (!row) {
    problems.push_back(say(record.record.seq, "the client that it is about is gone"));
  } else if (entry.event == Event::client_revoked && row->row.state != ClientState::revoked) {
    problems.push_back(say(record.record.seq, "the client it revoked was put back"));
  }
  return {};
}

// What was taken in is there, or the journal knows where it went.
Status compare_tokens(Statements& statements, const LoadedRecord& record,
                      std::vector<std::string>& problems) {
  const JournalEntry& entry = record.record.entry;
  if (entry.event != Event::token_imported) return {};
  const auto first = static_cast<std::int64_t>(entry.count);
  const std::int64_t count = std::min(number(entry.position), kTokensAddedMax);
  for (std::int64_t id = first; id - first < count; ++id) {
    CS_TRY(const auto row, statements.tokens.token(TokenId{id}));
    if (row) continue;
    CS_TRY(const bool taken, statements.tokens.was_taken(TokenId{id}));
    if (taken) continue;
    problems.push_back(
        say(record.record.seq, "token " + std::to_string(id) + ", which it took in, is gone"));
  }
  return {};
}

// What a person knows or keeps is a factor from when it was made.
bool is_kept(Event event) {
  return event >= Event::password_set && event <= Event::device_remembered;
}

Status compare_births(Statements& statements, const LoadedRecord& record,
                      std::vector<std::string>& problems) {
  const JournalEntry& entry = record.record.entry;
  if (entry.event == Event::subject_created) {
    CS_TRY(const bool there, statements.checks.has_subject(entry.subject));
    if (!there) problems.push_back(say(record.record.seq, "the subject it made is gone"));
  }
  const bool assigned = entry.event == Event::token_assigned || entry.event == Event::token_claimed;
  const bool succeeded = entry.outcome == Reason::none;
  if (entry.event == Event::factor_enrolled || is_kept(entry.event) || (assigned && succeeded)) {
    CS_TRY(const bool there, statements.checks.has_factor(entry.factor));
    if (!there) problems.push_back(say(record.record.seq, "the factor it enrolled is gone"));
  }
  CS_CHECK(compare_tokens(statements, record, problems));
  return compare_client(statements, record, problems);
}

// A row may go when its message is kMessagesKept old, which it may be a little before its record.
Status compare_message(Statements& statements, const LoadedRecord& record, Time now,
                       std::vector<std::string>& problems) {
  const JournalEntry& entry = record.record.entry;
  if (entry.event != Event::message_queued) return {};
  if (entry.at < now - Store::kMessagesKept + kMessageAgeMargin) return {};
  const auto id = static_cast<std::int64_t>(entry.count);
  CS_TRY(const auto row, statements.messages.message(MessageId{id}));
  if (row) return {};
  // They went with the person they were for.
  CS_TRY(const bool is_erased, statements.checks.is_erased(entry.subject));
  if (is_erased) return {};
  problems.push_back(
      say(record.record.seq, "message " + std::to_string(id) + ", which it queued, is gone"));
  return {};
}

// The hash that the record after place `after` continues. What stands there was recomputed by the
// slice before this one.
Result<JournalHash> hash_before(Statements& statements, std::int64_t after) {
  if (after > 0) {
    CS_TRY(const auto last, statements.checks.journal(after - 1, 1));
    if (!last.empty()) return last.front().hash;
  }
  CS_TRY(const StoreId store, statements.checks.store_id());
  return first_hash(store);
}

Status check_end(Statements& statements, const HmacKey& key, const JournalHead& end,
                 std::vector<std::string>& problems) {
  CS_TRY(const auto head, statements.checks.head());
  if (!head) {
    // Nothing was ever committed, or somebody took the head away.
    if (end.seq > 0) problems.emplace_back("journal: its sealed end is missing");
    return {};
  }
  if (!equal(head->mac, mac_of(key, head->head))) {
    problems.emplace_back("journal: its end is sealed by somebody else");
  } else if (head->head.seq != end.seq || head->head.hash != end.hash) {
    problems.emplace_back("journal: its end was cut off or replaced");
  }
  return {};
}

}  // namespace

Result<CheckedSlice> check_journal(Statements& statements, const HmacKey& key, Time now,
                                   std::int64_t after, std::size_t max) {
  CheckedSlice slice;
  CS_TRY(JournalHash hash, hash_before(statements, after));
  CS_TRY(const auto records, statements.checks.journal(after, max));
  auto place = static_cast<std::uint64_t>(after);
  for (const LoadedRecord& record : records) {
    if (record.record.seq != place + 1) {
      slice.problems.push_back(say(place + 1, "missing"));
    }
    if (next_hash(hash, record.record) != record.hash) {
      slice.problems.push_back(say(record.record.seq, "does not continue the chain"));
    }
    // Go on from what is written there: one broken link is one problem.
    hash = record.hash;
    place = record.record.seq;
    CS_CHECK(compare_moves(statements, record, slice.problems));
    CS_CHECK(compare_budget(statements, record, slice.problems));
    CS_CHECK(compare_births(statements, record, slice.problems));
    CS_CHECK(compare_message(statements, record, now, slice.problems));
  }
  slice.records = records.size();
  if (records.size() == max) {
    slice.cursor = "journal/" + std::to_string(place);
    return slice;
  }
  CS_CHECK(check_end(statements, key, {place, hash}, slice.problems));
  return slice;
}

}  // namespace countersign::store
