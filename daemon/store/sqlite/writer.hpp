// SPDX-License-Identifier: Apache-2.0
// Group commit: what has gathered becomes one transaction with one fsync.
//
// The thread of its own is the only one that writes. A disk that is full fails the batch and is
// tried again with the next one; any other refusal of the disk has the connection closed, opened
// anew and checked first; a failed fsync ends the process, because nobody knows any more what the
// disk holds.
#pragma once

#include "daemon/store/sqlite/batch_thread.hpp"
#include "daemon/store/sqlite/change.hpp"
#include "daemon/store/sqlite/transaction.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace countersign::store::sqlite {

class Writer {
 public:
  static constexpr std::size_t kQueueMax = 16384;
  // Large enough to share a slow fsync among many (at 5 ms each, 512 are 100 000 a second), small
  // enough that not everybody waits for one: the others are with the HSM or in the loop meanwhile.
  static constexpr std::size_t kBatchMax = 512;

  // Tells the program to exit: on a thread of ours.
  using OnFatal = std::function<void()>;

  // `rows` and `tail` are what store_file opened and checked. `key` outlives the writer.
  Writer(Executor loop, std::filesystem::path file, std::unique_ptr<Transaction> rows,
         const HmacKey& key, OnFatal on_fatal);

  // Durable, or not done, when this returns. Fails with `conflict`, `already_exists`,
  // `unavailable`. REQUIRES: `change` outlives the wait.
  awaitable<Status> commit(Change& change);

  void close() { thread_.close(); }

 private:
  void work(std::span<Change* const> batch);
  Status write(std::span<Change* const> batch);
  Status reopen();
  void note(const Status& written);

  std::filesystem::path file_;
  std::unique_ptr<Transaction> rows_;  // null: to be opened anew
  const HmacKey& key_;
  OnFatal on_fatal_;
  bool failing_ = false;
  bool fatal_ = false;
  bool reopened_ = false;
  BatchThread<Change> thread_;
};

}  // namespace countersign::store::sqlite
