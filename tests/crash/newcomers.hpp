// SPDX-License-Identifier: Apache-2.0
// People who are being enrolled while the daemon dies: created, given a token, confirmed.
#pragma once

#include "tests/crash/flight.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace countersign::test {

class Newcomers {
 public:
  Newcomers(const Appliance& appliance, unsigned seed) : appliance_{appliance}, random_{seed} {}

  // So many arrive, and everybody who is not through yet asks for the next step. The flight lives
  // until `settle` has returned.
  void ask(Flight& flight, int arrivals);
  // The daemon is back: whatever was acknowledged is there. What was not may be.
  void settle();
  // Everybody who was ever confirmed still opens the door.
  void expect_everybody_is_known();

 private:
  enum class Step : std::uint8_t { create, enrol, confirm, done };
  struct Newcomer {
    Token token;
    Step step = Step::create;
    const Question* asked = nullptr;
  };

  [[nodiscard]] v1::Request next_request(Newcomer& newcomer);
  void settle(Newcomer& newcomer, const v1::Reply& factors);
  unsigned seed() { return static_cast<unsigned>(random_()); }

  const Appliance& appliance_;
  std::mt19937 random_;
  std::vector<Newcomer> open_;
  std::vector<Token> done_;
  int arrived_ = 0;
};

}  // namespace countersign::test
