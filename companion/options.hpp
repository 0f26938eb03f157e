// SPDX-License-Identifier: Apache-2.0
// The command line, over the settings file that it names.
#pragma once

#include "companion/settings/settings.hpp"

#include <variant>

namespace countersign::companion {

inline constexpr int kExitConfiguration = 78;  // EX_CONFIG: starting again would not help

// The settings, or the exit status when --help was printed or something is wrong (and said so).
[[nodiscard]] std::variant<Settings, int> read_options(int argc, char** argv);

}  // namespace countersign::companion
