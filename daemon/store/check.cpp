// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/check.hpp"

#include "daemon/store/check_journal.hpp"
#include "daemon/store/decoys.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <charconv>
#include <exception>
#include <limits>

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;
using Ids = sqlite::Ids;

constexpr std::int64_t kFromTheStart = std::numeric_limits<std::int64_t>::min();
// How many subjects' MACs are asked of the HSM at once: it answers in batches.
constexpr std::size_t kLanes = 32;

struct Cursor {
  std::string_view table;
  std::int64_t after = 0;
};

Result<Cursor> parse(std::string_view text) {
  if (text.empty()) return Cursor{"subjects", kFromTheStart};
  Cursor cursor;
  const std::size_t slash = text.find('/');
  cursor.table = text.substr(0, slash);
  const std::string_view rest = slash == text.npos ? "" : text.substr(slash + 1);
  const char* end = rest.data() + rest.size();
  const auto [read, failed] = std::from_chars(rest.data(), end, cursor.after);
  if (rest.empty() || read != end || failed != std::errc{}) {
    return Error{ErrorCode::malformed, "cursor.format"};
  }
  return cursor;
}

struct LoadedSubjects {
  Ids ids;
  std::vector<LoadedSubject> rows;
};

Result<LoadedSubjects> load_subjects(Statements& statements, std::int64_t after) {
  LoadedSubjects loaded;
  CS_TRY(loaded.ids, statements.checks.subjects(after, Check::kSubjectsMax));
  for (const std::int64_t id : loaded.ids) {
    CS_TRY(auto row, statements.rows.subject(SubjectId{id}));
    CS_TRY(row->has_birth, statements.checks.was_created(SubjectId{id}));
    CS_TRY(row->has_death, statements.checks.was_erased(SubjectId{id}));
    loaded.rows.push_back(*std::move(row));
  }
  return loaded;
}

Result<CheckedSlice> check_factors(Statements& statements, std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const Ids ids, statements.checks.factors(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto owner, statements.rows.owner(FactorId{id}));
    CS_TRY(const bool owned, statements.checks.has_subject(*owner));
    if (!owned) slice.problems.push_back(say("factor", id, "belongs to nobody"));
    CS_TRY(const bool enrolled, statements.checks.was_enrolled(FactorId{id}));
    if (!enrolled) slice.problems.push_back(say("factor", id, "the journal knows no enrolment"));
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "factors", "motions");
  return slice;
}

Result<CheckedSlice> check_motions(Statements& statements, const Authenticator& authenticator,
                                   std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const Ids ids, statements.checks.motions(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.rows.motion(FactorId{id}));
    CS_TRY(const bool owned, statements.checks.has_factor(FactorId{id}));
    const bool decoy = is_decoy_id(id);
    if (!owned && !decoy) slice.problems.push_back(say("motion", id, "belongs to no factor"));
    if (decoy && !authenticator.is_true(FactorId{id}, *row, RowMac{})) {
      slice.problems.push_back(say("motion", id, "fails its check: it was edited"));
    }
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "motions", "budgets");
  return slice;
}

Result<CheckedSlice> check_budgets(Statements& statements, const Authenticator& authenticator,
                                   std::int64_t after) {
  CheckedSlice slice;
  CS_TRY(const Ids ids, statements.checks.budgets(after, Check::kRowsMax));
  for (const std::int64_t id : ids) {
    CS_TRY(const auto row, statements.rows.budget(SubjectId{id}));
    CS_TRY(const bool owned, statements.checks.has_subject(SubjectId{id}));
    const bool decoy = is_decoy_id(id);
    if (!owned && !decoy) slice.problems.push_back(say("budget", id, "belongs to nobody"));
    if (decoy && !authenticator.is_true(SubjectId{id}, *row, RowMac{})) {
      slice.problems.push_back(say("budget", id, "fails its check: it was edited"));
    }
  }
  slice.records = ids.size();
  slice.cursor = next_cursor(ids, Check::kRowsMax, "budgets", "clients");
  return slice;
}

}  // namespace

std::string say(std::string_view what, std::int64_t id, std::string_view problem) {
  return std::string{what} + " " + std::to_string(id) + ": " + std::string{problem};
}

// The journal's places count from 1; ids may be anything.
std::string next_cursor(const Ids& ids, std::size_t max, std::string_view table,
                        std::string_view next_table) {
  const std::int64_t start = next_table == "journal" ? 0 : kFromTheStart;
  if (ids.size() < max) return std::string{next_table} + "/" + std::to_string(start);
  return std::string{table} + "/" + std::to_string(ids.back());
}

