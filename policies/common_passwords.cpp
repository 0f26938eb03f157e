// SPDX-License-Identifier: Apache-2.0
#include "policies/common_passwords.hpp"

#include <algorithm>

namespace countersign::policies {

bool is_common(std::string_view folded) {
  const auto lists = common_passwords();
  const auto list = std::ranges::find(lists, folded.size(), &CommonPasswords::length);
  if (list == lists.end()) return false;
  std::size_t first = 0;
  std::size_t count = list->words.size() / list->length;
  while (count > 0) {
    const std::size_t half = count / 2;
    const std::string_view word = list->words.substr((first + half) * list->length, list->length);
    if (word == folded) return true;
    if (word < folded) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return false;
}

}  // namespace countersign::policies
