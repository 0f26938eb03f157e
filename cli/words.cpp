// SPDX-License-Identifier: Apache-2.0
#include "cli/words.hpp"

#include <algorithm>
#include <cctype>
#include <ctime>

namespace countersign::cli {

std::string lower_words(std::string name, std::string_view prefix) {
  if (!prefix.empty() && name.starts_with(prefix)) name.erase(0, prefix.size());
  std::ranges::transform(name, name.begin(), [](unsigned char c) {
    return static_cast<char>(c == '_' ? ' ' : std::tolower(c));
  });
  return name;
}

std::string when(std::int64_t milliseconds) {
  if (milliseconds == 0) return "never";
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text, size};
}

}  // namespace countersign::cli
