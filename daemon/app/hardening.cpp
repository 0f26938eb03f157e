// SPDX-License-Identifier: Apache-2.0
#include "daemon/app/hardening.hpp"

#include "base/log.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <csignal>

namespace countersign::app {

void harden_process() {
  ::umask(0077);
  ::signal(SIGPIPE, SIG_IGN);  // a peer that went away is an error of one write, not our end
  ::signal(SIGXFSZ, SIG_IGN);  // and so is a file that may not grow

  const rlimit no_core{0, 0};
  if (::setrlimit(RLIMIT_CORE, &no_core) != 0) log::warning("harden.core", {{"errno", errno}});
  if (::prctl(PR_SET_DUMPABLE, 0) != 0) log::warning("harden.dumpable", {{"errno", errno}});
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    log::warning("harden.privileges", {{"errno", errno}});
  }
  // Under a finite limit, MCL_FUTURE would turn a large allocation into a failure: all or nothing.
  // On fault: what is never touched need not be locked.
  const rlimit unlimited{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_MEMLOCK, &unlimited) != 0 ||
      ::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    log::warning("harden.swap", {{"errno", errno}});
  }
}

}  // namespace countersign::app
