// SPDX-License-Identifier: Apache-2.0
#include "companion/words/countries.hpp"

#include <unicode/coll.h>
#include <unicode/locid.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace countersign::companion {
namespace {

// What the collator makes of a name: compared byte by byte, it sorts as the language does.
std::vector<std::uint8_t> sort_key(const icu::Collator* collator, const icu::UnicodeString& name) {
  if (collator == nullptr) return {};
  std::vector<std::uint8_t> key(static_cast<std::size_t>(collator->getSortKey(name, nullptr, 0)));
  collator->getSortKey(name, key.data(), static_cast<std::int32_t>(key.size()));
  return key;
}

}  // namespace

std::vector<Country> countries_in(const std::string& language,
                                  std::span<const std::string_view> codes) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Locale reader = icu::Locale::forLanguageTag(language, status);
  const std::unique_ptr<icu::Collator> collator{icu::Collator::createInstance(reader, status)};
  std::vector<std::pair<std::vector<std::uint8_t>, Country>> sorted;
  sorted.reserve(codes.size());
  for (const std::string_view code : codes) {
    const icu::Locale place{"", std::string{code}.c_str()};
    icu::UnicodeString name;
    place.getDisplayCountry(reader, name);
    Country country{.code = code, .name = {}};
    name.toUTF8String(country.name);
    sorted.emplace_back(sort_key(collator.get(), name), std::move(country));
  }
  std::ranges::stable_sort(
      sorted, {}, [](const auto& entry) -> const auto& { return entry.first; });
  std::vector<Country> countries;
  countries.reserve(sorted.size());
  for (auto& [key, country] : sorted) countries.push_back(std::move(country));
  return countries;
}

std::string likely_country(std::string_view preferred) {
  const std::string_view first = preferred.substr(0, preferred.find_first_of(",; "));
  if (first.empty() || first == "*") return {};
  UErrorCode status = U_ZERO_ERROR;
  icu::Locale place =
      icu::Locale::forLanguageTag({first.data(), static_cast<std::int32_t>(first.size())}, status);
  if (U_FAILURE(status)) return {};
  place.addLikelySubtags(status);
  return U_FAILURE(status) ? std::string{} : std::string{place.getCountry()};
}

}  // namespace countersign::companion
