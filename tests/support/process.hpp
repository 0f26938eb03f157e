// SPDX-License-Identifier: Apache-2.0
// A program that a test starts, watches and ends.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace countersign::test {

inline constexpr std::chrono::seconds kPatience{20};

// Looks every few milliseconds whether the condition holds; false if it never did in that time.
[[nodiscard]] bool wait_until(const std::function<bool()>& condition,
                              std::chrono::milliseconds patience = kPatience);

// A folder of its own below the system's temporary folder, removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The folder of the built programs: $CS_BIN, or else where the test program itself lies.
[[nodiscard]] std::filesystem::path program_folder();

class Process {
 public:
  struct Settings {
    std::vector<std::string> arguments;    // the first is the program's path
    std::vector<std::string> environment;  // "NAME=value", in addition to the test's own
    std::string log_file;                  // takes standard error and output; nowhere if empty
  };
  // Starts the program; fails the test if that is impossible.
  explicit Process(const Settings& settings);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  // Kills it if it is still there.
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool alive();
  void kill(int signal) const;
  // The exit status, 128 plus the signal's number as a shell has it; none if it goes on running.
  std::optional<int> wait(std::chrono::milliseconds patience = kPatience);
  // SIGTERM, and then wait().
  std::optional<int> terminate(std::chrono::milliseconds patience = kPatience);

  // What it has written so far.
  [[nodiscard]] std::string log() const;
  [[nodiscard]] bool has_logged(const std::string& text) const;

 private:
  pid_t pid_ = 0;
  std::optional<int> status_;
  std::string log_file_;
};

// The processes whose parent is `parent`, oldest first.
[[nodiscard]] std::vector<pid_t> children_of(pid_t parent);
// A process of that id exists and is no zombie.
[[nodiscard]] bool is_running(pid_t pid);

}  // namespace countersign::test
