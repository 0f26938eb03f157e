// SPDX-License-Identifier: Apache-2.0
// countersign-courier: carries codes and notices from courier.sock to mail servers and SMS
// gateways.
#include "base/log.hpp"
#include "courier/courier.hpp"
#include "courier/options.hpp"
#include "courier/wiping.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <variant>

namespace {

// It needs none of these; its unit takes more away.
void harden_process() {
  ::umask(0077);
  ::signal(SIGPIPE, SIG_IGN);  // a server that went away is an error of one write, not our end
  const rlimit no_core{0, 0};
  const bool hardened = ::setrlimit(RLIMIT_CORE, &no_core) == 0 &&
                        ::prctl(PR_SET_DUMPABLE, 0) == 0 &&
                        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!hardened) countersign::log::warning("courier.harden");
}

// The main thread waits for them; those that it starts inherit this.
void block_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  ::sigprocmask(SIG_BLOCK, &ends, nullptr);
}

int run(int argc, char** argv) {
  using namespace countersign::courier;
  harden_process();
  if (const auto wiping = begin_wiping(); !wiping) {
    countersign::log::error("courier.cannot_start", wiping.error());
    return EXIT_FAILURE;
  }
  auto settings = read_options(argc, argv);
  if (const int* status = std::get_if<int>(&settings)) return *status;
  block_signals();
  return Courier{std::get<Settings>(std::move(settings))}.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception&) {
    // What an exception says may quote what it choked on.
    countersign::log::error("courier.exception");
    return EXIT_FAILURE;
  }
}
