// SPDX-License-Identifier: Apache-2.0
// The YubiKeys of a benchmark, and the client of the validation protocol that asks about them.
#pragma once

#include "base/error.hpp"
#include "clients/cpp/countersign_client.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace countersign::bench {

class Keys {
 public:
  explicit Keys(std::size_t count) : presses_(count) {}

  // Makes every key the active factor of a subject of its own, and a client whose requests must be
  // signed. Calls `progress` now and then.
  Status enrol(const std::string& run_directory,
               const std::function<void(std::size_t done, std::size_t of)>& progress);

  // What follows "?" in a request about the next code of the next key, signed.
  [[nodiscard]] std::string next_query();

 private:
  using Make = std::function<v1::Request(std::size_t)>;
  using Took = std::function<Status(std::size_t, const v1::Reply&)>;
  Status pipeline(client::Client& client, const Make& make, const Took& took) const;
  Status add_client(const std::string& run_directory);
  std::string press(std::size_t key);

  std::vector<std::uint32_t> presses_;  // so many codes of each are used
  std::vector<std::uint64_t> factor_ids_;
  std::size_t next_ = 0;
  std::uint64_t asked_ = 0;
  std::uint32_t client_id_ = 0;
  std::string api_key_;
};

}  // namespace countersign::bench
