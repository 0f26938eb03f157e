// SPDX-License-Identifier: Apache-2.0
#include "companion/door/own_path.hpp"

#include <algorithm>

namespace countersign::companion {

bool is_path_of_ours(std::string_view path) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '/' || c == '?' ||
           c == '=' || c == '&' || c == '_';
  };
  return path.starts_with('/') && path.find("//") == std::string_view::npos &&
         std::ranges::all_of(path, is_plain);
}

bool is_next_of_ours(std::string_view path) {
  return is_path_of_ours(path) && path.find('&') == std::string_view::npos;
}

}  // namespace countersign::companion
