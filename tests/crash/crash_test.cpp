// SPDX-License-Identifier: Apache-2.0
// kill -9 with many requests in flight, again and again, against what the clients know.
//
// CS_CRASH_ROUNDS sets how often; a failure names its round's seed.
#include "tests/crash/ledger.hpp"
#include "tests/crash/newcomers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <random>
#include <thread>

namespace countersign::test {
namespace {

using testing::IsEmpty;

constexpr int kRoundsByDefault = 100;
constexpr std::size_t kInFlightMin = 64;
constexpr int kCheckEvery = 10;
constexpr unsigned kSeed = 20'261;

int rounds() {
  const char* text = std::getenv("CS_CRASH_ROUNDS");
  return text == nullptr ? kRoundsByDefault : std::atoi(text);
}

// No throttling: what is counted is the point, not what follows from it.
const char* const kPatientPolicy = R"([throttle]
failures_free = 99
delay_first = "1s"
delay_max = "1s"
)";

class Crash : public testing::Test {
 protected:
  // Kills the daemon at some moment while it works the flight off; says how many answers it owed.
  std::size_t kill_daemon(Flight& flight) {
    flight.send(seed());
    const std::size_t spare = flight.size() - kInFlightMin;
    flight.take(random_() % spare);
    std::this_thread::sleep_for(std::chrono::microseconds{random_() % 3000});
    appliance_.daemon().kill(SIGKILL);
    EXPECT_EQ(appliance_.daemon().wait(), 128 + SIGKILL);
    flight.drain();
    return flight.unanswered();
  }

  unsigned seed() { return static_cast<unsigned>(random_()); }

  Appliance appliance_{{.policy = kPatientPolicy}};
  std::mt19937 random_{kSeed};
};

TEST_F(Crash, NoCodeIsAcceptedAgainAfterKill) {
  Ledger ledger{appliance_, seed()};
  for (int kills = 0; kills < rounds();) {
    SCOPED_TRACE("kill " + std::to_string(kills));
    Flight flight{appliance_};
    ledger.ask(flight);
    // A moment at which fewer were in flight is not what was asked for: it is judged, not counted.
    if (kill_daemon(flight) >= kInFlightMin) ++kills;
    appliance_.start_daemon();
    ledger.settle();
    if (HasFailure()) return;
    if (kills % kCheckEvery != 0) continue;
    ASSERT_THAT(appliance_.check_store(), IsEmpty());
  }
  ledger.expect_spent_codes_refused();
  std::cout << ledger.committed_unanswered() << " acceptances were durable and unanswered\n";
}

}  // namespace
}  // namespace countersign::test
