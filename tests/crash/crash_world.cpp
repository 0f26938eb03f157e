// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/crash_world.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

namespace countersign::test {
namespace {

constexpr int kRoundsByDefault = 100;
constexpr int kCheckEvery = 10;
constexpr unsigned kSeed = 20'261;
constexpr unsigned kDelayMicrosecondsMax = 200;

// No throttling: what is counted is the point, not what follows from it.
constexpr const char* kPatientPolicy = R"([throttle]
failures_free = 99
delay_first = "1s"
delay_max = "1s"
)";

}  // namespace

int crash_rounds() {
  const char* text = std::getenv("CS_CRASH_ROUNDS");
  return text == nullptr ? kRoundsByDefault : std::atoi(text);
}

Crash::Crash() : appliance_{{.workers = kWorkers, .policy = kPatientPolicy}}, random_{kSeed} {}

std::size_t Crash::kill_daemon(Flight& flight) {
  flight.send(seed());
  // Answers come in bursts: taking more of them would leave too few behind too often.
  flight.take(random_() % ((flight.size() - kInFlightMin) / 6));
  std::this_thread::sleep_for(std::chrono::microseconds{random_() % kDelayMicrosecondsMax});
  appliance_.daemon().kill(SIGKILL);
  EXPECT_EQ(appliance_.daemon().wait(), 128 + SIGKILL);
  flight.drain();
  return flight.unanswered();
}

void Crash::survive_kills(int kills, Ledger& ledger, Newcomers& newcomers, int arrivals) {
  for (int done = 0; done < kills;) {
    SCOPED_TRACE("kill " + std::to_string(done));
    Flight flight{appliance_};
    ledger.ask(flight);
    newcomers.ask(flight, arrivals);
    // A moment at which fewer were in flight is not what was asked for: it is judged, not counted.
    if (kill_daemon(flight) >= kInFlightMin) ++done;
    // Now and then the HSM's processes die at the same time.
    if (random_() % kCheckEvery == 0) restart_hsm();
    appliance_.start_daemon();
    ledger.settle();
    newcomers.settle();
    if (HasFailure()) return;
    if (done % kCheckEvery != 0 && done != kills) continue;
    ASSERT_THAT(appliance_.check_store(), testing::IsEmpty());
  }
  std::cout << ledger.committed_unanswered() << " acceptances were durable and unanswered\n";
}

std::vector<pid_t> Crash::ready_workers() {
  auto workers = children_of(appliance_.hsm().pid());
  std::erase_if(workers, [this](pid_t worker) {
    const std::string said = "pid=" + std::to_string(worker) + "\n";
    return !is_running(worker) || !appliance_.hsm().has_logged(said);
  });
  return workers;
}

void Crash::restart_hsm() {
  const auto workers = children_of(appliance_.hsm().pid());
  appliance_.hsm().kill(SIGKILL);
  EXPECT_EQ(appliance_.hsm().wait(), 128 + SIGKILL);
  // The kernel kills them with their supervisor; the last of them still holds the socket.
  EXPECT_TRUE(wait_until([&workers] { return std::ranges::none_of(workers, is_running); }));
  appliance_.start_hsm();
  EXPECT_TRUE(wait_until([this] { return ready_workers().size() == kWorkers; }));
}

}  // namespace countersign::test
