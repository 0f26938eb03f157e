// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/next.hpp"

#include "companion/door/own_path.hpp"

namespace countersign::companion {

std::string next_of(const Visit& visit) {
  constexpr std::string_view kDefault = "/account";
  const std::string_view next = visit.is_post() ? visit.typed("next") : visit.asked("next");
  return std::string{is_next_of_ours(next) ? next : kDefault};
}

}  // namespace countersign::companion
