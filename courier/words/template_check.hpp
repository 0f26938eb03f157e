// SPDX-License-Identifier: Apache-2.0
// What templates there are, what each may name, and what is wrong with one.
//
// A template is plain text (or HTML) with names in double braces: "{{code}}". Nothing else of
// ctemplate's language is taken, so that a template can neither read another file nor switch off
// the escaping.
#pragma once

#include "base/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace countersign::courier {

enum class Part : std::uint8_t { sms, subject, text, html };
inline constexpr std::array<std::string_view, 4> kPartSuffixes{".sms", ".subject", ".txt", ".html"};
inline constexpr std::size_t kPartCount = kPartSuffixes.size();

struct Kind {
  std::string_view name;
  bool has_code;
};
inline constexpr std::array<Kind, 9> kKinds{{{"sign_in", true},
                                             {"confirmation", true},
                                             {"reset", true},
                                             {"unlock", true},
                                             {"transaction", true},
                                             {"address", true},
                                             {"factor_added", false},
                                             {"factor_removed", false},
                                             {"test", false}}};

inline constexpr std::size_t kTemplateBytesMax = std::size_t{16} * 1024;

// The names that it uses, each once, in the order of their first use. Fails with `malformed`,
// `limit_exceeded`; the operation says what is wrong.
[[nodiscard]] Result<std::vector<std::string_view>> check_template(const Kind& kind, Part part,
                                                                   std::string_view text);

// No control characters, no line ends of any kind, and nothing that turns the direction of what
// stands around it: the value cannot pass for anything but itself.
[[nodiscard]] bool is_plain_value(std::string_view value);

}  // namespace countersign::courier
