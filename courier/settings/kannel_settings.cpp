// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/kannel_settings.hpp"

#include "courier/settings/provider_url.hpp"
#include "settings/toml_table.hpp"

#include <algorithm>

namespace countersign::courier {
namespace {

constexpr std::size_t kNumberDigitsMax = 15;
constexpr std::size_t kNameBytesMax = 11;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter_of_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '.' ||
         c == '-';
}

}  // namespace

bool is_sms_sender(std::string_view sender) {
  const std::string_view digits = sender.starts_with('+') ? sender.substr(1) : sender;
  if (digits.empty()) return false;
  if (std::ranges::all_of(digits, is_digit)) return digits.size() <= kNumberDigitsMax;
  return sender.size() <= kNameBytesMax && std::ranges::all_of(sender, is_letter_of_name) &&
         !sender.starts_with(' ') && !sender.ends_with(' ');
}

KannelSettings read_kannel(TomlTable& table) {
  KannelSettings settings;
  table.read("url", settings.url);
  if (const auto mistake = mistake_in_url(settings.url); !mistake.empty()) {
    table.report("url", mistake);
  }
  if (settings.url.find('?') != std::string::npos) table.report("url", "must have no query (?)");
  table.read("ca_file", settings.ca_file);
  table.require("username", settings.username);
  table.require("password_file", settings.password_file);
  table.require("sender", settings.sender);
  if (!is_sms_sender(settings.sender)) {
    table.report("sender", "must be up to 11 letters and digits, or a number: \"Example\"");
  }
  return settings;
}

}  // namespace countersign::courier
