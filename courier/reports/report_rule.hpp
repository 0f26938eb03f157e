// SPDX-License-Identifier: Apache-2.0
// What a provider's delivery report means, by the rule for it in the settings.
#pragma once

#include "courier/settings/http_settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace countersign::courier {

enum class Arrival : std::uint8_t { delivered, undeliverable };

// What Kannel's "%d" says: 1 delivered, 2 failed, 16 refused by the message centre. 4 (queued
// there) and 8 (taken there) are no end yet.
[[nodiscard]] ReportRule kannel_reports();

// What stands at a pointer or under a parameter's name. `query` is what follows "?" in the target.
[[nodiscard]] std::optional<std::string> report_field(const std::string& where,
                                                      std::string_view query,
                                                      std::string_view body);

// None when the report says nothing of that, or that it is still on its way.
[[nodiscard]] std::optional<Arrival> read_report(const ReportRule& rule, std::string_view query,
                                                 std::string_view body);

}  // namespace countersign::courier
