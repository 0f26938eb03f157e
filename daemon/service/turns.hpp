// SPDX-License-Identifier: Apache-2.0
// One at a time for each subject: the keyed queue.
//
// Parallel guesses at one subject cannot outrun its failure count, because the second is evaluated
// when the first is durable. Different subjects never wait for each other.
#pragma once

#include "async/completion.hpp"
#include "base/error.hpp"
#include "daemon/model/ids.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>

namespace countersign {

class Turns {
 public:
  static constexpr std::size_t kWaitingMax = 4096;  // for one subject

  // Held while one request evaluates a subject; whoever waits longest is next.
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

  // Fails with `limit_exceeded` when kWaitingMax others wait for the same subject.
  awaitable<Result<Turn>> take(SubjectId subject);

 private:
  using Waiting = std::deque<Completion<bool>*>;

  void pass_on(SubjectId subject);

  // A subject is a key while somebody has its turn; the queue is made when somebody waits.
  std::unordered_map<SubjectId, std::unique_ptr<Waiting>> taken_;
};

}  // namespace countersign
