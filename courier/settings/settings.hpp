// SPDX-License-Identifier: Apache-2.0
// What the administrator decides: who delivers, in which order, and with which words.
//
// Secrets do not stand in the file; it names the files that they are in (secret_file.hpp).
#pragma once

#include "courier/settings/http_settings.hpp"
#include "courier/settings/kannel_settings.hpp"
#include "courier/settings/smtp_settings.hpp"
#include "settings/mistake.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::courier {

// What people know a realm by.
struct RealmSettings {
  std::string name;
  std::string service;  // as templates call it: "Example Bank"; that of all realms when empty
  std::string domain;   // the site on which its codes are typed: "bank.example"; may be empty
  std::string sender;   // of its SMS: "Example"; the provider's when empty
};

struct TemplateSettings {
  std::string directory = "/etc/countersign/templates";
  std::string default_language = "en";
  std::string service = "Countersign";
  std::uint32_t sms_segments_max = 3;  // what needs more is not sent
  std::vector<RealmSettings> realms;
};

struct DeliveryReportSettings {
  std::string listen;    // "127.0.0.1:8087"; empty: nobody listens
  std::string url;       // how providers reach it: "http://127.0.0.1:8087", where it listens
  std::string key_file;  // see secret_file.hpp; made anew at each start when empty
};

struct ProviderSettings {
  std::string name;
  std::variant<SmtpSettings, KannelSettings, HttpSettings> kind;
};

struct Settings {
  std::string socket = "/run/countersign/courier.sock";
  TemplateSettings templates;
  DeliveryReportSettings delivery_reports;
  std::vector<ProviderSettings> providers;  // in the order in which they are tried
};

inline constexpr std::size_t kSettingsBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kProvidersMax = 16;
inline constexpr std::size_t kRealmsMax = 1'000;
inline constexpr std::uint32_t kSmsSegmentsMax = 10;
inline constexpr std::size_t kProviderNameBytesMax = 32;

// TOML over the defaults; the first mistake where there is one. An unknown key is a mistake.
[[nodiscard]] std::variant<Settings, Mistake> parse_settings(std::string_view text);

}  // namespace countersign::courier
