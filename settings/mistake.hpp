// SPDX-License-Identifier: Apache-2.0
// What is wrong with a settings file, in words for the person who wrote it.
#pragma once

#include <cstdint>
#include <string>

namespace countersign {

struct Mistake {
  std::string message;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

}  // namespace countersign
