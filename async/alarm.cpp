// SPDX-License-Identifier: Apache-2.0
#include "async/alarm.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>

namespace countersign {

awaitable<void> Alarm::wait(std::chrono::steady_clock::duration limit) {
  const Executor loop = co_await boost::asio::this_coro::executor;
  const auto mine = waiting_.emplace(waiting_.end(), loop, limit);
  co_await mine->async_wait(boost::asio::as_tuple(use_awaitable));
  waiting_.erase(mine);
}

void Alarm::ring() {
  for (Timer& timer : waiting_) timer.cancel();
}

}  // namespace countersign
