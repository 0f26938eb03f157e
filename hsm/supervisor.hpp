// SPDX-License-Identifier: Apache-2.0
// Keeps N workers alive, without ever loading the PKCS#11 library itself: a process that has
// called C_Initialize must not fork.
//
// Workers start one after another, each when the one before is ready: modules return errors when
// sessions are opened in parallel (0xE1), and the first login gates the others, because tokens lock
// after a few wrong PINs.
#pragma once

#include "hsm/engine.hpp"
#include "hsm/worker.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace countersign::hsm {

// What the program says to systemd and to its caller when it ends.
inline constexpr int kExitDrained = 0;
inline constexpr int kExitFailed = 1;
// EX_CONFIG: an administrator is needed, another try could lock the token
// (RestartPreventExitStatus).
inline constexpr int kExitRefused = 78;

struct SupervisorSettings {
  EngineSettings engine;
  std::uint16_t workers = 1;
  std::size_t worker_memory_bytes_max = 0;
};

class Supervisor {
 public:
  static constexpr std::chrono::milliseconds kRestartDelayMin{100};
  static constexpr std::chrono::milliseconds kRestartDelayMax{10'000};
  static constexpr std::chrono::seconds kReadyTimeout{30};
  static constexpr std::chrono::seconds kHangTimeout{10};
  static constexpr std::chrono::seconds kStopTimeout{5};

  Supervisor(SupervisorSettings settings, int listener);
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;
  ~Supervisor();

  // Returns the program's exit status, when SIGTERM or SIGINT came or the workers cannot work.
  int run();

 private:
  using Clock = std::chrono::steady_clock;
  struct Slot {
    pid_t process = 0;  // 0 while there is none
    bool ready = false;
    Clock::time_point since;       // when the process was started
    Clock::time_point not_before;  // when the next one may be
    std::chrono::milliseconds delay = kRestartDelayMin;
  };

  Status prepare();
  Status start(std::size_t index);
  [[noreturn]] void be_worker(std::size_t index, int ready_pipe);
  void start_next();
  void wait();
  void take_signals();
  void take_readiness();
  void bury_dead();
  void bury(std::size_t index, int wait_status);
  void kill_stuck();
  void announce();
  void ping_watchdog();
  void stop_all();

  SupervisorSettings settings_;
  int listener_;
  int signals_ = -1;
  int ready_pipe_ = -1;  // from the worker that is starting
  pid_t parent_;
  std::vector<Slot> slots_;
  BusySince* busy_ = nullptr;  // one a slot, in memory shared with the workers
  std::optional<std::size_t> starting_;
  std::optional<int> exit_status_;
  bool worked_ = false;  // some worker has been ready
  bool announced_ = false;
  Clock::duration watchdog_interval_{};
  Clock::time_point watchdog_next_;
};

}  // namespace countersign::hsm
