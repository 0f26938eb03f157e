// SPDX-License-Identifier: Apache-2.0
// An outsider with a stopwatch: asks about names that somebody bears and names that nobody does, in
// random order on one connection, so many at once, and notes how long each answer took.
#pragma once

#include "base/error.hpp"
#include "benchmarks/timing/accounts.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace countersign::bench {

enum class Operation : std::uint8_t { sign_in, reset_code, reset_link, activation_link };

[[nodiscard]] std::optional<Operation> operation_from(const std::string& text);

struct Timing {
  std::vector<float> known_us;
  std::vector<float> unknown_us;
  // Were at a limit, or failed, and are left out. Unknown names that share a decoy share its waits.
  std::uint64_t refused_known = 0;
  std::uint64_t refused_unknown = 0;
  bool alike = false;  // but for what is random, every other answer was the same
};

class Stopwatch {
 public:
  Stopwatch(std::string run_directory, std::uint64_t seed)
      : run_directory_{std::move(run_directory)}, random_{seed} {}

  struct Course {
    Operation operation{};
    std::size_t names = 0;  // known ones, and as many others; each is asked about once a round
    std::size_t rounds = 0;
    std::size_t outstanding = 1;  // questions without an answer
    // Between the first ones of a round: those that are answered at steps of time would come all
    // at once ever after.
    std::chrono::microseconds stagger{0};
    std::chrono::seconds pause{0};  // from the end of one round to the beginning of the next
  };
  // Fails when a question could not be asked at all.
  Result<Timing> measure(const Course& course);

 private:
  struct Name {
    std::string text;
    bool is_known = false;
  };
  struct Answers {
    std::set<std::string> of_known;
    std::set<std::string> of_unknown;
  };

  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Asked {
    std::size_t place = 0;  // among the names
    SteadyTime at;
  };

  Status round(client::Client& client, const Course& course, Timing& timing);
  Status ask(client::Client& client, Operation operation, std::size_t place);
  Status take(client::Client& client, Operation operation, Timing& timing);

  std::string run_directory_;
  std::mt19937_64 random_;
  std::vector<Name> names_;
  Answers answers_;
  std::map<std::string, Asked> asked_;  // by request id
  v1::Reply reply_;
};

}  // namespace countersign::bench
