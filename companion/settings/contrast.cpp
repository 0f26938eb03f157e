// SPDX-License-Identifier: Apache-2.0
#include "companion/settings/contrast.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace countersign::companion {
namespace {

// The numbers are those of WCAG 2.2, "relative luminance".
double linear(std::string_view two_digits) {
  unsigned value = 0;
  std::from_chars(two_digits.data(), two_digits.data() + two_digits.size(), value, 16);
  const double share = value / 255.0;
  return share <= 0.04045 ? share / 12.92 : std::pow((share + 0.055) / 1.055, 2.4);
}

double luminance(std::string_view colour) {
  return 0.2126 * linear(colour.substr(1, 2)) + 0.7152 * linear(colour.substr(3, 2)) +
         0.0722 * linear(colour.substr(5, 2));
}

}  // namespace

double contrast(std::string_view colour, std::string_view other) {
  const auto [darker, lighter] = std::minmax({luminance(colour), luminance(other)});
  return (lighter + 0.05) / (darker + 0.05);
}

}  // namespace countersign::companion
