// SPDX-License-Identifier: Apache-2.0
#include "courier/reports/report_rule.hpp"

#include "courier/json/json_pointer.hpp"

#include <algorithm>

namespace countersign::courier {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// What is no escape stands for itself.
std::string unescape(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
    if (!low) {
      plain += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    plain += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return plain;
}

std::optional<std::string> parameter(std::string_view pairs, std::string_view name) {
  while (!pairs.empty()) {
    const std::string_view pair = pairs.substr(0, pairs.find('&'));
    pairs.remove_prefix(std::min(pair.size() + 1, pairs.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || unescape(pair.substr(0, equals)) != name) continue;
    return unescape(pair.substr(equals + 1));
  }
  return std::nullopt;
}

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

ReportRule kannel_reports() {
  return {.status = "type",
          .delivered = {"1"},
          .undeliverable = {"2", "16"},
          .reference = "",
          .secret_file = ""};
}

std::optional<std::string> report_field(const std::string& where, std::string_view query,
                                        std::string_view body) {
  if (where.starts_with('/')) return json_at(body, where);
  auto value = parameter(query, where);
  return value ? value : parameter(body, where);
}

std::optional<Arrival> read_report(const ReportRule& rule, std::string_view query,
                                   std::string_view body) {
  const auto word = report_field(rule.status, query, body);
  if (!word) return std::nullopt;
  if (contains(rule.delivered, *word)) return Arrival::delivered;
  if (contains(rule.undeliverable, *word)) return Arrival::undeliverable;
  return std::nullopt;
}

}  // namespace countersign::courier
