// SPDX-License-Identifier: Apache-2.0
// Very many who guess at once, each on a connection of their own.
#pragma once

#include "tests/support/appliance.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace countersign::test {

inline constexpr int kSpellings = 100;
// Ways to write "alexandra": capitals by the bits of `n`, one letter of twice the width in each
// third, a blank around each fifth.
std::string spelling(int n);
// One of 250 places where nobody is known.
std::string strange_place(int n);

// What they were told.
struct Tally {
  std::size_t evaluated = 0;  // WRONG_CODE
  std::size_t throttled = 0;
  std::size_t unsaid = 0;   // signing in: rejected, and nobody says why
  std::size_t refused = 0;  // too many wait already
  std::size_t ended = 0;    // another of their sessions has taken the place of theirs
  [[nodiscard]] std::size_t answered() const {
    return evaluated + throttled + unsaid + refused + ended;
  }
};

class Strangers {
 public:
  // What the n-th of them asks; its request id is theirs to add.
  using Guess = std::function<v1::Request(int n)>;

  Strangers(const Appliance& appliance, const std::string& socket, std::size_t connections,
            Guess guess);

  // Returns when all are sent, before any answer is read. REQUIRES: none is outstanding.
  void send(std::size_t guesses);
  // As they were sent: the first of each connection, then the second of each.
  void take_until(const std::function<bool(const Tally&)>& enough);
  void take_all();
  [[nodiscard]] const Tally& tally() const { return tally_; }

 private:
  struct Connection {
    client::Client client;
    std::size_t outstanding = 0;
  };

  void take(Connection& from);
  void count(const v1::Reply& reply);

  Guess guess_;
  std::vector<Connection> connections_;
  Tally tally_;
  int next_ = 0;
};

}  // namespace countersign::test
