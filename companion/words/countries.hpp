// SPDX-License-Identifier: Apache-2.0
// Countries as readers of a language call them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::companion {

struct Country {
  std::string_view code;  // ISO 3166-1: "FI"
  std::string name;
};

// In the order in which the language sorts its words.
[[nodiscard]] std::vector<Country> countries_in(const std::string& language,
                                                std::span<const std::string_view> codes);

// Where somebody with these languages (Accept-Language) most likely is; empty if nobody can tell.
[[nodiscard]] std::string likely_country(std::string_view preferred);

}  // namespace countersign::companion
