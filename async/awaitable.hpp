// SPDX-License-Identifier: Apache-2.0
// The coroutine type of everything that waits.
//
// One event loop, one thread, one concrete executor: naming it here saves a type-erased call for
// every resumption.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace countersign {

using Executor = boost::asio::io_context::executor_type;

template <class T>
using awaitable = boost::asio::awaitable<T, Executor>;

inline constexpr boost::asio::use_awaitable_t<Executor> use_awaitable;

}  // namespace countersign
