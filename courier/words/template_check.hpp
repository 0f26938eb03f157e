// SPDX-License-Identifier: Apache-2.0
// What templates there are, what each may name, and what is wrong with one.
//
// A template is plain text (or HTML) with names in double braces: "{{code}}". What a message may
// lack stands in a section that is left out then: "{{#not_me_link}} … {{/not_me_link}}". Nothing
// else of ctemplate's language is taken, so that a template can neither read another file nor
// switch off the escaping.
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

// What a kind of message is about, and so what its templates may and have to name.
enum class Topic : std::uint8_t {
  code,
  transaction,  // a code, and what is agreed to with it
  notice,       // of a change; with a link for whoever did not make it, where there is one
  link,         // where somebody is to go
  test,
};
struct Kind {
  std::string_view name;
  Topic topic{};
  [[nodiscard]] constexpr bool has_code() const {
    return topic == Topic::code || topic == Topic::transaction;
  }
};
inline constexpr std::array<Kind, 21> kKinds{{{"sign_in", Topic::code},
                                              {"confirmation", Topic::code},
                                              {"reset", Topic::code},
                                              {"unlock", Topic::code},
                                              {"transaction", Topic::transaction},
                                              {"address", Topic::code},
                                              {"factor_added", Topic::notice},
                                              {"factor_removed", Topic::notice},
                                              {"password_changed", Topic::notice},
                                              {"question_changed", Topic::notice},
                                              {"address_changed", Topic::notice},
                                              {"recovery_codes_made", Topic::notice},
                                              {"recovery_code_used", Topic::notice},
                                              {"device_remembered", Topic::notice},
                                              {"device_stolen", Topic::notice},
                                              {"unlocked", Topic::notice},
                                              {"suspended", Topic::notice},
                                              {"factor_changed", Topic::notice},
                                              {"activation", Topic::link},
                                              {"reset_link", Topic::link},
                                              {"test", Topic::test}}};

inline constexpr std::size_t kTemplateBytesMax = std::size_t{16} * 1024;

// A name, and the section within which alone it stands; that of no section is always needed.
struct NameUse {
  std::string_view name;
  std::string_view section;  // may be empty
  bool operator==(const NameUse&) const = default;
};

// What it uses, each once, in the order of their first use. Fails with `malformed`,
// `limit_exceeded`; the operation says what is wrong.
[[nodiscard]] Result<std::vector<NameUse>> check_template(const Kind& kind, Part part,
                                                          std::string_view text);

// Those whose value is an address to go to.
[[nodiscard]] bool is_link_name(std::string_view name);

// No control characters, no line ends of any kind, and nothing that turns the direction of what
// stands around it: the value cannot pass for anything but itself.
[[nodiscard]] bool is_plain_value(std::string_view value);

// An address of the web, by TLS or on this very machine, in which nothing but the letters of one
// stands: it ends where it seems to, in a text and in an attribute.
[[nodiscard]] bool is_link(std::string_view value);

}  // namespace countersign::courier
