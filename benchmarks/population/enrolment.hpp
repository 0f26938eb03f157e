// SPDX-License-Identifier: Apache-2.0
// How the people of a benchmark come to be: each is created, given one factor, and has it confirmed
// by its first code; three passes through provision.sock, pipelined.
#pragma once

#include "base/error.hpp"
#include "benchmarks/population/oath.hpp"
#include "benchmarks/population/yubikeys.hpp"
#include "clients/cpp/countersign_client.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace countersign::bench {

// What subject i is given, and the first code of it.
struct Factors {
  std::function<v1::Request(std::size_t subject)> add;
  std::function<std::string(std::size_t subject)> first_code;
};

using Progress = std::function<void(std::size_t done, std::size_t of)>;

// Questions for Factors::add, complete but for their id.
[[nodiscard]] v1::Request add_oath(v1::FactorKind kind, std::size_t subject, const Secret& secret);
[[nodiscard]] v1::Request add_yubico_otp(std::size_t subject);

// ENSURES: every subject below `subjects` has one active factor. Calls `progress` now and then.
// Fails with `unavailable` or `denied` when the daemon refuses a step.
Status enrol(const std::string& run_directory, std::size_t subjects, const Factors& factors,
             const Progress& progress);

}  // namespace countersign::bench
