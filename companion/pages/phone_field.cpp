// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/phone_field.hpp"

#include "address/numbering_plan.hpp"
#include "address/phone.hpp"
#include "companion/words/countries.hpp"

#include <string_view>
#include <vector>

namespace countersign::companion {
namespace {

constexpr std::string_view kNoBreak = "\u00a0";  // a space at which no line ends

std::vector<std::string_view> country_codes() {
  std::vector<std::string_view> codes;
  for (const address::NumberingPlan& plan : address::numbering_plans()) {
    if (!plan.country.empty()) codes.push_back(plan.country);
  }
  return codes;
}

bool is_main(const address::NumberingPlan& plan) {
  return address::find_plans(plan.calling_code).front().country == plan.country;
}

void add_country(Page& page, Block& field, const Country& country, std::string_view chosen) {
  const address::NumberingPlan* const plan = address::find_plan(country.code);
  if (plan == nullptr) return;
  Block option = field.add("COUNTRY");
  option.set("COUNTRY_VALUE", country.code);
  option.set("COUNTRY_CODE", plan->calling_code);
  option.set("COUNTRY_TEXT", page.words()("phone.country_option", {{"country", country.name},
                                                                   {"code", plan->calling_code}}));
  if (is_main(*plan)) option.show("MAIN");
  if (country.code == chosen) option.show("CHOSEN");
}

// As the two fields have it.
struct Number {
  std::string country;
  std::string national;
};

Number number_to_show(const Visit& visit, std::string_view known) {
  if (visit.is_post()) {
    return {.country = std::string{visit.typed("country")},
            .national = std::string{visit.typed("phone")}};
  }
  const auto phone = address::parse_phone(known, "");
  if (!phone || phone->country.empty()) {
    return {.country = likely_country(visit.request().languages), .national = {}};
  }
  return {.country = phone->country, .national = phone->e164.substr(phone->prefix_length)};
}

}  // namespace

void add_phone_field(Visit& visit, Page& page, std::string_view known) {
  const Catalogue& words = visit.words();
  const Number shown = number_to_show(visit, known);
  Block field = page.input("PHONE_FIELD", "country",
                           {.name = "phone",
                            .label = words("phone.field"),
                            .value = shown.national,
                            .hint = words("phone.hint"),
                            .focus = true});
  field.set("COUNTRY_ID", "field-country");
  field.set("COUNTRY_NAME", "country");
  for (const Country& country : countries_in(words.language(), country_codes())) {
    add_country(page, field, country, shown.country);
  }
}

std::string phone_text(std::string_view e164) {
  constexpr std::size_t kGroup = 3;
  const auto phone = address::parse_phone(e164, "");
  if (!phone) return std::string{e164};
  std::string text{phone->prefix()};
  std::string_view rest = e164.substr(text.size());
  while (!rest.empty()) {
    // No group of one.
    const std::size_t length = rest.size() <= kGroup + 1 ? rest.size() : kGroup;
    text += kNoBreak;
    text += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return text;
}

Result<std::string> typed_phone(const Visit& visit) {
  CS_TRY(const address::Phone phone,
         address::parse_phone(visit.typed("phone"), visit.typed("country")));
  return phone.e164;
}

std::string phone_fault_text(const Catalogue& words, const Error& fault) {
  const std::string_view key = fault.operation.view();
  return words(words.has(key) ? key : "phone.invalid");
}

}  // namespace countersign::companion
