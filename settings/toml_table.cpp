// SPDX-License-Identifier: Apache-2.0
#include "settings/toml_table.hpp"

#include <algorithm>
#include <utility>

namespace countersign {
namespace {

constexpr std::size_t kMessageBytesMax = 240;
constexpr std::size_t kTextBytesMax = 2048;

// Messages quote the file and end up on a terminal: what it could take for a command is masked.
std::string printable(std::string message) {
  if (message.size() > kMessageBytesMax) message.resize(kMessageBytesMax);
  std::ranges::replace_if(
      message, [](char c) { return c < ' ' || c > '~'; }, '?');
  return message;
}

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

}  // namespace

void TomlTable::report(const toml::source_region& where, const std::string& message) {
  if (mistake_) return;
  mistake_ = Mistake{printable(message), where.begin.line, where.begin.column};
}

void TomlTable::report(std::string_view key, const std::string& message) {
  const toml::node* node = table_.get(key);
  const std::string name = title_.empty() ? std::string{key} : title_ + " " + std::string{key};
  report(node == nullptr ? table_.source() : node->source(), name + " " + message);
}

const toml::node* TomlTable::find(std::string_view key) {
  known_.push_back(key);
  return table_.get(key);
}

const toml::table* TomlTable::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) report(key, "must be a table, [" + std::string{key} + "]");
  return node->as_table();
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key, std::int64_t min,
                                               std::int64_t max) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto* number = node->as_integer();
  if (number == nullptr || number->get() < min || number->get() > max) {
    report(key,
           "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    return std::nullopt;
  }
  return number->get();
}

void TomlTable::read(std::string_view key, bool& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto* boolean = node->as_boolean();
  if (boolean == nullptr) return report(key, "must be true or false");
  value = boolean->get();
}

void TomlTable::read(std::string_view key, std::string& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty() || text->get().size() > kTextBytesMax ||
      has_control(text->get())) {
    return report(key, "must be a text of one line that is not empty");
  }
  value = text->get();
}

void TomlTable::require(std::string_view key, std::string& value) {
  if (table_.get(key) == nullptr) report(key, "is missing");
  read(key, value);
}

void TomlTable::finish() {
  for (const auto& [key, node] : table_) {
    if (std::ranges::find(known_, key.str()) != known_.end()) continue;
    const std::string where = title_.empty() ? "" : " in " + title_;
    report(key.source(), "unknown key \"" + std::string{key.str()} + "\"" + where);
  }
}

}  // namespace countersign
