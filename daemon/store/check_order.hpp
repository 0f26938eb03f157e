// SPDX-License-Identifier: Apache-2.0
// Whether every row has only ever counted up, as the journal tells it.
//
// A row taken back to an older true state and used again arrives at the version that it had, and
// then no longer contradicts the journal. But the journal has two records of that version, and a
// count of failures that does not follow from the one before.
//
// This takes a memory of where each row stood last, so it is one reading of the whole journal and
// no slice on its own; where there are too many rows for the memory, it reads the journal several
// times, each time for a part of the rows.
#pragma once

#include "daemon/store/sqlite/reader.hpp"
#include "daemon/store/store.hpp"

#include <unordered_map>

namespace countersign::store {

class OrderCheck {
 public:
  static constexpr std::size_t kRememberedMax = 262'144;  // about 16 MB

  explicit OrderCheck(std::size_t remembered_max = kRememberedMax)
      : remembered_max_{remembered_max} {}

  // Reads on from where it stopped, at most `max` records; what they show.
  Result<std::vector<std::string>> read(sqlite::Reader::Statements& statements, std::size_t max);

  // Whether the whole journal was read for all rows.
  [[nodiscard]] bool ended() const { return ended_; }

 private:
  enum class Row : std::uint8_t { factor, subject };
  struct State {
    Version version{};
    std::uint32_t failures = 0;  // of a subject
    std::uint32_t failures_unfamiliar = 0;
  };
  using States = std::unordered_map<std::int64_t, State>;

  void judge(const JournalRecord& record);
  void judge_motion(std::uint64_t seq, FactorId factor, Version version);
  void judge_budget(const JournalRecord& record);
  static bool follows(const State& before, const State& after, bool familiar);
  State* remember(Row row, std::int64_t id);
  void forget_half();
  static void forget_beyond(std::uint64_t last, Row row, States& states);
  void next_part();
  void report(std::uint64_t seq, std::string_view row, std::int64_t id, std::string_view what);

  std::size_t remembered_max_;
  States factors_;
  States subjects_;
  // The rows of this reading: those whose place() is from first_ to last_.
  std::uint64_t first_ = 0;
  std::uint64_t last_ = ~std::uint64_t{0};
  std::int64_t after_ = 0;  // the record read last
  bool ended_ = false;
  std::vector<std::string> problems_;
};

}  // namespace countersign::store
