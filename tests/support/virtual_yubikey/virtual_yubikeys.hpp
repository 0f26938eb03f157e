// SPDX-License-Identifier: Apache-2.0
// The YubiKeys that are plugged in during a test, and what programs need to see them.
#pragma once

#include "tests/support/process.hpp"
#include "tests/support/virtual_yubikey/reports.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace countersign::test {

class VirtualYubikeys {
 public:
  // One key, "a", unless more are added.
  explicit VirtualYubikeys(std::uint32_t serial = 7654321) { add("a", serial); }

  void add(const std::string& name, std::uint32_t serial) {
    yubikey::KeyFile::create(path(name), serial);
  }
  // Locked as long as it is held: not across a program that looks at the key.
  [[nodiscard]] yubikey::KeyFile key(const std::string& name = "a") const {
    return yubikey::KeyFile{path(name)};
  }
  [[nodiscard]] std::string touch(int slot, const std::string& name = "a") const {
    yubikey::KeyFile held{path(name)};
    return yubikey::touch(*held, slot);
  }
  void power_cycle(const std::string& name = "a") const {
    yubikey::KeyFile held{path(name)};
    yubikey::power_cycle(*held);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return folder_.file(name); }
  [[nodiscard]] std::string folder() const { return folder_.path(); }

  // For programs that link the real libykpers.
  [[nodiscard]] std::vector<std::string> environment() const {
    return {"CS_VIRTUAL_YUBIKEYS=" + folder(), "LD_LIBRARY_PATH=" CS_LIBUSB_SHIM_FOLDER};
  }

  struct Outcome {
    int status;
    std::string said;
  };
  // Runs a program of the system to its end with the keys plugged in.
  [[nodiscard]] Outcome run(std::vector<std::string> arguments) const {
    arguments.front() = "/usr/bin/" + arguments.front();
    const std::string log = logs_.file("log-" + std::to_string(++runs_));
    Process process{
        {.arguments = std::move(arguments), .environment = environment(), .log_file = log}};
    const int status = process.wait().value_or(-1);
    return {status, process.log()};
  }

 private:
  TemporaryFolder folder_;
  TemporaryFolder logs_;
  mutable int runs_ = 0;
};

}  // namespace countersign::test
