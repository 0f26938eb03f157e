// SPDX-License-Identifier: Apache-2.0
#include "policies/table.hpp"

#include "policies/duration.hpp"

#include <algorithm>
#include <utility>

namespace countersign::policies {
namespace {

constexpr std::size_t kListMax = 256;
constexpr std::size_t kMessageBytesMax = 240;

// Messages quote the file and end up on a terminal: what it could take for a command is masked.
std::string printable(std::string message) {
  if (message.size() > kMessageBytesMax) message.resize(kMessageBytesMax);
  std::ranges::replace_if(
      message, [](char c) { return c < ' ' || c > '~'; }, '?');
  return message;
}

}  // namespace

void Findings::report(const toml::source_region& where, std::string message) {
  if (first_) return;
  first_ = Mistake{printable(std::move(message)), file_, where.begin.line, where.begin.column};
}

const toml::node* Table::find(std::string_view key) {
  known_.push_back(key);
  return table_.get(key);
}

std::optional<Table> Table::section(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  // "[factors.sms]" within "[factors]".
  const std::string outer = title_.empty() ? "" : title_.substr(1, title_.size() - 2) + ".";
  const std::string title = "[" + outer + std::string{key} + "]";
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    report(key, "must be a table, " + title);
    return std::nullopt;
  }
  return Table{*table, title, findings_};
}

void Table::contradiction(std::string_view key, std::string_view other, std::string_view message) {
  report(table_.get(key) != nullptr ? key : other, message);
}

void Table::report(std::string_view key, std::string_view message) {
  const toml::node* node = table_.get(key);
  std::string text = title_;
  for (const std::string_view part : {key, message}) {
    if (!text.empty() && !part.empty()) text += ' ';
    text += part;
  }
  findings_.report(node == nullptr ? table_.source() : node->source(), std::move(text));
}

std::optional<std::int64_t> Table::integer(std::string_view key, std::int64_t min,
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

void Table::read(std::string_view key, std::chrono::seconds& value,
                 Range<std::chrono::seconds> range) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto* text = node->as_string();
  const auto duration =
      text == nullptr ? Result<std::chrono::seconds>{Error{}} : parse_duration(text->get());
  if (!duration || *duration < range.min || *duration > range.max) {
    report(key, "must be a text like \"30s\", \"15min\" or \"1h\", from " + to_text(range.min) +
                    " to " + to_text(range.max));
    return;
  }
  value = *duration;
}

void Table::read(std::string_view key, bool& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto* boolean = node->as_boolean();
  if (boolean == nullptr) {
    report(key, "must be true or false");
    return;
  }
  value = boolean->get();
}

void Table::read(std::string_view key, std::string& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto* text = node->as_string();
  if (text == nullptr || text->get().empty()) {
    report(key, "must be a text that is not empty");
    return;
  }
  value = text->get();
}

void Table::read(std::string_view key, std::vector<std::string>& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const auto* list = node->as_array();
  // An empty list is a trap: it could mean all of them as well as none.
  if (list == nullptr || list->empty() || list->size() > kListMax) {
    report(key, "must be a list of 1 to " + std::to_string(kListMax) + " texts");
    return;
  }
  std::vector<std::string> texts;
  for (const toml::node& item : *list) {
    const auto* text = item.as_string();
    if (text == nullptr) {
      findings_.report(item.source(), title_ + " " + std::string{key} + " must hold only texts");
      return;
    }
    texts.push_back(text->get());
  }
  value = std::move(texts);
}

void Table::finish() {
  for (const auto& [key, node] : table_) {
    if (std::ranges::find(known_, key.str()) != known_.end()) continue;
    const std::string where = title_.empty() ? "" : " in " + title_;
    findings_.report(key.source(), "unknown key \"" + std::string{key.str()} + "\"" + where);
  }
}

}  // namespace countersign::policies
