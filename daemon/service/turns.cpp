// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/turns.hpp"

namespace countersign {

awaitable<Result<Turns::Turn>> Turns::take(SubjectId subject) {
  const auto [place, free] = taken_.try_emplace(subject, nullptr);
  if (free) co_return Turn{*this, subject};

  if (!place->second) place->second = std::make_unique<Waiting>();
  if (place->second->size() >= kWaitingMax) {
    co_return Error{ErrorCode::limit_exceeded, "turns.waiting"};
  }
  Completion<bool> mine;
  place->second->push_back(&mine);
  co_await mine.wait();
  co_return Turn{*this, subject};
}

// The subject stays taken while its turn passes from one to the next.
void Turns::pass_on(SubjectId subject) {
  const auto place = taken_.find(subject);
  if (!place->second || place->second->empty()) {
    taken_.erase(place);
    return;
  }
  Completion<bool>* next = place->second->front();
  place->second->pop_front();
  next->complete(true);
}

}  // namespace countersign
