// SPDX-License-Identifier: Apache-2.0
// `countersign yubikey` with a person in front of it: a test reads its questions and types.
#pragma once

#include "tests/support/appliance.hpp"
#include "tests/support/virtual_yubikey/virtual_yubikeys.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

namespace countersign::test {

class Desk {
 public:
  // Starts `countersign -o json yubikey WORDS...`.
  Desk(const Appliance& appliance, const VirtualYubikeys& keys, std::vector<std::string> words)
      : process_{{.arguments = command_line(std::move(words)),
                  .environment = environment(appliance, keys),
                  .log_file = folder_.file("log")}} {
    ::close(input_.read);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  ~Desk() { end_input(); }

  // Waits for the next line or question that begins so.
  [[nodiscard]] bool asks(std::string_view question) {
    return wait_until([&] {
      const std::string log = process_.log();
      const std::size_t found = log.find(question, read_);
      if (found != std::string::npos) read_ = found + question.size();
      return found != std::string::npos;
    });
  }
  void type(std::string text) {
    if (text.empty() || text.back() != '\n') text += '\n';
    EXPECT_EQ(::write(input_.write, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end_input() {
    if (input_.write >= 0) ::close(input_.write);
    input_.write = -1;
  }
  // No one types anything any more.
  int ends() { return end_input(), process_.wait().value_or(-1); }
  // Ctrl-C.
  int interrupt() {
    process_.kill(SIGINT);
    return process_.wait().value_or(-1);
  }
  void kill() {
    process_.kill(SIGKILL);
    process_.wait();
  }
  [[nodiscard]] std::string said() const { return process_.log(); }

 private:
  struct Pipe {
    int read = -1;
    int write = -1;
  };
  // The command inherits the reading end, and nobody the writing one.
  static Pipe make_input() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    EXPECT_EQ(::fcntl(ends[0], F_SETFD, 0), 0);
    return {ends[0], ends[1]};
  }
  [[nodiscard]] std::vector<std::string> command_line(std::vector<std::string> words) const {
    std::vector<std::string> line{"/bin/sh",
                                  "-c",
                                  "exec \"$@\" <&\"$0\"",
                                  std::to_string(input_.read),
                                  program_folder() / "countersign",
                                  "-o",
                                  "json",
                                  "yubikey"};
    line.insert(line.end(), words.begin(), words.end());
    return line;
  }
  static std::vector<std::string> environment(const Appliance& appliance,
                                              const VirtualYubikeys& keys) {
    std::vector<std::string> all = appliance.environment();
    for (std::string& entry : keys.environment()) all.push_back(std::move(entry));
    return all;
  }

  TemporaryFolder folder_;
  Pipe input_ = make_input();
  Process process_;
  std::size_t read_ = 0;
};

}  // namespace countersign::test
