// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/message/written_time.hpp"

#include <algorithm>

namespace countersign {
namespace {

std::string digits(unsigned value, std::size_t width) {
  std::string text = std::to_string(value);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

}  // namespace

std::string written(Time time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::minutes>(time - day)};
  return digits(static_cast<unsigned>(static_cast<int>(date.year())), 4) + '-' +
         digits(static_cast<unsigned>(date.month()), 2) + '-' +
         digits(static_cast<unsigned>(date.day()), 2) + ' ' +
         digits(static_cast<unsigned>(clock.hours().count()), 2) + ':' +
         digits(static_cast<unsigned>(clock.minutes().count()), 2) + " UTC";
}

}  // namespace countersign
