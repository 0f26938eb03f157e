// SPDX-License-Identifier: Apache-2.0
#include "clients/pam/options.hpp"

#include <charconv>
#include <cstring>
#include <string_view>

namespace countersign::pam {
namespace {

// The value of "name=value", or nothing if it is another option.
const char* value_of(const char* argument, std::string_view name) {
  const bool is_it = std::string_view{argument}.starts_with(name) && argument[name.size()] == '=';
  return is_it ? argument + name.size() + 1 : nullptr;
}

bool read_timeout(std::string_view text, Options& options) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.begin(), text.end(), seconds);
  options.timeout = std::chrono::seconds{seconds};
  return error == std::errc{} && end == text.end() && seconds >= 1 &&
         options.timeout <= kTimeoutMax;
}

// The last of two that contradict each other is refused: one of them was meant otherwise.
bool choose(Source source, Options& options) {
  const bool is_first = options.source == Source::prompt || options.source == source;
  options.source = source;
  return is_first;
}

bool read(const char* argument, Options& options) {
  if (const char* value = value_of(argument, "socket")) {
    options.socket = value;
    return value[0] == '/';
  }
  if (const char* value = value_of(argument, "realm")) {
    options.realm = value;
    return value[0] != '\0';
  }
  if (const char* value = value_of(argument, "prompt")) {
    options.prompt = value;
    return value[0] != '\0';
  }
  if (const char* value = value_of(argument, "timeout")) return read_timeout(value, options);
  const std::string_view word = argument;
  if (word == "use_first_pass") return choose(Source::first_pass, options);
  if (word == "try_first_pass") return choose(Source::first_pass_or_prompt, options);
  if (word == "nodelay") {
    options.has_fail_delay = false;
    return true;
  }
  return false;
}

}  // namespace

Result<Options> parse_options(std::span<const char* const> arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!read(arguments[i], options)) return Error{ErrorCode::malformed, "pam.option", i};
  }
  return options;
}

}  // namespace countersign::pam
