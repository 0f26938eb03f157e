// SPDX-License-Identifier: Apache-2.0
// A few threads that hash, one after another's back: libsodium's Argon2id behind two bounded
// queues. However many strangers wait, they keep nobody out who is known, and are not forgotten.
//
// They step back for everything else that this process does: whoever signs in by a code does not
// wait for passwords. What they need at most is `threads` times the memory of one hash, from the
// system for as long as the hash takes; libsodium gives it back, and wipes what held the text.
#pragma once

#include "async/completion.hpp"
#include "daemon/hashing/hasher.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign {

class Argon2Pool final : public Hasher {
 public:
  // Less of the processor than the loop and the store's threads, by a factor of ten; not nothing,
  // so that those who sign in by passwords get their turn on a machine that is never idle.
  static constexpr int kNiceness = 10;
  static constexpr std::uint32_t kMemoryKibMin = 8;  // libsodium's
  static constexpr std::uint8_t kPassesMin = 1;
  // Then a stranger is next, if one waits.
  static constexpr int kKnownInARowMax = 4;

  struct Limits {
    std::size_t threads = 1;    // at least 1
    std::size_t queue_max = 1;  // that wait, of each rank, besides those that are being hashed
  };

  // `loop` outlives this.
  Argon2Pool(Executor loop, Limits limits);
  Argon2Pool(const Argon2Pool&) = delete;
  Argon2Pool& operator=(const Argon2Pool&) = delete;
  ~Argon2Pool() override { close(); }

  // Also fails with `unavailable` for parameters below the minimum, and when it is closed.
  awaitable<Result<SecretBytes>> hash(const SecretBytes& text,
                                      const std::array<std::byte, kArgon2SaltBytes>& salt,
                                      Argon2Parameters parameters, Rank rank) override;

  // Ends what is being hashed, refuses what waits, and ends the threads.
  void close();

 private:
  struct Job;

  void run();
  [[nodiscard]] Job* take();
  // Whose turn it is; null when nobody waits. REQUIRES: the mutex.
  [[nodiscard]] Job* next();
  // To the loop, where whoever asked for it waits.
  void give_back(Job* job);
  [[nodiscard]] Status submit(Job& job, Rank rank);

  Executor loop_;
  std::size_t queue_max_;
  bool usable_;
  std::mutex mutex_;
  std::condition_variable awake_;
  std::deque<Job*> known_;
  std::deque<Job*> strangers_;
  int known_in_a_row_ = 0;  // while a stranger waited
  std::size_t idle_ = 0;    // threads without work
  bool closed_ = false;
  std::vector<std::thread> threads_;  // last: they use everything above
};

}  // namespace countersign
