// SPDX-License-Identifier: Apache-2.0
// The journal, read page by page.
#pragma once

#include "cli/command.hpp"

#include "api/countersign.pb.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace countersign::cli {

// "7d", "12h", "90s": milliseconds since 1970 at which that began, by this machine's clock. "0":
// from the beginning. Nothing, with the reason on standard error, when it is no duration.
[[nodiscard]] std::optional<std::uint64_t> since_from(const std::string& text);

// Calls `take` for each record since then, in order. Returns the error that ended the reading, if
// one did.
[[nodiscard]] std::optional<v1::Error> read_journal(
    const Command& command, std::uint64_t since_ms,
    const std::function<void(const v1::JournalRecord&)>& take);

}  // namespace countersign::cli
