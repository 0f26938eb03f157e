// SPDX-License-Identifier: Apache-2.0
// A population of YubiKeys, and the client of the validation protocol that asks about them.
#pragma once

#include "base/error.hpp"
#include "benchmarks/population/enrolment.hpp"
#include "benchmarks/population/yubikeys.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace countersign::bench {

class Keys {
 public:
  explicit Keys(std::size_t count) : keys_{count}, presses_(count) {}

  // Makes every key the active factor of a subject of its own, and a client whose requests must be
  // signed. Calls `progress` now and then.
  Status enrol(const std::string& run_directory, const Progress& progress);

  // What follows "?" in a request about the next code of the next key, signed.
  [[nodiscard]] std::string next_query();

 private:
  Status add_client(const std::string& run_directory);
  std::string press(std::size_t key);

  YubiKeys keys_;
  std::vector<std::uint32_t> presses_;  // so many codes of each are used
  std::size_t next_ = 0;
  std::uint64_t asked_ = 0;
  std::uint32_t client_id_ = 0;
  std::string api_key_;
};

}  // namespace countersign::bench