awaitable<Result<CheckedSlice>> Check::slice(std::string cursor) {
  CS_CO_TRY(const Cursor from, parse(cursor));
  if (from.table == "subjects") co_return co_await subjects(from.after);
  if (from.table == "factors") co_return co_await factors(from.after);
  if (from.table == "motions") co_return co_await motions(from.after);
  if (from.table == "budgets") co_return co_await budgets(from.after);
  if (from.table == "clients") co_return co_await clients(from.after);
  if (from.table == "tokens") co_return co_await tokens(from.after);
  if (from.table == "challenges") co_return co_await challenges(from.after);
  if (from.table == "messages") co_return co_await messages(from.after);
  if (from.table == "sources") co_return co_await sources(from.after);
  if (from.table == "tickets") co_return co_await tickets(from.after);
  if (from.table == "sessions") co_return co_await sessions(from.after);
  if (from.table == "profiles") co_return co_await profiles(from.after);
  if (from.table == "pending_secrets") co_return co_await pending_secrets(from.after);
  if (from.table == "journal" && from.after >= 0) co_return co_await journal(from.after);
  if (from.table == "order" && from.after >= 0) co_return co_await order(from.after);
  co_return Error{ErrorCode::malformed, "cursor.format"};
}

// A slice of subjects whose fixed rows several lanes check at once.
struct Check::Subjects {
  LoadedSubjects loaded;
  std::size_t next = 0;
  std::size_t lanes = 0;
  Status failed;
  CheckedSlice slice;
  Completion<Status> done;
};

awaitable<Result<CheckedSlice>> Check::subjects(std::int64_t after) {
  Subjects work;
  auto load = [after](Statements& statements) { return load_subjects(statements, after); };
  CS_CO_TRY(work.loaded, co_await reader_.ask<LoadedSubjects>(load));
  work.lanes = kLanes;
  auto lane_ended = [&work](std::exception_ptr thrown) {
    if (thrown) work.failed = Error{ErrorCode::unavailable, "store.check"};
    if (--work.lanes == 0) work.done.complete({});
  };
  const Executor loop = co_await boost::asio::this_coro::executor;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    boost::asio::co_spawn(loop, subjects_lane(work), lane_ended);
  }
  CS_CO_CHECK(co_await work.done.wait());
  CS_CO_CHECK(work.failed);
  work.slice.records = work.loaded.rows.size();
  work.slice.cursor = next_cursor(work.loaded.ids, kSubjectsMax, "subjects", "factors");
  co_return std::move(work.slice);
}

awaitable<void> Check::subjects_lane(Subjects& work) {
  while (work.failed && work.next < work.loaded.rows.size()) {
    const LoadedSubject& row = work.loaded.rows[work.next++];
    FactorId culprit{};
    const auto subject = co_await authenticator_.subject(row, culprit);
    if (!subject && subject.error().code != ErrorCode::corrupt) {
      work.failed = subject.error();
    } else if (!subject && number(culprit) != 0) {
      work.slice.problems.push_back(
          say("factor", number(culprit), "fails its check: it was edited"));
    } else if (!subject) {
      work.slice.problems.push_back(
          say("subject", number(row.id), "fails its check: it was edited"));
    }
    if (!row.has_birth) {
      work.slice.problems.push_back(
          say("subject", number(row.id), "the journal does not know where it came from"));
    }
    if (row.has_death != (row.state == SubjectState::erased)) {
      work.slice.problems.push_back(
          say("subject", number(row.id),
              row.has_death ? "was erased, and was put back" : "the journal knows no erasure"));
    }
  }
}

awaitable<Result<CheckedSlice>> Check::factors(std::int64_t after) {
  auto read = [after](Statements& statements) { return check_factors(statements, after); };
  co_return co_await reader_.ask<CheckedSlice>(read);
}

awaitable<Result<CheckedSlice>> Check::motions(std::int64_t after) {
  auto read = [this, after](Statements& statements) {
    return check_motions(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(read);
}

awaitable<Result<CheckedSlice>> Check::budgets(std::int64_t after) {
  auto read = [this, after](Statements& statements) {
    return check_budgets(statements, authenticator_, after);
  };
  co_return co_await reader_.ask<CheckedSlice>(read);
}

awaitable<Result<CheckedSlice>> Check::journal(std::int64_t after) {
  const Time now = clock_.now();
  auto read = [this, after, now](Statements& statements) {
    return check_journal(statements, key_, now, after, kRowsMax);
  };
  CS_CO_TRY(CheckedSlice slice, co_await reader_.ask<CheckedSlice>(read));
  if (slice.cursor.empty()) slice.cursor = "order/0";
  co_return slice;
}

// Its memory rests here between two slices, under a number that is good once.
awaitable<Result<CheckedSlice>> Check::order(std::int64_t ticket) {
  std::unique_ptr<OrderCheck> work;
  if (ticket == 0) {
    work = std::make_unique<OrderCheck>();
  } else {
    auto resting = orders_.extract(ticket);
    if (resting.empty()) co_return Error{ErrorCode::conflict, "check.given_up"};
    work = std::move(resting.mapped());
  }
  auto read = [&work](Statements& statements) { return work->read(statements, kRowsMax); };
  CheckedSlice slice;
  CS_CO_TRY(slice.problems, co_await reader_.ask<std::vector<std::string>>(read));
  if (work->ended()) co_return slice;
  if (orders_.size() >= kOrdersMax) orders_.erase(orders_.begin());
  slice.cursor = "order/" + std::to_string(++last_ticket_);
  orders_.emplace(last_ticket_, std::move(work));
  co_return slice;
}

}  // namespace countersign::store
