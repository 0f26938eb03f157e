// SPDX-License-Identifier: Apache-2.0
// What one worker process does: takes a connection, answers packet after packet, one thread.
//
// A worker that has grown too large, or whose engine is lost, says so in its answers (draining),
// finishes what has arrived, and ends; its supervisor starts another.
#pragma once

#include "base/bytes.hpp"
#include "base/secret_bytes.hpp"
#include "hsm/engine.hpp"
#include "hsm/protocol/packet.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace countersign::hsm {

struct WorkerSettings {
  Hello place;
  std::size_t memory_bytes_max = 0;
};

// Shared with the supervisor: since when the worker has been working on one question, by the
// monotonic clock in milliseconds; 0 while it waits. A vendor's library that hangs shows here.
using BusySince = std::atomic<std::int64_t>;
[[nodiscard]] std::int64_t monotonic_milliseconds();

class Worker {
 public:
  // How often the worker's memory is looked at.
  static constexpr std::size_t kMemoryCheckOperations = 2048;

  // REQUIRES: engine and busy outlive the worker.
  Worker(Engine& engine, WorkerSettings settings, BusySince& busy);

  // Serves one connection after another until the worker drains. Fails with `unavailable` if the
  // listener does.
  Status run(int listener);

 private:
  void serve(int connection);
  Status greet(int connection);
  // False when the peer has closed the connection.
  Result<bool> receive(int connection);
  Status answer_packet(BytesView packet);
  void answer_question(const Question& question);
  void answer_one(const MatchOath& asked);
  void answer_one(const MacQuestion& asked);
  void answer_one(const SealQuestion& asked);
  void answer_one(const GenerateQuestion& asked);
  void answer_one(const MatchYubico& asked);
  void answer_one(const SealYubicoQuestion& asked);
  void answer_one(const GenerateYubicoQuestion& asked);
  void answer_one(const SealClientQuestion& asked);
  void answer_one(const GenerateClientQuestion& asked);
  void answer_one(const SignForClientQuestion& asked);
  void answer_one(const MatchResponse& asked);
  void answer_one(const SealResponseKeyQuestion& asked);
  void answer_one(const GenerateResponseKeyQuestion& asked);
  void answer_one(const RandomQuestion& asked);
  void answer_one(const IssueCode& asked);
  void answer_one(const MatchCode& asked);
  void answer_one(const SealMessageQuestion& asked);
  void answer_one(const OpenMessageQuestion& asked);
  template <class T>
  void answer(OperationKind kind, Result<T> result);
  Status send_answers(int connection);
  [[nodiscard]] bool must_drain();

  Engine& engine_;
  WorkerSettings settings_;
  BusySince& busy_;
  SecretBytes received_{kQuestionsBytesMax + 1};
  std::size_t received_bytes_ = 0;
  Bytes answers_;
  std::size_t operations_ = 0;
  std::size_t memory_checked_at_ = 0;
  bool draining_ = false;
};

}  // namespace countersign::hsm
