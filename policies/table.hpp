// SPDX-License-Identifier: Apache-2.0
// One table of a policy file, read key by key.
//
// Every reader remembers the keys it was asked for, so that what is left over at the end is what
// nobody knows. The first mistake of a file is kept; after it, readings change nothing that will
// be used. Seen by the policy parser alone.
#pragma once

#include "policies/policy.hpp"

#include <toml++/toml.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::policies {

// Keeps the first mistake, with the place that it was found at.
class Findings {
 public:
  explicit Findings(std::string_view file) : file_{file} {}
  void report(const toml::source_region& where, std::string message);
  [[nodiscard]] const std::optional<Mistake>& first() const { return first_; }

 private:
  std::string file_;
  std::optional<Mistake> first_;
};

template <class Value>
struct Range {
  Value min;
  Value max;
};

class Table {
 public:
  // `title` is how messages call it: "[throttle]". Both references outlive this.
  Table(const toml::table& table, std::string title, Findings& findings)
      : table_{table}, title_{std::move(title)}, findings_{findings} {}

  // Each leaves `value` alone when the key is absent or wrong, and reports what is wrong.
  template <class Integer>
  void read(std::string_view key, Integer& value, Range<Integer> range) {
    if (const auto number = integer(key, range.min, range.max)) {
      value = static_cast<Integer>(*number);
    }
  }
  void read(std::string_view key, std::chrono::seconds& value, Range<std::chrono::seconds> range);
  void read(std::string_view key, bool& value);
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, std::vector<std::string>& value);

  // Null when the key is absent. Whoever asks this way says what is wrong with it.
  [[nodiscard]] const toml::node* find(std::string_view key);
  // The table [key] within this one, or nothing; anything else under that name is reported.
  [[nodiscard]] std::optional<Table> section(std::string_view key);
  // With an empty key, the table itself is to blame.
  void report(std::string_view key, std::string_view message);
  // Of two keys that contradict each other, blames the one that the file names, the first of both.
  void contradiction(std::string_view key, std::string_view other, std::string_view message);
  // Every key that nobody asked for is a mistake.
  void finish();

 private:
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);

  const toml::table& table_;
  std::string title_;
  Findings& findings_;
  std::vector<std::string_view> known_;
};

}  // namespace countersign::policies
