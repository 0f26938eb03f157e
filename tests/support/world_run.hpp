// SPDX-License-Identifier: Apache-2.0
// Running coroutines to their end in a test.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <cstdlib>
#include <exception>
#include <optional>
#include <vector>

namespace countersign::test {

template <class T>
std::vector<T> run_all(std::vector<awaitable<T>> tasks) {
  boost::asio::io_context loop;
  std::vector<std::optional<T>> results(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    auto keep = [&results, i](const std::exception_ptr& thrown, T value) {
      if (thrown) std::rethrow_exception(thrown);
      results[i].emplace(std::move(value));
    };
    boost::asio::co_spawn(loop, std::move(tasks[i]), keep);
  }
  loop.run();
  std::vector<T> values;
  for (auto& result : results) {
    if (!result) std::abort();  // a coroutine that nobody resumes is a bug of the test
    values.push_back(std::move(*result));
  }
  return values;
}

template <class T>
T run(awaitable<T> task) {
  std::vector<awaitable<T>> tasks;
  tasks.push_back(std::move(task));
  return std::move(run_all(std::move(tasks)).front());
}

}  // namespace countersign::test
