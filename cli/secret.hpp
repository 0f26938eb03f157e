// SPDX-License-Identifier: Apache-2.0
// Where passcodes, seeds and PINs come from, and where messages go: the terminal, standard input,
// or a file. Never an argument, which every process of the machine can read.
#pragma once

#include "base/secret_bytes.hpp"

#include <optional>
#include <string>

namespace countersign::cli {

inline constexpr std::size_t kSecretBytesMax = 4096;

// Whether the terminal shows what is typed.
enum class Echo { off, on };

// One line, without its line feed. `file` empty: asks at the terminal with `prompt`, or reads the
// next line of standard input if that is not a terminal; "-": the next line of standard input.
//
// Nothing, with the reason on standard error, if there is no line or it is too long.
[[nodiscard]] std::optional<SecretBytes> read_secret(const std::string& file,
                                                     const std::string& prompt,
                                                     Echo echo = Echo::off);

}  // namespace countersign::cli
