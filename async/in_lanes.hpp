// SPDX-License-Identifier: Apache-2.0
// Several pieces of the same work at once, so that what batches behind them has something to batch.
#pragma once

#include "async/completion.hpp"
#include "base/error.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>

namespace countersign {

namespace lanes {

template <class Work>
struct State {
  Work& work;
  std::size_t count;
  std::size_t next = 0;
  std::size_t running = 0;
  Status outcome;
  Completion<Status> done;
};

template <class Work>
awaitable<void> run(State<Work>& state) {
  while (state.outcome && state.next < state.count) {
    const std::size_t mine = state.next++;
    Status done = co_await state.work(mine);
    if (!done) state.outcome = std::move(done);
  }
}

}  // namespace lanes

// Awaits `work(0)` to `work(count - 1)`, an awaitable<Status> each, at most `lanes_max` at once.
// Fails with what the first one failed with; after that none is begun.
// REQUIRES: lanes_max > 0; `work` outlives the wait.
template <class Work>
awaitable<Status> in_lanes(std::size_t count, std::size_t lanes_max, Work& work) {
  if (count == 0) co_return Status{};
  lanes::State<Work> state{work, count, 0, std::min(count, lanes_max), {}, {}};
  auto lane_ended = [&state](const std::exception_ptr& thrown) {
    if (thrown) state.outcome = Error{ErrorCode::unavailable, "lanes.exception"};
    if (--state.running == 0) state.done.complete({});
  };
  const Executor loop = co_await boost::asio::this_coro::executor;
  const std::size_t lane_count = state.running;
  for (std::size_t lane = 0; lane < lane_count; ++lane) {
    boost::asio::co_spawn(loop, lanes::run(state), lane_ended);
  }
  CS_CO_CHECK(co_await state.done.wait());
  co_return state.outcome;
}

}  // namespace countersign
