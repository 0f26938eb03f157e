// SPDX-License-Identifier: Apache-2.0
// Structured logs that cannot hold a passcode or a secret.
//
// A line is a literal event and fields whose names are literals and whose values are literals,
// numbers, or paths and texts from our own configuration (`ConfigText`). There is no way to log a
// string of unknown origin: to add one, this header would have to change, which is a review.
#pragma once

#include "base/error.hpp"

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace countersign::log {

// A text that an administrator wrote: a path, a policy's file name, a parser's complaint about it.
struct ConfigText {
  explicit ConfigText(std::string_view text) : view{text} {}
  std::string_view view;
};

struct Field {
  Field(Literal field_name, Literal text) : name{field_name}, value{text.view()} {}
  Field(Literal field_name, ConfigText text) : name{field_name}, value{text.view} {}
  template <std::integral Number>
  Field(Literal field_name, Number number)
      : name{field_name}, value{static_cast<std::int64_t>(number)} {}

  Literal name;
  std::variant<std::string_view, std::int64_t> value;
};

using Fields = std::initializer_list<Field>;

// To standard error, one line each, `<level>event name=value …`: journald reads the level from the
// prefix. `error` needs an administrator; `warning` is survived; `info` is worth knowing.
void error(Literal event, Fields fields = {});
void warning(Literal event, Fields fields = {});
void info(Literal event, Fields fields = {});

// The same for an Error: its operation and native number become fields.
void error(Literal event, const Error& cause, Fields fields = {});
void warning(Literal event, const Error& cause, Fields fields = {});

[[nodiscard]] Literal name_of(ErrorCode code);

}  // namespace countersign::log
