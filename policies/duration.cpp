// SPDX-License-Identifier: Apache-2.0
#include "policies/duration.hpp"

#include <array>
#include <charconv>
#include <cstdint>

namespace countersign::policies {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};
constexpr std::array kUnits{Unit{"d", 86'400}, Unit{"h", 3600}, Unit{"min", 60}, Unit{"s", 1}};
constexpr std::int64_t kSecondsMax = 366 * 24 * 3600;

}  // namespace

Result<std::chrono::seconds> parse_duration(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return Error{ErrorCode::malformed, "duration.number"};
  }
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count > kSecondsMax) {
    return Error{ErrorCode::limit_exceeded, "duration.number"};
  }
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    if (count > kSecondsMax / unit.seconds) {
      return Error{ErrorCode::limit_exceeded, "duration.number"};
    }
    return std::chrono::seconds{count * unit.seconds};
  }
  return Error{ErrorCode::malformed, "duration.unit"};
}

std::string to_text(std::chrono::seconds duration) {
  for (const Unit& unit : kUnits) {
    const std::int64_t count = duration.count() / unit.seconds;
    // One day is 24 hours: whoever reads it wonders about neither.
    if (unit.name == "d" && count < 2) continue;
    if (count != 0 && count * unit.seconds == duration.count()) {
      return std::to_string(count).append(unit.name);
    }
  }
  return "0s";
}

}  // namespace countersign::policies
