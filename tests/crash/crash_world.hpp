// SPDX-License-Identifier: Apache-2.0
// An appliance whose programs are going to be killed.
#pragma once

#include "tests/crash/ledger.hpp"
#include "tests/crash/newcomers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace countersign::test {

// How often something is killed: CS_CRASH_ROUNDS, or else 100.
[[nodiscard]] int crash_rounds();

class Crash : public testing::Test {
 protected:
  static constexpr std::size_t kInFlightMin = 64;
  static constexpr std::size_t kWorkers = 2;

  Crash();

  // Sends everything, and kills the daemon at some moment while it works on it. Says how many
  // answers it owed.
  std::size_t kill_daemon(Flight& flight);
  // Does so as often as asked, with at least kInFlightMin in flight each time, and holds the daemon
  // that comes back against the clients' knowledge.
  void survive_kills(int kills, Ledger& ledger, Newcomers& newcomers, int arrivals);

  // The workers that have logged in. The others are spared: SoftHSM truncates its token's file at
  // every login and writes it anew, and whoever dies in between takes the token along.
  [[nodiscard]] std::vector<pid_t> ready_workers();
  // Kills the HSM's supervisor, and its workers with it, and starts it again.
  // REQUIRES: every worker is ready.
  void restart_hsm();
  unsigned seed() { return static_cast<unsigned>(random_()); }

  Appliance appliance_;
  std::mt19937 random_;
};

}  // namespace countersign::test
