// SPDX-License-Identifier: Apache-2.0
// countersign-web: the companion, where people look after their accounts. A client of enroll.sock.
#include "base/log.hpp"
#include "companion/companion.hpp"
#include "companion/options.hpp"

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
  ::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error of one write, not our end
  const rlimit no_core{0, 0};
  const bool hardened = ::setrlimit(RLIMIT_CORE, &no_core) == 0 &&
                        ::prctl(PR_SET_DUMPABLE, 0) == 0 &&
                        ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  if (!hardened) countersign::log::warning("web.harden");
}

int run(int argc, char** argv) {
  using namespace countersign::companion;
  auto settings = read_options(argc, argv);
  if (const int* status = std::get_if<int>(&settings)) return *status;
  harden_process();
  return Companion{std::get<Settings>(std::move(settings))}.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception&) {
    // What an exception says may quote what it choked on.
    countersign::log::error("web.exception");
    return EXIT_FAILURE;
  }
}
