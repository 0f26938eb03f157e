// SPDX-License-Identifier: Apache-2.0
// A thread that works off what has gathered, all at once, and lets the loop know once a batch.
//
// The longer a batch takes, the larger the next one is: that is what makes one fsync pay for
// hundreds of commits without anybody waiting for a timer.
#pragma once

#include "async/awaitable.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>

namespace countersign::store::sqlite {

// An Item belongs to whoever submits it, who must keep it until `finish()`, which is called on the
// loop's thread.
template <class Item>
class BatchThread {
 public:
  using Work = std::function<void(std::span<Item* const>)>;

  struct Limits {
    std::size_t queue_max;
    std::size_t batch_max;
  };

  // `work` runs on the new thread. `name` is what top(1) shows, at most 15 characters.
  BatchThread(Executor loop, const char* name, Limits limits, Work work)
      : loop_{std::move(loop)}, limits_{limits}, work_{std::move(work)}, thread_{[this] {
          run();
        }} {
    ::pthread_setname_np(thread_.native_handle(), name);
  }
  BatchThread(const BatchThread&) = delete;
  BatchThread& operator=(const BatchThread&) = delete;
  ~BatchThread() { close(); }

  // False when the queue is full or closed; the item is then left alone.
  [[nodiscard]] bool submit(Item& item) {
    bool wake = false;
    {
      const std::lock_guard guard{mutex_};
      if (closed_ || waiting_.size() >= limits_.queue_max) return false;
      waiting_.push_back(&item);
      wake = std::exchange(asleep_, false);
    }
    if (wake) awake_.notify_one();
    return true;
  }

  // Works off what is there, then ends the thread. Nothing can be submitted any more.
  void close() {
    {
      const std::lock_guard guard{mutex_};
      closed_ = true;
    }
    awake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

 private:
  using Items = std::vector<Item*>;

  void run() {
    for (Items items = take(); !items.empty(); items = take()) {
      for (std::size_t done = 0; done < items.size(); done += limits_.batch_max) {
        const std::size_t count = std::min(limits_.batch_max, items.size() - done);
        const auto first = items.begin() + static_cast<std::ptrdiff_t>(done);
        Items batch(first, first + static_cast<std::ptrdiff_t>(count));
        work_(batch);
        give_back(std::move(batch));
      }
    }
  }

  Items take() {
    std::unique_lock lock{mutex_};
    asleep_ = true;
    awake_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    asleep_ = false;
    return std::exchange(waiting_, {});
  }

  void give_back(Items batch) {
    boost::asio::post(loop_, [batch = std::move(batch)] {
      for (Item* item : batch) item->finish();
    });
  }

  Executor loop_;
  Limits limits_;
  Work work_;
  std::mutex mutex_;
  std::condition_variable awake_;
  Items waiting_;
  bool asleep_ = false;
  bool closed_ = false;
  std::thread thread_;  // last: it uses everything above
};

}  // namespace countersign::store::sqlite
