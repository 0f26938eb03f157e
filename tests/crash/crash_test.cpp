// SPDX-License-Identifier: Apache-2.0
// kill -9 with many requests in flight, again and again, against what the clients know.
//
// CS_CRASH_ROUNDS sets how often.
#include "tests/crash/crash_world.hpp"

#include <algorithm>
#include <csignal>

namespace countersign::test {
namespace {

constexpr int kFewArrivals = 4;
constexpr int kManyArrivals = 20;
constexpr std::size_t kMostlyGuessing = 8;  // rounds; below 100 failures
// Then the supervisor takes seconds before it starts a worker again.
constexpr int kWorkerKillsInARow = 6;

TEST_F(Crash, NoCodeIsAcceptedAgainAfterKill) {
  Ledger ledger{appliance_, seed()};
  Newcomers newcomers{appliance_, seed()};
  survive_kills(crash_rounds(), ledger, newcomers, kFewArrivals);
  ledger.expect_spent_codes_refused();
}

TEST_F(Crash, NoFailureIsLost) {
  Ledger ledger{appliance_, seed(), kMostlyGuessing};
  Newcomers newcomers{appliance_, seed()};
  survive_kills(std::max(crash_rounds() / 2, 1), ledger, newcomers, 0);
}

TEST_F(Crash, NoEnrolmentIsLost) {
  Ledger ledger{appliance_, seed()};
  Newcomers newcomers{appliance_, seed()};
  survive_kills(std::max(crash_rounds() / 2, 1), ledger, newcomers, kManyArrivals);
  newcomers.expect_everybody_is_known();
}

TEST_F(Crash, AKilledWorkerIsSeenByNobody) {
  Ledger ledger{appliance_, seed()};
  for (int kills = 0; kills < crash_rounds(); ++kills) {
    SCOPED_TRACE("kill " + std::to_string(kills));
    if (kills % kWorkerKillsInARow == kWorkerKillsInARow - 1) {
      ASSERT_TRUE(wait_until([this] { return ready_workers().size() == kWorkers; }));
      restart_hsm();
    }
    ASSERT_TRUE(wait_until([this] { return !ready_workers().empty(); }));
    Flight flight{appliance_};
    ledger.ask(flight);
    flight.send(seed());
    flight.take(random_() % (flight.size() - kInFlightMin));
    const auto workers = ready_workers();
    ::kill(workers.at(random_() % workers.size()), SIGKILL);
    flight.take_all();
    ledger.expect_right_answers();
    if (HasFailure()) return;
  }
  EXPECT_THAT(appliance_.check_store(), testing::IsEmpty());
}

}  // namespace
}  // namespace countersign::test
