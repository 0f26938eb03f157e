// SPDX-License-Identifier: Apache-2.0
#include "address/phone.hpp"

#include "address/numbering_plan.hpp"
#include "address/typed_number.hpp"

#include <algorithm>
#include <optional>

namespace countersign::address {
namespace {

constexpr std::size_t kCallingCodeDigitsMax = 3;
constexpr std::size_t kNationalDigitsMin = 2;

Error refusal(Literal operation) { return Error{ErrorCode::malformed, operation}; }

// A number under the plan that it is read by, so far.
struct Reading {
  const NumberingPlan* plan = nullptr;
  std::string_view digits;         // behind the calling code
  bool is_plan_of_country = true;  // and not the main one of several that share the calling code
};

// REQUIRES: find_plans(calling_code) is not empty.
Reading read_by_main_plan(std::string_view calling_code, std::string_view digits) {
  return {.plan = &find_plans(calling_code).front(), .digits = digits, .is_plan_of_country = false};
}

Result<Reading> read_international(std::string_view digits) {
  const std::size_t longest = std::min(kCallingCodeDigitsMax, digits.size());
  // No calling code begins with another one.
  for (std::size_t length = 1; length <= longest; ++length) {
    const std::string_view code = digits.substr(0, length);
    if (!find_plans(code).empty()) return read_by_main_plan(code, digits.substr(length));
  }
  return refusal("phone.calling_code");
}

// People leave out the plus sign. What begins with the calling code of `home` is taken to do so if
// it is no number of `home` otherwise.
std::optional<Reading> read_without_plus(const NumberingPlan& home, std::string_view digits) {
  if (!digits.starts_with(home.calling_code)) return std::nullopt;
  const std::string_view rest = digits.substr(home.calling_code.size());
  const std::string national = without_trunk_prefix(home, digits);
  const bool is_better =
      !has_national(home, national) && has_national(home, without_trunk_prefix(home, rest));
  if (!is_better && length_in(home, national) != Length::too_long) return std::nullopt;
  return read_by_main_plan(home.calling_code, rest);
}

Result<Reading> read(const TypedNumber& number, const NumberingPlan* home) {
  if (number.is_international) return read_international(number.digits);
  if (home == nullptr) return refusal("phone.no_country");
  if (const auto rest = behind_international_prefix(*home, number.digits)) {
    return read_international(*rest);
  }
  if (const auto reading = read_without_plus(*home, number.digits)) return *reading;
  return Reading{.plan = home, .digits = number.digits};
}

Error refusal_of_length(const NumberingPlan& plan, std::string_view national) {
  switch (length_in(plan, national)) {
    case Length::too_short:
      return refusal("phone.too_short");
    case Length::too_long:
      return refusal("phone.too_long");
    case Length::possible:
    case Length::between:
      break;
  }
  return refusal("phone.invalid");
}

Status check(PhoneType type) {
  switch (type) {
    case PhoneType::mobile:
    case PhoneType::fixed_line_or_mobile:
      return {};
    case PhoneType::fixed_line:
      return refusal("phone.fixed_line");
    case PhoneType::premium_rate:
      return refusal("phone.premium");
    case PhoneType::toll_free:
      return refusal("phone.toll_free");
    case PhoneType::shared_cost:
      return refusal("phone.shared_cost");
    case PhoneType::voip:
      return refusal("phone.voip");
    case PhoneType::personal_number:
      return refusal("phone.personal_number");
    case PhoneType::pager:
      return refusal("phone.pager");
    case PhoneType::uan:
      return refusal("phone.uan");
    case PhoneType::voicemail:
      return refusal("phone.voicemail");
  }
  return refusal("phone.invalid");
}

}  // namespace

Result<Phone> parse_phone(std::string_view typed, std::string_view country) {
  const NumberingPlan* home = find_plan(country);
  if (home == nullptr && !country.empty()) return refusal("phone.country");
  CS_TRY(const TypedNumber number, read_typed_number(typed));
  CS_TRY(const Reading reading, read(number, home));
  const std::string national = without_trunk_prefix(*reading.plan, reading.digits);
  if (national.size() < kNationalDigitsMin) return refusal("phone.too_short");

  const NumberingPlan* exact = plan_of(reading.plan->calling_code, national);
  const NumberingPlan& plan = exact != nullptr ? *exact : *reading.plan;
  const auto type = type_in(plan, national);
  if (!type) return refusal_of_length(plan, national);
  CS_CHECK(check(*type));

  Phone phone{.e164 = "+", .type = *type, .prefix_length = 1 + plan.calling_code.size()};
  phone.e164.append(plan.calling_code).append(national);
  if (exact != nullptr || reading.is_plan_of_country) phone.country = plan.country;
  return phone;
}

}  // namespace countersign::address
