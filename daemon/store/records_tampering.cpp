// SPDX-License-Identifier: Apache-2.0
// What is said when somebody has written to the database past us.
#include "base/log.hpp"
#include "daemon/store/records.hpp"

namespace countersign::store {
namespace {

constexpr std::chrono::minutes kReportEvery{1};
constexpr std::size_t kReportedMax = 4096;

}  // namespace

awaitable<void> Records::report(Tampering found) {
  if (!may_report(found.what, found.id)) co_return;
  switch (found.what) {
    case Tampered::row:
      log::error("row_tampered",
                 {{"subject", number(found.subject)}, {"factor", number(found.factor)}});
      break;
    case Tampered::client:
      log::error("client_tampered", {{"client", found.id}});
      break;
    case Tampered::token:
      log::error("token_tampered", {{"token", found.id}});
      break;
    case Tampered::challenge:
      log::error("challenge_tampered");
      break;
    case Tampered::message:
      log::error("message_tampered");
      break;
    case Tampered::source:
      log::error("source_tampered");
      break;
    case Tampered::ticket:
      log::error("ticket_tampered");
      break;
    case Tampered::session:
      log::error("session_tampered");
      break;
    case Tampered::profile:
      log::error("profile_tampered");
      break;
    case Tampered::pending_secret:
      log::error("pending_secret_tampered");
      break;
    case Tampered::database:
      log::warning("store_written_by_others");
      break;
  }
  JournalEntry entry;
  entry.at = clock_.now();
  entry.event = Event::tampered;
  entry.subject = found.subject;
  entry.factor = found.factor;
  const Status written = co_await journal(std::move(entry));
  if (!written) log::error("tampering_not_journalled", written.error());
}

awaitable<void> Records::report(Tampered what, std::int64_t id) {
  const Tampering found{.what = what, .id = id};
  co_await report(found);
}

awaitable<void> Records::report_row(SubjectId subject, FactorId factor) {
  // A factor's number and its subject's may be equal, and then share a minute: no harm.
  const std::int64_t id = number(factor) != 0 ? number(factor) : number(subject);
  const Tampering found{.what = Tampered::row, .id = id, .subject = subject, .factor = factor};
  co_await report(found);
}

bool Records::may_report(Tampered what, std::int64_t id) {
  const Time now = clock_.now();
  if (reported_.size() >= kReportedMax) reported_.clear();
  const auto [last, first] = reported_.try_emplace({what, id}, now);
  if (!first && now - last->second < kReportEvery) return false;
  last->second = now;
  return true;
}

}  // namespace countersign::store
