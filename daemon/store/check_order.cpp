// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/check_order.hpp"

namespace countersign::store {
namespace {

// Spreads rows evenly, and no two ids of one kind to the same place (the multiplier is odd).
template <class Row>
std::uint64_t place(Row row, std::int64_t id) {
  const auto salted = static_cast<std::uint64_t>(id) ^ (static_cast<std::uint64_t>(row) << 63);
  return salted * 0x9e37'79b9'7f4a'7c15;
}

// An acceptance leaves a budget as it is that has nothing to forget, or that it may not forget, and
// so does what is somebody's own and comes at the wrong time; everything else counts up.
bool may_leave_budget(const JournalEntry& entry) {
  const bool asks = entry.event == Event::verify || entry.event == Event::resynchronise ||
                    entry.event == Event::repeat || entry.event == Event::sign_in ||
                    entry.event == Event::reauthenticated || entry.event == Event::reset_proven;
  return asks && (entry.outcome == Reason::none || entry.outcome == Reason::expired);
}

}  // namespace

Result<std::vector<std::string>> OrderCheck::read(sqlite::Reader::Statements& statements,
                                                  std::size_t max) {
  CS_TRY(const auto records, statements.checks.journal(after_, max));
  for (const LoadedRecord& loaded : records) judge(loaded.record);
  if (!records.empty()) after_ = static_cast<std::int64_t>(records.back().record.seq);
  if (records.size() < max) next_part();
  return std::exchange(problems_, {});
}

void OrderCheck::judge(const JournalRecord& record) {
  const JournalEntry& entry = record.entry;
  if (number(entry.version) != 0) judge_motion(record.seq, entry.factor, entry.version);
  Reader also{record.also_moved};
  while (also.left() > 0 && also.good()) {
    const auto factor = FactorId{also.integer<std::int64_t>()};
    const auto version = Version{also.integer<std::uint64_t>()};
    also.integer<std::int64_t>();  // position
    if (also.good()) judge_motion(record.seq, factor, version);
  }
  if (number(record.budget_version) != 0) judge_budget(record);
}

void OrderCheck::judge_motion(std::uint64_t seq, FactorId factor, Version version) {
  State* last = remember(Row::factor, number(factor));
  if (last == nullptr) return;
  if (version <= last->version) {
    report(seq, "factor", number(factor), "had been put back: its version did not count up");
  }
  last->version = version;
}

// Refused unevaluated, an attempt counts the version up without a record; so a budget that was put
// back may come out beyond the version it had. Its failures then do not follow.
void OrderCheck::judge_budget(const JournalRecord& record) {
  const JournalEntry& entry = record.entry;
  State* last = remember(Row::subject, number(entry.subject));
  if (last == nullptr) return;
  const State now{record.budget_version, entry.failures, entry.failures_unfamiliar};
  const bool same = now.version == last->version && now.failures == last->failures &&
                    now.failures_unfamiliar == last->failures_unfamiliar;
  // A thief of a device's secret has guessed nothing.
  const bool charged = entry.outcome != Reason::none && entry.event != Event::device_stolen;
  const bool left = same && may_leave_budget(entry);
  if (now.version <= last->version && !left) {
    report(record.seq, "subject", number(entry.subject),
           "had been put back: its version did not count up");
  } else if (charged && !left && !follows(*last, now, entry.familiar)) {
    report(record.seq, "subject", number(entry.subject),
           "had been put back: its failures did not count up");
  }
  *last = now;
}

// Whether one more failure leads from the one state to the other.
bool OrderCheck::follows(const State& before, const State& after, bool familiar) {
  return after.failures == before.failures + 1 &&
         after.failures_unfamiliar == before.failures_unfamiliar + (familiar ? 0 : 1);
}

// Null for a row of another part.
OrderCheck::State* OrderCheck::remember(Row row, std::int64_t id) {
  if (place(row, id) < first_ || place(row, id) > last_) return nullptr;
  States& states = row == Row::factor ? factors_ : subjects_;
  const auto [found, fresh] = states.try_emplace(id);
  if (!fresh || factors_.size() + subjects_.size() <= remembered_max_) return &found->second;
  while (factors_.size() + subjects_.size() > remembered_max_ && first_ < last_) forget_half();
  const auto left = states.find(id);
  return left == states.end() ? nullptr : &left->second;
}

// Leaves the upper half of this part to the next reading.
void OrderCheck::forget_half() {
  last_ = first_ + (last_ - first_) / 2;
  forget_beyond(last_, Row::factor, factors_);
  forget_beyond(last_, Row::subject, subjects_);
}

void OrderCheck::forget_beyond(std::uint64_t last, Row row, States& states) {
  std::erase_if(states, [last, row](const auto& one) { return place(row, one.first) > last; });
}

void OrderCheck::next_part() {
  factors_.clear();
  subjects_.clear();
  after_ = 0;
  ended_ = last_ == ~std::uint64_t{0};
  if (ended_) return;
  first_ = last_ + 1;
  last_ = ~std::uint64_t{0};
}

void OrderCheck::report(std::uint64_t seq, std::string_view row, std::int64_t id,
                        std::string_view what) {
  problems_.push_back("journal record " + std::to_string(seq) + ": before it, " + std::string{row} +
                      " " + std::to_string(id) + " " + std::string{what});
}

}  // namespace countersign::store
