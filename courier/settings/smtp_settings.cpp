// SPDX-License-Identifier: Apache-2.0
#include "courier/settings/smtp_settings.hpp"

#include "settings/toml_table.hpp"

#include <algorithm>
#include <string_view>

namespace countersign::courier {
namespace {

constexpr std::uint16_t kSubmissionPort = 587;
constexpr std::uint16_t kSubmissionsPort = 465;

// What may stand in a URL as it is. An IPv6 address stands there without its brackets.
bool is_host(std::string_view host) {
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == ':';
  });
}

// Strict: it is written by an administrator, and ends up in a header.
bool is_sender(std::string_view address) {
  const std::size_t at = address.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
         std::ranges::all_of(address, [](char c) { return c > ' ' && c <= '~'; }) &&
         address.find('@', at + 1) == std::string_view::npos &&
         address.find_first_of("<>()[]\\,;:\"") == std::string_view::npos;
}

void read_tls(TomlTable& table, SmtpSettings& settings) {
  std::string tls = "required";
  table.read("tls", tls);
  settings.tls = SmtpSettings::Tls::starttls;
  if (tls == "implicit") settings.tls = SmtpSettings::Tls::implicit;
  if (tls == "none") settings.tls = SmtpSettings::Tls::none;
  if (tls != "required" && tls != "implicit" && tls != "none") {
    table.report("tls", R"(must be "required" (STARTTLS), "implicit" (TLS from the first byte))"
                        R"( or "none" (this machine alone))");
  }
  if (tls == "none" && !is_loopback(settings.host)) {
    table.report("tls", R"(may be "none" only for a host that is this very machine)");
  }
}

}  // namespace

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "127.0.0.1" || host == "::1";
}

SmtpSettings read_smtp(TomlTable& table) {
  SmtpSettings settings;
  table.require("host", settings.host);
  if (!is_host(settings.host)) table.report("host", "must be a name or an address");
  read_tls(table, settings);
  settings.port = settings.tls == SmtpSettings::Tls::implicit ? kSubmissionsPort : kSubmissionPort;
  table.read<std::uint16_t>("port", settings.port, 1, 65535);
  table.read("ca_file", settings.ca_file);
  table.read("username", settings.username);
  table.read("password_file", settings.password_file);
  if (settings.username.empty() != settings.password_file.empty()) {
    table.report("username", "and password_file belong together: give both or neither");
  }
  table.require("from", settings.from);
  if (!is_sender(settings.from)) table.report("from", "must be an address: codes@example.com");
  table.read("from_name", settings.from_name);
  return settings;
}

}  // namespace countersign::courier
