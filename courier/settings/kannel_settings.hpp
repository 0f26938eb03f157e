// SPDX-License-Identifier: Apache-2.0
// A Kannel, as the settings describe it: [[provider]] with kind = "kannel".
#pragma once

#include <string>
#include <string_view>

namespace countersign {
class TomlTable;
}

namespace countersign::courier {

struct KannelSettings {
  std::string url = "http://127.0.0.1:13013/cgi-bin/sendsms";
  std::string ca_file;  // PEM; the system's certificates when empty
  std::string username;
  std::string password_file;  // see secret_file.hpp
  std::string sender;         // for realms without one of their own: "Example", "+358401234567"
};

// Leaves its mistakes with the table.
[[nodiscard]] KannelSettings read_kannel(TomlTable& table);

// As whom an SMS may come: up to 11 letters, digits, spaces, dots, hyphens; or up to 15 digits,
// with or without "+".
[[nodiscard]] bool is_sms_sender(std::string_view sender);

}  // namespace countersign::courier
