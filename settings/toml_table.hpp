// SPDX-License-Identifier: Apache-2.0
// One table of a settings file, read key by key. Included by what parses settings alone.
//
// Every reader remembers the keys it was asked for, so that what is left over at the end is what
// nobody knows. The first mistake of a file is kept; after it, readings change nothing that will
// be used.
#pragma once

#include "settings/mistake.hpp"

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign {

class TomlTable {
 public:
  // `title` is how messages call it: "[templates]". The references outlive this.
  TomlTable(const toml::table& table, std::string title, std::optional<Mistake>& mistake)
      : table_{table}, title_{std::move(title)}, mistake_{mistake} {}

  // Each leaves `value` alone when the key is absent or wrong, and reports what is wrong. A text
  // is not empty and has no control characters.
  void read(std::string_view key, std::string& value);
  void read(std::string_view key, bool& value);
  template <class Integer>
  void read(std::string_view key, Integer& value, Integer min, Integer max) {
    if (const auto number = integer(key, min, max)) value = static_cast<Integer>(*number);
  }
  // As read(), and it is a mistake if the key is absent.
  void require(std::string_view key, std::string& value);

  // Null when the key is absent. Whoever asks this way says what is wrong with it.
  [[nodiscard]] const toml::node* find(std::string_view key);
  // The table of that name; null when it is absent or (which is reported) no table.
  [[nodiscard]] const toml::table* table(std::string_view key);
  // At the key, or at the table when it has no such key.
  void report(std::string_view key, const std::string& message);
  void report(const toml::source_region& where, const std::string& message);
  // Every key that nobody asked for is a mistake.
  void finish();

  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] std::optional<Mistake>& mistake() const { return mistake_; }

 private:
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);

  const toml::table& table_;
  std::string title_;
  std::optional<Mistake>& mistake_;
  std::vector<std::string_view> known_;
};

}  // namespace countersign
