// SPDX-License-Identifier: Apache-2.0
// A disk that fails or fills up while the daemon writes: strace makes the system calls fail by
// which SQLite writes here, pwrite64 (one or two a commit) and fdatasync. Each thread counts its
// own.
#include "tests/crash/crash_world.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

namespace countersign::test {
namespace {

struct Fault {
  const char* name;
  const char* injection;
  bool passes = false;  // and then the daemon must answer again, by itself or started anew
};

// A sync that fails ends the daemon: what the disk holds is then unknown. A write that fails ends
// the commits it belongs to, and the daemon goes on when there is room again.
constexpr Fault kFaults[] = {
    {"FirstSync", "fdatasync:error=EIO:when=1"},
    {"DirectorySync", "fdatasync:error=EIO:when=2"},  // SQLite tries it, and does not insist
    {"FirstCommit", "fdatasync:error=EIO:when=3"},
    {"LaterCommit", "fdatasync:error=EIO:when=6"},
    {"OneWrite", "pwrite64:error=EIO:when=9", true},
    {"FullAtOnce", "pwrite64:error=ENOSPC:when=1+"},
    {"FullForAWhile", "pwrite64:error=ENOSPC:when=10..12", true},
    {"FullForGood", "pwrite64:error=ENOSPC:when=11+"},
};

std::string contents(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

class CrashDisk : public Crash {
 protected:
  // One run of the daemon during which the fault strikes. What it answered stands in `flight`.
  void strike(const Fault& fault, std::optional<Flight>& flight) {
    const std::string log = appliance_.path("strace");
    std::filesystem::remove(log);
    // -D: the daemon stays our child, and strace is nobody's.
    appliance_.run_daemon_under({"/usr/bin/strace", "-D", "-f", "-o", log, "-e",
                                 "trace=fdatasync,pwrite64", "-e",
                                 std::string{"inject="} + fault.injection});
    if (starts()) {
      flight.emplace(appliance_);
      ledger_.ask(*flight);
      flight->send(seed());
      flight->drain();
      EXPECT_TRUE(!fault.passes || answers_again());
    }
    appliance_.daemon().kill(SIGKILL);
    EXPECT_TRUE(appliance_.daemon().wait().has_value());
    EXPECT_THAT(contents(log), testing::HasSubstr("INJECTED"));
  }

  bool starts() {
    try {
      appliance_.start_daemon();
      return true;
    } catch (const std::runtime_error&) {
      return false;  // it refuses to begin on such a disk
    }
  }

  bool answers_again() {
    const std::string code = witness_.press();
    client::Client portal = appliance_.verify_client();
    const auto opens = [&] { return accepted(verify(portal, witness_.username, code)); };
    return wait_until(opens);
  }

  Ledger ledger_{appliance_, seed()};
  Token witness_{appliance_.enrol("witness", v1::HOTP)};
};

TEST_F(CrashDisk, LosesNothing) {
  appliance_.stop_daemon();
  for (const Fault& fault : kFaults) {
    SCOPED_TRACE(fault.name);
    std::optional<Flight> flight;
    strike(fault, flight);
    appliance_.run_daemon_under({});
    appliance_.start_daemon();
    if (flight) ledger_.settle();
    ASSERT_THAT(appliance_.check_store(), testing::IsEmpty());
    if (HasFailure()) return;
    appliance_.stop_daemon();
  }
}

}  // namespace
}  // namespace countersign::test
