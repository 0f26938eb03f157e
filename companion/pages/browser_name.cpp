// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/browser_name.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace countersign::companion {
namespace {

struct Mark {
  std::string_view mark;
  std::string_view name;
};

// Most of them claim to be each other: who claims least comes first.
constexpr std::array<Mark, 9> kBrowsers{{{"Edg/", "Edge"},
                                         {"EdgA/", "Edge"},
                                         {"EdgiOS/", "Edge"},
                                         {"OPR/", "Opera"},
                                         {"Firefox/", "Firefox"},
                                         {"FxiOS/", "Firefox"},
                                         {"CriOS/", "Chrome"},
                                         {"Chrome/", "Chrome"},
                                         {"Safari/", "Safari"}}};
constexpr std::array<Mark, 7> kSystems{{{"iPhone", "iPhone"},
                                        {"iPad", "iPad"},
                                        {"Android", "Android"},
                                        {"Windows", "Windows"},
                                        {"CrOS", "ChromeOS"},
                                        {"Mac OS X", "macOS"},
                                        {"Linux", "Linux"}}};

std::string_view first_in(std::string_view text, std::span<const Mark> marks) {
  const auto found = std::ranges::find_if(
      marks, [text](const Mark& mark) { return text.find(mark.mark) != std::string_view::npos; });
  return found == marks.end() ? std::string_view{} : found->name;
}

}  // namespace

std::string browser_name(const Catalogue& words, std::string_view user_agent) {
  const std::string_view browser = first_in(user_agent, kBrowsers);
  const std::string_view system = first_in(user_agent, kSystems);
  if (browser.empty() && system.empty()) return words("browser.unknown");
  if (browser.empty()) return std::string{system};
  if (system.empty()) return std::string{browser};
  return words("browser.on", {{"browser", browser}, {"system", system}});
}

}  // namespace countersign::companion
