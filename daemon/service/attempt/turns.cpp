// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/attempt/turns.hpp"

namespace countersign {

awaitable<Result<Turns::Turn>> Turns::take(SubjectId subject, Rank rank, std::size_t waiting_max) {
  const auto [place, free] = taken_.try_emplace(subject, nullptr);
  if (free) co_return Turn{*this, subject};

  if (!place->second) place->second = std::make_unique<Waiting>();
  auto& queue = rank == Rank::known ? place->second->known : place->second->strangers;
  if (queue.size() >= waiting_max) co_return Error{ErrorCode::limit_exceeded, "turns.waiting"};
  Completion<bool> mine;
  queue.push_back(&mine);
  co_await mine.wait();
  co_return Turn{*this, subject};
}

// The subject stays taken while its turn passes from one to the next.
void Turns::pass_on(SubjectId subject) {
  const auto place = taken_.find(subject);
  Waiting* waiting = place->second.get();
  if (waiting == nullptr || (waiting->known.empty() && waiting->strangers.empty())) {
    taken_.erase(place);
    return;
  }
  auto& queue = waiting->known.empty() ? waiting->strangers : waiting->known;
  due_.push_back(queue.front());
  queue.pop_front();
  // Whoever is done without waiting for anything passes on from in here. Were the next one told at
  // once, everybody who waits would stand on the stack.
  if (telling_) return;
  telling_ = true;
  while (!due_.empty()) {
    Completion<bool>* next = due_.front();
    due_.pop_front();
    next->complete(true);
  }
  telling_ = false;
}

}  // namespace countersign
