// SPDX-License-Identifier: Apache-2.0
// The journal's open end: assigns places and hashes, and notices a clock that steps back.
#pragma once

#include "daemon/store/journal_chain.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <chrono>

namespace countersign::store::sqlite {

// Entries are written in the order in which they were decided, give or take the work in between.
inline constexpr std::chrono::seconds kClockStepMin{2};

class JournalWrites {
 public:
  // Everything that a rollback has to set back.
  struct Tail {
    JournalHead head;
    Time at{};  // of the last record
  };

  // Reads where the journal ends. `key` outlives this.
  static Result<JournalWrites> open(Connection& connection, const MovingKey& key);

  // Whether what was found at open() is not what this daemon left: cut off, or its head forged.
  [[nodiscard]] bool altered() const { return altered_; }

  Status append(JournalRecord& record);
  // Once a transaction, before it is committed.
  Status seal_head();

  [[nodiscard]] const Tail& tail() const { return tail_; }
  void restore(const Tail& tail) { tail_ = tail; }

 private:
  explicit JournalWrites(const MovingKey& key) : key_{&key} {}
  Status read_tail(Connection& connection);
  Status insert(JournalRecord& record);
  Status note_clock_step(Time at);

  const MovingKey* key_;
  Statement insert_;
  Statement seal_;
  Tail tail_;
  bool altered_ = false;
};

}  // namespace countersign::store::sqlite
