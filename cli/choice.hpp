// SPDX-License-Identifier: Apache-2.0
// An option whose value is one of a few words.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <utility>
#include <vector>

namespace countersign::cli {

template <class Value>
using Choices = std::vector<std::pair<std::string, Value>>;

// `value` must outlive the parsing of `app`.
template <class Value>
CLI::Option* add_choice(CLI::App& app, const std::string& name, Value& value,
                        const Choices<Value>& choices, const std::string& help) {
  const auto find = [choices](const std::string& word) -> const Value* {
    for (const auto& [text, choice] : choices) {
      if (text == word) return &choice;
    }
    return nullptr;
  };
  std::string words;
  for (const auto& [text, choice] : choices) words += (words.empty() ? "" : "|") + text;
  const auto check = [find, words](const std::string& word) {
    return find(word) == nullptr ? "must be " + words : std::string{};
  };
  return app
      .add_option_function<std::string>(
          name, [&value, find](const std::string& word) { value = *find(word); }, help)
      ->check(CLI::Validator{check, ""})
      ->type_name(words);
}

}  // namespace countersign::cli
