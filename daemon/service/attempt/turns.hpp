// SPDX-License-Identifier: Apache-2.0
// One at a time for each subject: the keyed queue.
//
// Parallel guesses at one subject cannot outrun its failure count, because the second is evaluated
// when the first is durable. Different subjects never wait for each other.
//
// Strangers and those who are known wait apart, and whoever is known is next: however many
// strangers there are, their number keeps nobody out who is known.
#pragma once

#include "async/completion.hpp"
#include "base/error.hpp"
#include "daemon/hashing/hasher.hpp"
#include "daemon/model/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>

namespace countersign {

class Turns {
 public:
  static constexpr std::size_t kWaitingMax = 4096;  // for one subject, of each rank
  // The same of attempts that are hashed. Each takes as long as dozens of others: as many as there
  // may be of those that are quick would leave their peer nothing for minutes.
  static constexpr std::size_t kHashedWaitingMax = 16;

  // Held while one request evaluates a subject. Of those who are known, or of strangers if there
  // are none, whoever waits longest is next.
  class Turn {
   public:
    Turn(Turns& turns, SubjectId subject) : turns_{&turns}, subject_{subject} {}
    Turn(Turn&& other) noexcept
        : turns_{std::exchange(other.turns_, nullptr)}, subject_{other.subject_} {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ != nullptr) turns_->pass_on(subject_);
    }

   private:
    Turns* turns_;
    SubjectId subject_;
  };

  // Fails with `limit_exceeded` when so many others of this rank wait for the same subject.
  awaitable<Result<Turn>> take(SubjectId subject, Rank rank = Rank::known,
                               std::size_t waiting_max = kWaitingMax);
  // Whether somebody has it, so that one has to wait.
  [[nodiscard]] bool is_taken(SubjectId subject) const { return taken_.contains(subject); }

 private:
  struct Waiting {
    std::deque<Completion<bool>*> known;
    std::deque<Completion<bool>*> strangers;
  };

  void pass_on(SubjectId subject);

  // A subject is a key while somebody has its turn; the queues are made when somebody waits.
  std::unordered_map<SubjectId, std::unique_ptr<Waiting>> taken_;
  // Whoever has a turn now and is not told yet.
  std::deque<Completion<bool>*> due_;
  bool telling_ = false;
};

}  // namespace countersign
