// SPDX-License-Identifier: Apache-2.0
#include "companion/pages/password_words.hpp"

namespace countersign::companion {
namespace {

constexpr std::string_view kField = "new";

void add_counted(Block& part, std::string_view section, std::uint32_t least, std::string text) {
  if (least == 0) return;
  Block rule = part.add(section);
  rule.set("LEAST", std::int64_t{least});
  rule.set("RULE_TEXT", text);
}

std::string fault_text(const Catalogue& words, v1::PasswordFault fault,
                       const v1::PasswordReport& report, const v1::PasswordRules& rules) {
  switch (fault) {
    case v1::TOO_SHORT:
      return words("password.too_short", {{"least", std::int64_t{rules.length_min()}}});
    case v1::TOO_LONG:
      return words("password.too_long", {{"most", std::int64_t{rules.length_max()}}});
    case v1::NO_LOWERCASE:
      return words("password.no_lowercase");
    case v1::NO_UPPERCASE:
      return words("password.no_uppercase");
    case v1::NO_NUMBER:
      return words("password.no_number");
    case v1::NO_SYMBOL:
      return words("password.no_symbol");
    case v1::USERNAME_PART:
      return words("password.username_part", {{"part", report.username_part()}});
    case v1::COMMON:
      return words("password.common");
    case v1::TOO_WEAK:
      return words("password.too_weak");
    case v1::USED_BEFORE:
      return words("password.used_before");
    default:
      return words("password.not_text");
  }
}

}  // namespace

void fill_rules(Page& page, std::string_view input, const v1::PasswordRules& rules,
                const std::string& username) {
  const Catalogue& words = page.words();
  Block part = page.put("RULES", "rules");
  part.set("ID", "field-" + std::string{input});
  part.set("USERNAME", username);
  add_counted(part, "LENGTH", rules.length_min(),
              words("rules.length", {{"least", std::int64_t{rules.length_min()}}}));
  if (rules.lowercase()) part.show("LOWERCASE");
  if (rules.uppercase()) part.show("UPPERCASE");
  if (rules.number()) part.show("NUMBER");
  if (rules.symbol()) part.show("SYMBOL");
  add_counted(part, "USERNAME_PART", rules.username_part_min(),
              words("rules.username", {{"least", std::int64_t{rules.username_part_min()}}}));
  if (rules.common()) part.add("OTHER_RULE").set("RULE_TEXT", words("rules.common"));
  if (rules.strength_min() > 0) part.add("OTHER_RULE").set("RULE_TEXT", words("rules.strength"));
  if (rules.history() == 0) return;
  const std::int64_t history = rules.history();
  part.add("OTHER_RULE").set("RULE_TEXT", words("rules.history", {{"count", history}}));
}

void say_faults(Page& page, const v1::PasswordReport& report, const v1::PasswordRules& rules) {
  for (const int fault : report.faults()) {
    page.wrong(kField,
               fault_text(page.words(), static_cast<v1::PasswordFault>(fault), report, rules));
  }
}

}  // namespace countersign::companion
