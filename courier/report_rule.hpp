// SPDX-License-Identifier: Apache-2.0
// How a provider's delivery report is read: where its word for what became of a message stands, and
// which words mean what.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::courier {

enum class Arrival : std::uint8_t { delivered, undeliverable };

struct ReportRule {
  // A JSON pointer into the body ("/status"), or the name of a parameter of the query or of a form.
  std::string status;
  std::vector<std::string> delivered;
  std::vector<std::string> undeliverable;
  // Where the provider's own id of the message stands, in reports that all come to one address. The
  // last part of that address is a secret, in a file: /reports/<provider>/<secret>.
  std::string reference;
  std::string secret_file;
};

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
