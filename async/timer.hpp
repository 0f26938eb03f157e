// SPDX-License-Identifier: Apache-2.0
// Waiting for a while, on the loop's thread.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace countersign {

using SteadyTime = std::chrono::steady_clock::time_point;
using Timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

}  // namespace countersign
