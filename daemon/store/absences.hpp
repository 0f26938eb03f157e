// SPDX-License-Identifier: Apache-2.0
// The names that were asked for lately and that nobody bears, so that asking again costs no read:
// a stopwatch must not tell them from the names of people who are in the cache.
//
// Names are kept as prints, by a key that nobody outside knows: who could find two names with one
// print would make a person unknown. The oldest gives way to the newest.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace countersign::store {

// The part of a keyed hash that stands for a name.
enum class Print : std::uint64_t {};

class Absences {
 public:
  // What was read before somebody came must not be remembered after it.
  enum class Moment : std::uint64_t {};

  // REQUIRES: names_max > 0.
  explicit Absences(std::size_t names_max) : names_max_{names_max} {}

  [[nodiscard]] bool has(Print name) const { return names_.contains(number(name)); }
  [[nodiscard]] Moment now() const { return Moment{comings_}; }

  // Nobody bears this name, as was read from the database after `asked`.
  void add(Print name, Moment asked);
  // Somebody bears this name now, or may.
  void forget(Print name);
  void clear();

 private:
  static std::uint64_t number(Print name) { return static_cast<std::uint64_t>(name); }

  std::size_t names_max_;
  boost::unordered_flat_set<std::uint64_t> names_;
  std::vector<std::uint64_t> by_age_;  // a ring; may name some that were forgotten
  std::size_t oldest_ = 0;
  std::uint64_t comings_ = 0;
};

}  // namespace countersign::store
