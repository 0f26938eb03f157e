// SPDX-License-Identifier: Apache-2.0
// The outbox and the familiar places, as `store check` reads them.
#include "daemon/store/check.hpp"
#include "daemon/store/message_event.hpp"

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

using Problems = std::vector<std::string>;

Status compare_with_journal(Statements& statements, const Message& message, Problems& problems) {
  const std::int64_t id = number(message.id);
  const bool somebodys = message.state != MessageState::nobodys;
  CS_TRY(const bool was_queued, statements.messages.was_queued(message));
  if (somebodys && !was_queued) {
    problems.push_back(say("message", id, "the journal does not know where it came from"));
    return {};
  }
  CS_TRY(const auto last, statements.messages.last_event(message.id));
  if (last != event_of(message.state)) {
    problems.push_back(say("message", id, "is not where the journal left it"));
  }
  return {};
}

Result<CheckedSlice> check_messages(Statements& statements, const Authenticator& authenticator,
                                    std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const sqlite::Ids ids, statements.messages.all(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.messages.message(MessageId{id}));
    if (!authenticator.is_true(*row)) {
      slice.problems.push_back(say("message", id, "fails its check: it was edited"));
      continue;
    }
    CS_CHECK(compare_with_journal(statements, row->row, slice.problems));
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "messages", "sources");
  return slice;
}

// By subject: their places have no numbers.
Result<CheckedSlice> check_sources(Statements& statements, const Authenticator& authenticator,
                                   std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const sqlite::Ids ids, statements.sources.subjects(after, Check::kSubjectsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto rows, statements.rows.sources(SubjectId{id}, Store::kSourcesMax + 1));
    slice.records += rows.size();
    if (rows.size() > Store::kSourcesMax) {
      slice.problems.push_back(say("subject", id, "has more familiar places than are kept"));
    }
    for (const LoadedSource& row : rows) {
      if (authenticator.is_true(row)) continue;
      slice.problems.push_back(say("subject", id, "has a familiar place that fails its check"));
    }
  }
  slice.cursor = next_cursor(ids, Check::kSubjectsMax, "sources", "tickets");
  return slice;
}

}  // namespace

awaitable<Result<CheckedSlice>> Check::messages(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_messages(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

awaitable<Result<CheckedSlice>> Check::sources(std::int64_t after) {
  auto judge = [this, after](Statements& statements) {
    return check_sources(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(judge);
}

}  // namespace countersign::store
