// SPDX-License-Identifier: Apache-2.0
// Why a Result holds nothing, in a form that assertions can compare and print.
#pragma once

#include "base/error.hpp"

#include <optional>

namespace countersign::test {

template <class T>
std::optional<ErrorCode> failure(const Result<T>& result) {
  return result ? std::nullopt : std::optional{result.error().code};
}

}  // namespace countersign::test
