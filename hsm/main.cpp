// SPDX-License-Identifier: Apache-2.0
// countersign-hsm: the processes that hold the HSM's PIN, and answer countersignd on one socket.
#include "base/log.hpp"
#include "hsm/listener.hpp"
#include "hsm/supervisor.hpp"

#include <CLI/CLI.hpp>

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdlib>
#include <exception>
#include <string>

namespace countersign::hsm {
namespace {

constexpr std::size_t kBytesPerMegabyte = 1024 * 1024;

struct Options {
  SupervisorSettings supervisor;
  std::string socket_path;
  std::string state_folder;
  std::size_t worker_memory_megabytes = 512;
};

// What systemd says by itself need not be said on the command line.
std::string environment(const char* name, const char* suffix) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : std::string{value} + suffix;
}

void declare(CLI::App& app, Options& options) {
  EngineSettings& engine = options.supervisor.engine;
  engine.pin_file = environment("CREDENTIALS_DIRECTORY", "/pin");
  options.state_folder = environment("STATE_DIRECTORY", "");
  app.add_option("--module", engine.module_path, "the PKCS#11 library")->required();
  app.add_option("--token", engine.token_label, "the token's label")->required();
  app.add_option("--pin-file", engine.pin_file,
                 "the file that holds the PIN (default: $CREDENTIALS_DIRECTORY/pin)");
  app.add_option("--socket", options.socket_path,
                 "where to listen, unless systemd passes the socket");
  app.add_option("--workers", options.supervisor.workers, "how many processes answer")
      ->check(CLI::Range(std::uint16_t{1}, kWorkersMax))
      ->capture_default_str();
  app.add_option("--handles", engine.handles_max, "how many unwrapped keys a worker keeps")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1'000'000}))
      ->capture_default_str();
  app.add_flag("--private-session-objects", engine.private_session_objects,
               "let the module hide unwrapped keys until the login (slower)");
  app.add_option("--worker-memory-mb", options.worker_memory_megabytes,
                 "a worker that has grown beyond this is replaced")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 20))
      ->capture_default_str();
  app.add_option("--state-dir", options.state_folder,
                 "where a refused PIN is remembered (default: $STATE_DIRECTORY)");
}

// Nothing of this process reaches a disk or a debugger; the workers inherit it.
void harden() {
  ::prctl(PR_SET_DUMPABLE, 0);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

int run(Options options) {
  harden();
  SupervisorSettings& settings = options.supervisor;
  settings.worker_memory_bytes_max = options.worker_memory_megabytes * kBytesPerMegabyte;
  if (settings.engine.pin_file.empty()) {
    log::error("hsm.no_pin_file", {{"give", "--pin-file or $CREDENTIALS_DIRECTORY"}});
    return kExitFailed;
  }
  // Without a memory for it, a wrong PIN would be tried again at every start, until the token
  // locks.
  if (options.state_folder.empty()) {
    log::error("hsm.no_state_folder", {{"give", "--state-dir or $STATE_DIRECTORY"}});
    return kExitFailed;
  }
  settings.engine.refused_pin_file = options.state_folder + "/refused-pin";
  Result<Listener> listener = Listener::open(options.socket_path);
  if (!listener) {
    log::error("hsm.listen", listener.error(), {{"socket", log::ConfigText{options.socket_path}}});
    return kExitFailed;
  }
  return Supervisor{std::move(settings), listener->descriptor()}.run();
}

}  // namespace
}  // namespace countersign::hsm

int main(int count, char** arguments) {
  using namespace countersign;
  try {
    CLI::App app{"Answers countersignd with what only the HSM's keys can tell.", "countersign-hsm"};
    hsm::Options options;
    hsm::declare(app, options);
    CLI11_PARSE(app, count, arguments);
    return hsm::run(std::move(options));
  } catch (const std::exception& exception) {
    log::error("hsm.exception", {{"what", log::ConfigText{exception.what()}}});
    return hsm::kExitFailed;
  }
}
