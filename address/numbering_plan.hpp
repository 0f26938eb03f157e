// SPDX-License-Identifier: Apache-2.0
// The numbering plans of the world, and what one says about a number.
//
// The table is made by numbering_plans.mjs. Its regular expressions are compiled when they are
// first needed, and run by RE2: whatever is typed, in linear time. A national number is what stands
// behind the calling code, without a trunk prefix.
#pragma once

#include "address/phone.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace countersign::address {

using PatternId = std::uint16_t;  // 0: none

// The national numbers of one type. Bit n of `lengths`: a number of n digits is possible.
struct TypeRule {
  PatternId pattern = 0;
  std::uint32_t lengths = 0;
};

struct NumberingPlan {
  static constexpr std::size_t kRules = 10;  // one a PhoneType

  std::string_view country;        // empty: the calling code belongs to none
  std::string_view calling_code;   // "358"
  std::string_view trunk_rewrite;  // what the trunk prefix becomes, if it is more than dropped
  std::uint32_t lengths = 0;       // as in TypeRule
  PatternId national = 0;
  PatternId international_prefix = 0;
  PatternId trunk_prefix = 0;
  PatternId leading_digits = 0;  // where that is enough to know the country
  std::array<TypeRule, kRules> types;
};

enum class Length : std::uint8_t { possible, too_short, too_long, between };

// Sorted by calling code; of those that share one, the first is its main plan.
[[nodiscard]] std::span<const NumberingPlan> numbering_plans();
[[nodiscard]] std::span<const std::string_view> pattern_texts();  // by PatternId

[[nodiscard]] const NumberingPlan* find_plan(std::string_view country);
// All that share a calling code; empty if there is no such code.
[[nodiscard]] std::span<const NumberingPlan> find_plans(std::string_view calling_code);
// Of those that share the calling code, the one whose national number it is; null if none's.
[[nodiscard]] const NumberingPlan* plan_of(std::string_view calling_code,
                                           std::string_view national);

[[nodiscard]] bool has_national(const NumberingPlan& plan, std::string_view digits);
[[nodiscard]] Length length_in(const NumberingPlan& plan, std::string_view national);
[[nodiscard]] std::optional<PhoneType> type_in(const NumberingPlan& plan,
                                               std::string_view national);

// What follows the prefix by which calls leave the country ("00"); nothing if it is not there.
[[nodiscard]] std::optional<std::string_view> behind_international_prefix(const NumberingPlan& plan,
                                                                          std::string_view digits);
// Without a trunk prefix ("0") and a carrier's code, unless the number needs that digit itself.
[[nodiscard]] std::string without_trunk_prefix(const NumberingPlan& plan, std::string_view digits);

}  // namespace countersign::address
