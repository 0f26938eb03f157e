// SPDX-License-Identifier: Apache-2.0
// The journal's open end: assigns places and hashes, and notices a clock that steps back.
#pragma once

#include "daemon/store/journal_chain.hpp"
#include "daemon/store/sqlite/connection.hpp"

#include <chrono>

namespace countersign::store::sqlite {

// Two entries may be written in the other order than that of their times: a time is taken when the
// attempt begins, which then waits for the HSM for up to five seconds, and for its turn. A clock
// that steps back by less is not told from that.
inline constexpr std::chrono::seconds kClockStepMin{10};

class JournalWrites {
 public:
  // Everything that a rollback has to set back.
  struct Tail {
    JournalHead head;
    Time at{};  // the latest of all records since the clock last stepped back
  };

  // Reads where the journal ends. `key` outlives this.
  static Result<JournalWrites> open(Connection& connection, const HmacKey& key);

  // Whether what was found at open() is not what this daemon left: cut off, or its head forged.
  [[nodiscard]] bool altered() const { return altered_; }

  Status append(JournalRecord& record);
  // Once a transaction, before it is committed.
  Status seal_head();

  [[nodiscard]] const Tail& tail() const { return tail_; }
  void restore(const Tail& tail) { tail_ = tail; }

 private:
  explicit JournalWrites(const HmacKey& key) : key_{&key} {}
  Status read_tail(Connection& connection);
  Status insert(JournalRecord& record);
  Status note_clock_step(Time at);

  const HmacKey* key_;
  Statement insert_;
  Statement seal_;
  Tail tail_;
  bool altered_ = false;
};

}  // namespace countersign::store::sqlite
