// SPDX-License-Identifier: Apache-2.0
// So many visitors at once, each of whom begins the next errand when the one before is done.
#pragma once

#include "benchmarks/companion/visitor.hpp"
#include "benchmarks/population/oath.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace countersign::bench {

struct Outcome {
  double seconds = 0;
  std::vector<float> milliseconds;  // one for each errand, sorted
};

class Crowd {
 public:
  // `people` of timing/accounts.hpp, none of whom has used a code since.
  Crowd(std::uint16_t port, std::size_t people) : port_{port}, counters_(people, 1) {}

  // Everything here fails as Visitor::go_on does, with the first visitor's failure.
  //
  // As many sign in and stay: they see_account.
  Status open_sessions(std::size_t count);
  // REQUIRES: of visitors who see their account, no more than there are sessions.
  Result<Outcome> run(Errand errand, std::size_t visitors, double seconds);

 private:
  [[nodiscard]] Credentials next_credentials();
  [[nodiscard]] Result<std::vector<Visitor>> newcomers(std::size_t count) const;
  Status begin(Visitor& visitor, Errand errand);
  Result<Outcome> drive(std::span<Visitor> visitors, Errand errand, double seconds);

  std::uint16_t port_;
  Tokens tokens_{1};
  std::vector<std::uint64_t> counters_;  // of each person's token
  std::size_t next_person_ = 0;
  std::vector<Visitor> members_;
};

}  // namespace countersign::bench
