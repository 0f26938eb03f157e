// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/gate/pace.hpp"

namespace countersign {

using std::chrono::steady_clock;

steady_clock::duration until_step(steady_clock::duration since_asked,
                                  std::chrono::milliseconds step) {
  if (step <= step.zero()) return steady_clock::duration::zero();
  return step - since_asked % steady_clock::duration{step};
}

awaitable<void> Pace::keep(steady_clock::time_point asked, std::chrono::milliseconds step) {
  const steady_clock::duration wait = until_step(steady_clock::now() - asked, step);
  if (stopped_ || wait == wait.zero()) co_return;
  co_await end_.wait(wait);
}

void Pace::stop() {
  stopped_ = true;
  end_.ring();
}

}  // namespace countersign
