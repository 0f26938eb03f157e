// SPDX-License-Identifier: Apache-2.0
// What tests of bad surroundings share: programs that are started and expected to give up.
#pragma once

#include "tests/support/appliance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace countersign::test {

inline constexpr int kExitFailed = 1;
inline constexpr int kExitConfiguration = 78;

struct Ended {
  int status = 0;
  std::string log;
};

// Below the appliance's folder.
struct DaemonPaths {
  std::string run = "run";
  std::string state = "state";
  std::string hsm = "run/hsm.sock";
};

// Runs a daemon to its end.
inline Ended run_daemon(const Appliance& appliance, const DaemonPaths& paths = {}) {
  Ended ended;
  ended.status =
      appliance.run({"countersignd", "--run-dir", appliance.path(paths.run), "--state-dir",
                     appliance.path(paths.state), "--policy", appliance.path("policy.toml"),
                     "--hsm-socket", appliance.path(paths.hsm)},
                    &ended.log);
  return ended;
}

inline void write_file(const std::string& path, const std::string& text) {
  std::ofstream{path, std::ios::trunc} << text;
}

inline std::string file_text(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline void sqlite(const std::string& database, const std::string& sql) {
  Process process{{.arguments = {"/usr/bin/sqlite3", database, sql}}};
  ASSERT_EQ(process.wait(), 0) << sql;
}

// One more question, on a connection of its own.
inline v1::Reply verify_anew(const Appliance& appliance, const std::string& username,
                             const std::string& passcode) {
  client::Client portal = appliance.verify_client();
  return verify(portal, username, passcode);
}

}  // namespace countersign::test
