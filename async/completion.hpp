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

  // One coroutine frame, because every request waits here several times.
  //
  // REQUIRES: called once and awaited at once; the Completion outlives the wait; the loop's thread.
  awaitable<T> wait() {
    if (value_) return ready();
    auto keep = [this](auto handler) {
      assert(!value_);
      handler_.emplace(std::move(handler));
    };
    return boost::asio::async_initiate<const Token, void(T)>(keep, use_awaitable);
  }

  // Resumes the waiting coroutine before it returns.
  //
  // REQUIRES: called once, on the loop's thread. The Completion may be gone afterwards.
  void complete(T value) {
    assert(!value_);
    if (!handler_) {
      value_.emplace(std::move(value));
      return;
    }
    auto handler = std::move(*handler_);
    std::move(handler)(std::move(value));
  }

 private:
  using Token = boost::asio::use_awaitable_t<Executor>;
  using Handler = typename boost::asio::async_result<Token, void(T)>::handler_type;

  awaitable<T> ready() { co_return std::move(*value_); }

  std::optional<T> value_;
  std::optional<Handler> handler_;
};

}  // namespace countersign
