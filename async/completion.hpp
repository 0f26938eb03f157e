// SPDX-License-Identifier: Apache-2.0
// A promise for one coroutine: somebody waits, somebody else completes, both on the loop's thread.
//
// What batches (the HSM client, the store's writer, the keyed queue) keeps Completions and
// completes them when the batch is back. Completing before anybody waits is fine too.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/async_result.hpp>

#include <cassert>
#include <optional>
#include <utility>

namespace countersign {

template <class T>
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  // REQUIRES: called once; the Completion outlives the wait; the loop's thread.
  awaitable<T> wait() {
    if (!value_) co_await suspend();
    co_return std::move(*value_);
  }

  // Resumes the waiting coroutine before it returns.
  //
  // REQUIRES: called once, on the loop's thread. The Completion may be gone afterwards.
  void complete(T value) {
    assert(!value_);
    value_.emplace(std::move(value));
    if (!handler_) return;
    auto handler = std::move(*handler_);
    std::move(handler)();
  }

 private:
  using Token = boost::asio::use_awaitable_t<Executor>;
  using Handler = typename boost::asio::async_result<Token, void()>::handler_type;

  awaitable<void> suspend() {
    auto keep = [this](auto handler) { handler_.emplace(std::move(handler)); };
    return boost::asio::async_initiate<const Token, void()>(keep, use_awaitable);
  }

  std::optional<T> value_;
  std::optional<Handler> handler_;
};

}  // namespace countersign
