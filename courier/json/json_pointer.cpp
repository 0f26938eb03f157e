// SPDX-License-Identifier: Apache-2.0
#include "courier/json/json_pointer.hpp"

#include <boost/json.hpp>

namespace countersign::courier {

std::optional<std::string> json_at(std::string_view json, std::string_view pointer) {
  boost::json::error_code failed;
  const auto document = boost::json::parse({json.data(), json.size()}, failed);
  if (failed) return std::nullopt;
  const auto* const value = document.find_pointer({pointer.data(), pointer.size()}, failed);
  if (failed || value == nullptr) return std::nullopt;
  if (value->is_string()) return std::string{value->get_string()};
  if (!value->is_number() && !value->is_bool()) return std::nullopt;
  return boost::json::serialize(*value);
}

}  // namespace countersign::courier
