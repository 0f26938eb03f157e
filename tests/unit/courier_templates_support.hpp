// SPDX-License-Identifier: Apache-2.0
// Messages of every kind, and the templates that are shipped.
#pragma once

#include "courier/words/template_check.hpp"
#include "courier/words/templates.hpp"

#include <algorithm>
#include <string>

namespace countersign::courier {

// As long as the policy lets one be.
inline const std::string kLink = "https://" + std::string(192, 'a') + "/t/" + std::string(43, 'A');

inline Message message_of(const std::string& kind, Channel channel,
                          const std::string& language = "en") {
  Message message{.id = MessageId{1},
                  .channel = channel,
                  .destination = "+358401234567",
                  .kind = kind,
                  .realm = "default",
                  .language = language,
                  .code = "123456",
                  .values = {{"lifetime_minutes", "5"},
                             {"transaction", "EUR 1,250.00 to Example Oy"},
                             {"factor", "My phone"},
                             {"link", kLink},
                             {"not_me_link", kLink},
                             {"expires", "2026-11-29 16:05 UTC"},
                             {"username", "anna.andersson"},
                             {"first_name", "Anna"}}};
  const auto* const known = std::ranges::find(kKinds, kind, &Kind::name);
  if (known != kKinds.end() && !known->has_code()) message.code.clear();
  return message;
}

inline void leave_out(Message& message, std::string_view name) {
  std::erase_if(message.values, [name](const Value& value) { return value.name == name; });
}

inline TemplateSettings shipped() {
  TemplateSettings settings;
  settings.directory = CS_TEMPLATES;
  settings.service = "Example Bank";
  return settings;
}

}  // namespace countersign::courier
