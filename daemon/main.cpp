// SPDX-License-Identifier: Apache-2.0
// countersignd: does this passcode belong to this person, now, for the first time?
#include "base/log.hpp"
#include "daemon/app/daemon.hpp"
#include "daemon/app/hardening.hpp"
#include "daemon/app/policy_file.hpp"
#include "daemon/app/settings.hpp"

#include <cstdlib>
#include <exception>
#include <variant>

namespace {

constexpr int kExitConfiguration = 78;  // EX_CONFIG: starting again would not help

int run(int argc, char** argv) {
  using namespace countersign;
  auto settings = app::read_settings(argc, argv);
  if (const int* status = std::get_if<int>(&settings)) return *status;
  app::harden_process();
  auto policy = app::load_policy(std::get<app::Settings>(settings).policy_file);
  if (!policy) return kExitConfiguration;
  return app::Daemon{std::get<app::Settings>(std::move(settings)), std::move(*policy)}.run();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception&) {
    // What an exception says may quote what it choked on.
    countersign::log::error("daemon.exception");
    return EXIT_FAILURE;
  }
}
