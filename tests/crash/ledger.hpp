// SPDX-License-Identifier: Apache-2.0
// What a crowd of clients knows for certain, held against the daemon after it came back.
//
// Everybody has a HOTP token, and in each round shows a right code or guesses several times. A
// right code whose answer was lost is asked again under its id, and then under another one: it must
// open once, and once only.
#pragma once

#include "tests/crash/flight.hpp"

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace countersign::test {

class Ledger {
 public:
  static constexpr std::size_t kPeople = 80;
  static constexpr int kGuessesAtOnce = 7;

  // Enrols everybody. Each guesses in so many rounds before a right code; not all in the same ones.
  // The appliance outlives this.
  Ledger(Appliance& appliance, unsigned seed, std::size_t guessing_rounds = 1);

  // Puts this round's questions on the flight, which lives until `settle` has returned.
  void ask(Flight& flight);
  // Nothing broke: every answer is there, and right.
  void expect_right_answers();
  // The daemon is back: is everything that it has said still true?
  void settle();
  // Every code that was accepted, the latest at least, is asked once more.
  void expect_spent_codes_refused();

  // Acceptances that were durable when the daemon was killed and whose answer was lost.
  [[nodiscard]] int committed_unanswered() const { return committed_unanswered_; }

 private:
  struct Person {
    Token token;
    std::uint32_t failures = 0;     // exactly, while nothing is under way
    std::deque<std::string> spent;  // the latest
    const Question* shown = nullptr;
    std::vector<const Question*> guesses;
  };

  [[nodiscard]] std::vector<std::uint32_t> failures_now();
  void settle_shown(const std::vector<std::uint32_t>& failures);
  void settle_guesses(const std::vector<std::uint32_t>& failures);
  void expect_refused_under_another_id();
  std::string wrong_code(const Token& token);
  unsigned seed() { return static_cast<unsigned>(random_()); }

  Appliance& appliance_;
  std::mt19937 random_;
  std::size_t guessing_rounds_;
  std::vector<Person> people_;
  std::size_t round_ = 0;
  int committed_unanswered_ = 0;
};

// A verify under a fresh id.
[[nodiscard]] v1::Request verify_request(const std::string& username, const std::string& passcode);

}  // namespace countersign::test
