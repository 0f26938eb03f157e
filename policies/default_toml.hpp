// SPDX-License-Identifier: Apache-2.0
// The text of default.toml, as it stood when the program was built.
#pragma once

#include <string_view>

namespace countersign::policies {

[[nodiscard]] std::string_view default_toml();

}  // namespace countersign::policies
