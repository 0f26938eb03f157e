// SPDX-License-Identifier: Apache-2.0
// The person at the desk: what they are told, and what they (or the key in their hand) type.
#pragma once

#include <optional>
#include <string>

namespace countersign::cli {

// From here on, whoever interrupts the program (Ctrl-C, a closed terminal) ends its input: what was
// begun is then finished or taken back, and no question is asked any more. Secrets that other
// functions ask for are asked for before.
void take_interrupts_as_end_of_input();

// A line on standard error.
void tell(const std::string& text);

// Asks on standard error and takes the next line of standard input, without its end. None: there is
// none any more. Longer lines than anything we ask for are cut.
[[nodiscard]] std::optional<std::string> ask_for_line(const std::string& question);

}  // namespace countersign::cli
