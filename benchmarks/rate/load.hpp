// SPDX-License-Identifier: Apache-2.0
// The load generator: enrols a population, then verifies one fresh code after another through the
// socket, pipelined, and keeps how long each answer took.
#pragma once

#include "benchmarks/population/enrolment.hpp"
#include "clients/cpp/countersign_client.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace countersign::bench {

struct Population {
  std::size_t subjects = 20'000;
  std::size_t secrets = 20'000;    // distinct ones; a YubiKey has always one of its own
  v1::FactorKind kind = v1::HOTP;  // whose codes do not run out, and no YubiKey's either
};

struct Pace {
  std::size_t outstanding = 256;
  double seconds = 3;
  double per_second = 0;  // 0: as fast as answers come
};

struct Outcome {
  std::uint64_t accepted = 0;
  std::uint64_t other = 0;  // rejected or failed: none is expected
  double seconds = 0;
  std::vector<float> milliseconds;  // one for each answer, sorted
};

class Load {
 public:
  Load(std::string run_directory, Population population);

  // Makes every subject with one active factor. Calls `progress` now and then.
  Status enrol(const Progress& progress);
  Result<Outcome> run(const Pace& pace);

 private:
  [[nodiscard]] v1::Request add(std::size_t subject) const;
  std::string first_code(std::size_t subject);
  // The code of that counter: TOTP's step, HOTP's counter, or which press of a YubiKey.
  [[nodiscard]] std::string code(std::size_t subject, std::uint64_t counter) const;
  [[nodiscard]] bool is_totp() const { return population_.kind == v1::TOTP; }
  Status send_next(std::chrono::steady_clock::time_point due);
  // The next subject in random order, each once a round; none when every TOTP code is used up.
  bool pick();
  [[nodiscard]] std::uint64_t fresh_counter(std::size_t subject) const;
  Status take_answer(Outcome& outcome);
  [[nodiscard]] std::size_t secret_of(std::size_t subject) const {
    return subject % population_.secrets;
  }

  std::string run_directory_;
  // Made when it is needed: the daemon closes what is idle for a minute.
  std::optional<client::Client> verify_;
  Population population_;
  Tokens tokens_;                    // none of them where the population has YubiKeys,
  YubiKeys yubikeys_;                // and none of these where it has not
  std::vector<std::uint64_t> used_;  // the highest counter that each subject has used
  std::vector<std::uint32_t> order_;
  std::size_t next_ = 0;
  std::uint32_t picked_ = 0;
  std::vector<std::chrono::steady_clock::time_point> asked_;  // by slot
  std::vector<std::size_t> free_slots_;
  std::uint64_t serial_ = 0;
  v1::Request request_;
  v1::Reply reply_;
  std::mt19937_64 random_{std::random_device{}()};
  std::uint64_t run_id_ = random_();
};

}  // namespace countersign::bench
