// SPDX-License-Identifier: Apache-2.0
// A pile of keys and a list of people: one key for each, in the list's order, and on with it after
// every interruption.
#pragma once

#include "cli/yubikey/give.hpp"

#include <string>

namespace countersign::cli {

// `list`: one subject a line; empty lines and those that begin with # are passed over. What became
// of whom is kept in `record`. Shows at the end who has a key and who has none; the exit code says
// whether everybody has.
void run_batch(Command& command, const Plan& plan, const std::string& realm,
               const std::string& list, const std::string& record);

}  // namespace countersign::cli
