// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/http_settings.hpp"

#include "courier/json/body_template.hpp"
#include "courier/settings/kannel_settings.hpp"
#include "courier/settings/provider_url.hpp"
#include "settings/toml_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace countersign::courier {
namespace {

constexpr std::array<std::string_view, 7> kBodyNames{
    "destination", "destination_digits", "text", "sender", "message_id",
    "report_url",  "lifetime_seconds"};
constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024;
constexpr std::size_t kListMax = 32;
constexpr long kStatusMin = 100;
constexpr long kStatusMax = 599;

void read_words(TomlTable& table, std::string_view key, std::vector<std::string>& words) {
  const toml::node* node = table.find(key);
  if (node == nullptr) return;
  const toml::array* list = node->as_array();
  const std::string expected = "must be a list of up to " + std::to_string(kListMax) + " texts";
  if (list == nullptr || list->size() > kListMax) return table.report(key, expected);
  words.clear();
  for (const toml::node& item : *list) {
    const auto word = item.value_exact<std::string>();
    if (!word) return table.report(key, expected);
    words.push_back(*word);
  }
}

std::optional<long> status_in(std::string_view text) {
  long status = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), status);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (status < kStatusMin || status > kStatusMax) return std::nullopt;
  return status;
}

// "404", "200-299".
std::optional<StatusRange> range_in(std::string_view text) {
  const std::size_t hyphen = text.find('-');
  const auto first = status_in(text.substr(0, hyphen));
  const auto last = hyphen == std::string_view::npos ? first : status_in(text.substr(hyphen + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return StatusRange{*first, *last};
}

void read_statuses(TomlTable& table, std::string_view key, std::vector<StatusRange>& ranges) {
  std::vector<std::string> words;
  read_words(table, key, words);
  if (words.empty()) return;
  ranges.clear();
  for (const std::string& word : words) {
    const auto range = range_in(word);
    if (!range) return table.report(key, R"(must be statuses: ["200-299"], ["404", "422"])");
    ranges.push_back(*range);
  }
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  });
}

void read_headers(TomlTable& table, HttpSettings& settings) {
  const toml::table* headers = table.table("headers");
  if (headers == nullptr) return;
  if (headers->size() > kListMax) return table.report("headers", "are too many");
  for (const auto& [name, node] : *headers) {
    const std::string key{name.str()};
    const auto value = node.value_exact<std::string>();
    const bool is_line =
        value && std::ranges::all_of(*value, [](char c) { return c >= ' ' && c <= '~'; });
    if (!is_token(key) || !is_line) {
      return table.report("headers", "must be names and texts of one line each");
    }
    if (!fill_names(*value, {{.name = "secret", .text = ""}})) {
      return table.report("headers", "may name {{secret}} alone");
    }
    if (value->find("{{secret}}") != std::string::npos && settings.secret_file.empty()) {
      return table.report("headers", "name {{secret}}, which needs secret_file");
    }
    settings.headers.emplace_back(key, *value);
  }
}

// It may have several lines.
void read_body(TomlTable& table, HttpSettings& settings) {
  const toml::node* node = table.find("body");
  const auto text = node == nullptr ? std::nullopt : node->value_exact<std::string>();
  if (!text) return table.report("body", "is missing: a JSON document, as a text");
  if (text->size() > kBodyBytesMax) return table.report("body", "is too long");
  const auto body = BodyTemplate::parse(*text, http_body_names());
  if (!body) {
    return table.report("body", body.error().operation.view() == "body.json"
                                    ? "is no JSON"
                                    : "names what there is not, or does not close its braces");
  }
  const bool has_destination = body->names("destination") || body->names("destination_digits");
  if (!has_destination || !body->names("text")) {
    return table.report("body",
                        "must name {{text}}, and {{destination}} or {{destination_digits}}");
  }
  settings.body = *text;
}

void read_results(TomlTable& table, HttpSettings& settings) {
  read_statuses(table, "success_status", settings.success_status);
  read_statuses(table, "undeliverable_status", settings.undeliverable_status);
  table.read("result_pointer", settings.result_pointer);
  read_words(table, "success_values", settings.success_values);
  read_words(table, "undeliverable_values", settings.undeliverable_values);
  table.read("reference_pointer", settings.reference_pointer);
  if (!settings.reference_pointer.empty() && !settings.reference_pointer.starts_with('/')) {
    table.report("reference_pointer", R"(must be a JSON pointer: "/messages/0/id")");
  }
  if (!settings.result_pointer.empty() && !settings.result_pointer.starts_with('/')) {
    table.report("result_pointer", R"(must be a JSON pointer: "/messages/0/status")");
  }
  if (settings.result_pointer.empty() != settings.success_values.empty()) {
    table.report("result_pointer", "and success_values belong together: give both or neither");
  }
}

void read_reports(TomlTable& table, ReportRule& reports) {
  table.read("report_status", reports.status);
  read_words(table, "report_delivered", reports.delivered);
  read_words(table, "report_undeliverable", reports.undeliverable);
  if (reports.status.empty() != reports.delivered.empty()) {
    table.report("report_status", "and report_delivered belong together: give both or neither");
  }
  table.read("report_reference", reports.reference);
  table.read("report_secret_file", reports.secret_file);
  if (reports.reference.empty() != reports.secret_file.empty()) {
    table.report("report_reference",
                 "and report_secret_file belong together: give both or neither");
  }
}

}  // namespace

std::vector<std::string_view> http_body_names() { return {kBodyNames.begin(), kBodyNames.end()}; }

HttpSettings read_http(TomlTable& table) {
  HttpSettings settings;
  table.require("url", settings.url);
  if (const auto mistake = mistake_in_url(settings.url); !mistake.empty()) {
    table.report("url", mistake);
  }
  table.read("method", settings.method);
  if (settings.method != "POST" && settings.method != "PUT") {
    table.report("method", R"(must be "POST" or "PUT")");
  }
  table.read("ca_file", settings.ca_file);
  table.read("secret_file", settings.secret_file);
  table.read("username", settings.username);
  table.read("password_file", settings.password_file);
  if (settings.username.empty() != settings.password_file.empty()) {
    table.report("username", "and password_file belong together: give both or neither");
  }
  read_headers(table, settings);
  read_body(table, settings);
  table.read("sender", settings.sender);
  if (!settings.sender.empty() && !is_sms_sender(settings.sender)) {
    table.report("sender", R"(must be up to 11 letters and digits, or a number: "Example")");
  }
  read_results(table, settings);
  read_reports(table, settings.reports);
  return settings;
}

}  // namespace countersign::courier
