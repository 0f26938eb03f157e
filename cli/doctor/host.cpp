// SPDX-License-Identifier: Apache-2.0
#include "base/clock.hpp"
#include "cli/doctor/checks.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

extern char** environ;

namespace countersign::cli::doctor {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgramDir = "/usr/libexec/countersign";
// Before this product existed: a clock that says so was never set.
constexpr std::chrono::sys_days kYoungestBelievable{std::chrono::year{2026} / 1 / 1};

Finding check_program(const std::string& name) {
  std::error_code ignored;
  const fs::path self = fs::read_symlink("/proc/self/exe", ignored);
  for (const fs::path& place : {fs::path{kProgramDir} / name, self.parent_path() / name}) {
    if (::access(place.c_str(), X_OK) == 0)
      return {Severity::good, "program " + place.string(), {}};
  }
  return {Severity::problem, "the program " + name + " is not there",
          std::string{"install it in "} + kProgramDir + " (docs/operations.md, Install)"};
}

// The first line that a program prints, or nothing when it cannot be run.
std::string first_line_of(const char* program, std::initializer_list<const char*> arguments) {
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return {};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  std::vector<char*> argv{const_cast<char*>(program)};
  for (const char* argument : arguments) argv.push_back(const_cast<char*>(argument));
  argv.push_back(nullptr);
  pid_t child = 0;
  const int failed = ::posix_spawnp(&child, program, &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(pipe[1]);

  std::string line;
  char c = 0;
  while (failed == 0 && line.size() < 256 && ::read(pipe[0], &c, 1) == 1 && c != '\n') line += c;
  ::close(pipe[0]);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child) return {};
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? line : std::string{};
}

// Where SoftHSM looks: the environment, then the user's own file, then the system's.
fs::path softhsm_configuration() {
  if (const char* named = std::getenv("SOFTHSM2_CONF")) return named;
  if (const char* home = std::getenv("HOME")) {
    const fs::path own = fs::path{home} / ".config/softhsm2/softhsm2.conf";
    std::error_code ignored;
    if (fs::exists(own, ignored)) return own;
  }
  const fs::path installed = "/etc/countersign/softhsm2.conf";
  std::error_code ignored;
  return fs::exists(installed, ignored) ? installed : fs::path{"/etc/softhsm/softhsm2.conf"};
}

std::string token_dir_in(std::istream& configuration) {
  constexpr std::string_view kKey = "directories.tokendir";
  for (std::string line; std::getline(configuration, line);) {
    const auto equals = line.find('=');
    if (equals == std::string::npos || !line.starts_with(kKey)) continue;
    const auto begin = line.find_first_not_of(" \t", equals + 1);
    const auto end = line.find_last_not_of(" \t\r");
    return begin == std::string::npos ? std::string{} : line.substr(begin, end - begin + 1);
  }
  return {};
}

}  // namespace

Findings check_programs() {
  return {check_program("countersignd"), check_program("countersign-hsm")};
}

Findings check_clock() {
  if (SystemClock{}.now() < kYoungestBelievable) {
    return {{Severity::problem, "the clock is before 2026: no TOTP code can match",
             "set the clock, and let NTP keep it (timedatectl set-ntp true)"}};
  }
  const std::string synchronised =
      first_line_of("timedatectl", {"show", "--property=NTPSynchronized", "--value"});
  if (synchronised == "yes") return {{Severity::good, "the clock is kept by NTP", {}}};
  if (synchronised == "no") {
    return {{Severity::warning, "the clock is not synchronised: TOTP codes drift away",
             "timedatectl set-ntp true, or another NTP client"}};
  }
  return {{Severity::unknown, "whether NTP keeps the clock (timedatectl does not answer here)",
           "make sure that something does"}};
}

Findings check_softhsm() {
  const fs::path file = softhsm_configuration();
  std::ifstream configuration{file};
  if (!configuration) {
    return {{Severity::unknown, "SoftHSM's configuration " + file.string() + " cannot be read",
             "with SoftHSM: run this as countersign-hsm's user or as root, or name the file in "
             "SOFTHSM2_CONF; with another HSM it is not needed"}};
  }
  const std::string tokens = token_dir_in(configuration);
  std::error_code error;
  if (tokens.empty() || !fs::is_directory(tokens, error)) {
    return {{Severity::problem, file.string() + " names no token directory that exists",
             "create the directory of `directories.tokendir`, for countersign-hsm's user alone"}};
  }
  const fs::perms permissions = fs::status(tokens, error).permissions();
  if ((permissions & fs::perms::others_read) != fs::perms::none) {
    return {{Severity::warning, tokens + " can be read by everyone", "chmod 0700 " + tokens}};
  }
  return {{Severity::good, "SoftHSM keeps its tokens in " + tokens, {}}};
}

}  // namespace countersign::cli::doctor
