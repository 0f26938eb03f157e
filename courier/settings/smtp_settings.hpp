// SPDX-License-Identifier: Apache-2.0
// A mail server, as the settings describe it: [[provider]] with kind = "smtp".
#pragma once

#include <cstdint>
#include <string>

namespace countersign {
class TomlTable;
}

namespace countersign::courier {

struct SmtpSettings {
  enum class Tls : std::uint8_t {
    starttls,  // "required": no word of a message before it
    implicit,  // "implicit": from the first byte, port 465
    none,      // to this very machine alone
  };

  std::string host;
  std::uint16_t port = 587;
  Tls tls = Tls::starttls;
  std::string ca_file;        // PEM; the system's certificates when empty
  std::string username;       // no AUTH when empty
  std::string password_file;  // see secret_file.hpp
  std::string from;           // "codes@example.com"
  std::string from_name;      // "Example"
};

// Whether names and addresses like "localhost", "127.0.0.1", "::1" are this machine.
[[nodiscard]] bool is_loopback(const std::string& host);

// Leaves its mistakes with the table.
[[nodiscard]] SmtpSettings read_smtp(TomlTable& table);

}  // namespace countersign::courier
