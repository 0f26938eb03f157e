// SPDX-License-Identifier: Apache-2.0
// An SMS gateway that takes JSON over HTTP, as the settings describe it: [[provider]] with
// kind = "http".
//
// Names in double braces stand for what they say. In the body: destination ("+358401234567"),
// destination_digits (the same without "+"), text, sender, message_id, report_url, and
// lifetime_seconds (a number where it stands alone). In headers: secret, the content of
// secret_file.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace countersign {
class TomlTable;
}

namespace countersign::courier {

// Statuses from one to another, both included.
using StatusRange = std::pair<long, long>;

// How a provider's delivery report is read: where its word for what became of a message stands, and
// which words mean what.
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

struct HttpSettings {
  std::string url;
  std::string method = "POST";  // or "PUT"
  std::string ca_file;          // PEM; the system's certificates when empty
  std::vector<std::pair<std::string, std::string>> headers;
  std::string secret_file;  // see secret_file.hpp
  std::string username;     // HTTP Basic; without it, none
  std::string password_file;
  std::string body;    // JSON
  std::string sender;  // for realms without one of their own

  std::vector<StatusRange> success_status{{200, 299}};
  std::vector<StatusRange> undeliverable_status;
  // Where in the answer its own verdict stands (RFC 6901), and which words mean what; any other is
  // a failure. The status alone decides when there is no pointer.
  std::string result_pointer;
  std::vector<std::string> success_values;
  std::vector<std::string> undeliverable_values;

  std::string reference_pointer;  // where in the answer its own id of the message stands

  ReportRule reports;
};

// What a body may name.
[[nodiscard]] std::vector<std::string_view> http_body_names();

// Leaves its mistakes with the table.
[[nodiscard]] HttpSettings read_http(TomlTable& table);

}  // namespace countersign::courier
