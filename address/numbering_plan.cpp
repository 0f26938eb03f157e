// SPDX-License-Identifier: Apache-2.0
#include "address/numbering_plan.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <mutex>
#include <vector>

namespace countersign::address {
namespace {

using Groups = std::array<re2::StringPiece, 4>;  // the whole, and the most that a pattern captures

struct CompiledPattern {
  std::once_flag once;
  std::optional<RE2> expression;
};

const RE2& compiled(PatternId id) {
  static std::vector<CompiledPattern> all(pattern_texts().size());
  CompiledPattern& pattern = all[id];
  std::call_once(pattern.once, [&pattern, id] {
    const std::string_view text = pattern_texts()[id];
    pattern.expression.emplace(re2::StringPiece{text.data(), text.size()}, RE2::Quiet);
  });
  return *pattern.expression;
}

bool matches(PatternId id, std::string_view digits, RE2::Anchor anchor, Groups* groups = nullptr) {
  if (id == 0) return false;
  const RE2& expression = compiled(id);
  const int wanted = groups == nullptr ? 0 : expression.NumberOfCapturingGroups() + 1;
  assert(wanted <= static_cast<int>(Groups{}.size()));
  return expression.Match({digits.data(), digits.size()}, 0, digits.size(), anchor,
                          groups == nullptr ? nullptr : groups->data(), wanted);
}

bool matches(const TypeRule& rule, std::string_view national) {
  const bool is_possible = national.size() < 32 && (rule.lengths >> national.size() & 1U) != 0;
  return is_possible && matches(rule.pattern, national, RE2::ANCHOR_BOTH);
}

// Drops or rewrites the trunk prefix, whether or not a number remains.
std::string rewrite_trunk_prefix(const NumberingPlan& plan, std::string_view digits) {
  Groups groups;
  if (!matches(plan.trunk_prefix, digits, RE2::ANCHOR_START, &groups)) return std::string{digits};
  std::string national;
  const int last = compiled(plan.trunk_prefix).NumberOfCapturingGroups();
  const bool is_rewritten = last > 0 && !groups[static_cast<std::size_t>(last)].empty();
  if (is_rewritten && !plan.trunk_rewrite.empty()) {
    compiled(plan.trunk_prefix)
        .Rewrite(&national, {plan.trunk_rewrite.data(), plan.trunk_rewrite.size()}, groups.data(),
                 last + 1);
  }
  return national.append(digits.substr(groups[0].size()));
}

}  // namespace

const NumberingPlan* find_plan(std::string_view country) {
  if (country.empty()) return nullptr;
  const auto found = std::ranges::find(numbering_plans(), country, &NumberingPlan::country);
  return found == numbering_plans().end() ? nullptr : &*found;
}

std::span<const NumberingPlan> find_plans(std::string_view calling_code) {
  // Not std::ranges::equal_range, whose subrange clang 14 cannot compile.
  const auto plans = numbering_plans();
  const auto code = &NumberingPlan::calling_code;
  const auto first = std::ranges::lower_bound(plans, calling_code, {}, code);
  const auto last = std::ranges::upper_bound(plans, calling_code, {}, code);
  return {first, last};
}

const NumberingPlan* plan_of(std::string_view calling_code, std::string_view national) {
  const auto plans = find_plans(calling_code);
  if (plans.size() == 1 && !plans.front().country.empty()) return &plans.front();
  for (const NumberingPlan& plan : plans) {
    if (plan.country.empty()) continue;
    const bool is_its = plan.leading_digits != 0
                            ? matches(plan.leading_digits, national, RE2::ANCHOR_START)
                            : type_in(plan, national).has_value();
    if (is_its) return &plan;
  }
  return nullptr;
}

bool has_national(const NumberingPlan& plan, std::string_view digits) {
  return matches(plan.national, digits, RE2::ANCHOR_BOTH);
}

Length length_in(const NumberingPlan& plan, std::string_view national) {
  const auto shortest = static_cast<std::size_t>(std::countr_zero(plan.lengths));
  const auto longest = static_cast<std::size_t>(std::bit_width(plan.lengths)) - 1;
  if (national.size() < shortest) return Length::too_short;
  if (national.size() > longest) return Length::too_long;
  return (plan.lengths >> national.size() & 1U) != 0 ? Length::possible : Length::between;
}

std::optional<PhoneType> type_in(const NumberingPlan& plan, std::string_view national) {
  if (!has_national(plan, national)) return std::nullopt;
  const auto rule = [&plan](PhoneType type) { return plan.types[static_cast<std::size_t>(type)]; };
  const bool is_fixed = matches(rule(PhoneType::fixed_line), national);
  if (is_fixed && matches(rule(PhoneType::mobile), national)) {
    return PhoneType::fixed_line_or_mobile;
  }
  if (is_fixed) return PhoneType::fixed_line;
  for (std::size_t type = 1; type < plan.types.size(); ++type) {
    if (matches(plan.types[type], national)) return static_cast<PhoneType>(type);
  }
  return std::nullopt;
}

std::optional<std::string_view> behind_international_prefix(const NumberingPlan& plan,
                                                            std::string_view digits) {
  Groups groups;
  if (!matches(plan.international_prefix, digits, RE2::ANCHOR_START, &groups)) return std::nullopt;
  const std::string_view rest = digits.substr(groups[0].size());
  // No calling code begins with 0: what looks like a prefix is the number's own.
  if (rest.empty() || rest.front() == '0') return std::nullopt;
  return rest;
}

std::string without_trunk_prefix(const NumberingPlan& plan, std::string_view digits) {
  std::string national = rewrite_trunk_prefix(plan, digits);
  if (national == digits) return national;
  if (has_national(plan, digits) && !has_national(plan, national)) return std::string{digits};
  const NumberingPlan* exact = plan_of(plan.calling_code, national);
  const Length length = length_in(exact != nullptr ? *exact : plan, national);
  const bool is_whole = length == Length::possible || length == Length::too_long;
  return is_whole ? national : std::string{digits};
}

}  // namespace countersign::address
