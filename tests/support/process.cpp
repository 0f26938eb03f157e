// SPDX-License-Identifier: Apache-2.0
#include "tests/support/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>
#include <tuple>
#include <utility>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPoll = 5ms;

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (const std::string& text : texts) out.push_back(const_cast<char*>(text.c_str()));
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_with(const std::vector<std::string>& added) {
  std::vector<std::string> out = added;
  for (char** entry = environ; *entry != nullptr; ++entry) out.emplace_back(*entry);
  return out;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file{path};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// State and parent stand behind the program's name, which is in brackets and may hold anything.
std::pair<char, pid_t> state_and_parent(const std::string& stat) {
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return {'X', 0};
  std::istringstream rest{stat.substr(name_end + 1)};
  char state = 'X';
  pid_t parent = 0;
  rest >> state >> parent;
  return {state, parent};
}

}  // namespace

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = std::filesystem::temp_directory_path() / "countersign-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) ADD_FAILURE() << "mkdtemp failed";
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path program_folder() {
  if (const char* folder = std::getenv("CS_BIN")) return folder;
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

Process::Process(const Settings& settings) : log_file_{settings.log_file} {
  const auto environment_texts = environment_with(settings.environment);
  const auto arguments = pointers(settings.arguments);
  const auto environment = pointers(environment_texts);
  const std::string log = log_file_.empty() ? "/dev/null" : log_file_;

  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
  const int failed =
      ::posix_spawn(&pid_, arguments[0], &files, nullptr, arguments.data(), environment.data());
  ::posix_spawn_file_actions_destroy(&files);
  if (failed == 0) return;
  ADD_FAILURE() << "cannot start " << settings.arguments[0] << ": error " << failed;
  pid_ = 0;
}

Process::Process(Process&& other) noexcept
    : pid_{std::exchange(other.pid_, 0)},
      status_{other.status_},
      log_file_{std::move(other.log_file_)} {}

Process::~Process() {
  if (!alive()) return;
  kill(SIGKILL);
  wait();
}

bool Process::alive() { return pid_ != 0 && !wait(0ms); }

void Process::kill(int signal) const {
  // Never of a process that has been waited for: its number may belong to another one by now.
  if (pid_ != 0 && !status_) ::kill(pid_, signal);
}

std::optional<int> Process::wait(std::chrono::milliseconds patience) {
  if (pid_ == 0) return std::nullopt;
  const auto has_ended = [this] {
    int status = 0;
    if (status_ || ::waitpid(pid_, &status, WNOHANG) != pid_) return status_.has_value();
    status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  };
  std::ignore = wait_until(has_ended, patience);
  return status_;
}

std::optional<int> Process::terminate(std::chrono::milliseconds patience) {
  kill(SIGTERM);
  return wait(patience);
}

std::string Process::log() const { return read_file(log_file_); }

bool Process::has_logged(const std::string& text) const {
  return log().find(text) != std::string::npos;
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc"}) {
    const std::string name = entry.path().filename();
    if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
    const auto [state, its_parent] = state_and_parent(read_file(entry.path() / "stat"));
    if (its_parent == parent && state != 'Z') out.push_back(std::stoi(name));
  }
  std::ranges::sort(out);
  return out;
}

bool is_running(pid_t pid) {
  const char state = state_and_parent(read_file("/proc/" + std::to_string(pid) + "/stat")).first;
  return state != 'X' && state != 'Z';
}

}  // namespace countersign::test
