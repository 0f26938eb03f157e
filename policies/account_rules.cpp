// SPDX-License-Identifier: Apache-2.0
#include "policies/account_rules.hpp"

#include "policies/duration.hpp"

#include <algorithm>
#include <array>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kUrlBytesMax = 200;
constexpr std::size_t kSupportBytesMax = 500;
constexpr std::chrono::seconds kDay = 24h;

// A link's host and port: what stands between the scheme and the path.
std::string_view authority_of(std::string_view rest) { return rest.substr(0, rest.find('/')); }

bool is_in_authority(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"-.:[]"}.find(c) != std::string_view::npos;
}

bool is_loopback(std::string_view authority) {
  static constexpr std::array<std::string_view, 3> kHosts{"localhost", "127.0.0.1", "[::1]"};
  return std::ranges::any_of(kHosts, [authority](std::string_view host) {
    return authority == host || (authority.starts_with(host) && authority[host.size()] == ':');
  });
}

// Tokens travel in such links: encrypted, or not over a wire at all.
bool is_safe_link(std::string_view url) {
  static constexpr std::string_view kHttps = "https://";
  static constexpr std::string_view kHttp = "http://";
  const bool is_https = url.starts_with(kHttps);
  if (!is_https && !url.starts_with(kHttp)) return false;
  const std::string_view authority =
      authority_of(url.substr(is_https ? kHttps.size() : kHttp.size()));
  if (authority.empty() || authority.front() == ':') return false;
  if (!std::ranges::all_of(authority, is_in_authority)) return false;
  return is_https || is_loopback(authority);
}

// What needs no escaping in a page, a mail or a header.
bool is_in_link(char c) {
  static constexpr std::string_view kNeedEscaping{"\"'<>\\^`{|}"};
  return c > ' ' && c <= '~' && kNeedEscaping.find(c) == std::string_view::npos;
}

bool is_plain(std::string_view url) {
  return url.size() <= kUrlBytesMax && std::ranges::all_of(url, is_in_link);
}

void read_links(Table& table, Accounts& account) {
  table.read("url", account.url);
  if (!account.url.empty() &&
      (!is_plain(account.url) || !is_safe_link(account.url) || account.url.ends_with('/') ||
       account.url.find_first_of("?#") != std::string::npos)) {
    table.report("url",
                 "must begin with https:// (or http:// on this machine), with no slash at its end "
                 "and no query: \"https://accounts.example.com\"");
  }
  table.read("portal_url", account.portal_url);
  if (!account.portal_url.empty() &&
      (!is_plain(account.portal_url) || !is_safe_link(account.portal_url) ||
       account.portal_url.find('#') != std::string::npos)) {
    table.report("portal_url",
                 "must begin with https:// (or http:// on this machine), and have no fragment");
  }
  table.read("support", account.support);
  const bool has_control = std::ranges::any_of(
      account.support, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  if (account.support.size() > kSupportBytesMax || has_control) {
    table.report("support",
                 "must be one line of at most " + std::to_string(kSupportBytesMax) + " bytes");
  }
}

}  // namespace

void read_password(Table table, Password& password) {
  table.read("length_min", password.length_min, {8, 64});
  table.read("lowercase", password.lowercase);
  table.read("uppercase", password.uppercase);
  table.read("number", password.number);
  table.read("symbol", password.symbol);
  table.read("username_part_min", password.username_part_min, {0, 16});
  if (password.username_part_min == 1) {
    table.report("username_part_min",
                 "must be 0 (off) or from 2 to 16: one letter is in everything");
  }
  table.read("common", password.common);
  table.read("strength_min", password.strength_min, {0, 4});
  table.read("history", password.history, {0, 8});
  table.read("argon2_memory_kib", password.argon2_memory_kib, {8, 1'048'576});
  table.read("argon2_passes", password.argon2_passes, {1, 10});
  table.finish();
}

void read_hashing(Table table, Hashing& hashing) {
  table.read("threads", hashing.threads, {1, 64});
  table.read("queue_max", hashing.queue_max, {1, 10'000});
  table.finish();
}

void read_questions(Table table, Questions& question) {
  table.read("answer_length_min", question.answer_length_min, {2, 32});
  table.read("asked_before_reset", question.asked_before_reset);
  table.finish();
}

void read_accounts(Table table, Accounts& account) {
  table.read("activation_lifetime", account.activation_lifetime, {1h, 7 * kDay});
  table.read("link_wait", account.link_wait, {10s, 1h});
  table.read("links_per_day", account.links_per_day, {1, 100});
  table.read("reset_by_sms", account.reset_by_sms);
  table.read("reset_by_email", account.reset_by_email);
  table.read("reset_lifetime", account.reset_lifetime, {5min, 24h});
  table.read("repudiation_lifetime", account.repudiation_lifetime, {1h, 30 * kDay});
  table.read("recovery_codes", account.recovery_codes, {0, 16});
  table.read("temporary_code_max", account.temporary_code_max, {5min, 30 * kDay});
  table.read("device_lifetime", account.device_lifetime, {kDay, 90 * kDay});
  table.read("devices_max", account.devices_max, {1, 20});
  read_links(table, account);
  table.finish();
}

void read_sessions(Table table, Sessions& session) {
  table.read("sign_in_lifetime", session.sign_in_lifetime, {1min, 1h});
  table.read("activation_lifetime", session.activation_lifetime, {5min, 24h});
  table.read("reset_lifetime", session.reset_lifetime, {5min, 1h});
  table.read("lifetime", session.lifetime, {5min, 24h});
  table.read("idle", session.idle, {5min, 24h});
  table.read("password_proof", session.password_proof, {1min, 1h});
  table.read("factor_proof", session.factor_proof, {1min, 12h});
  table.read("hand_over_lifetime", session.hand_over_lifetime, {10s, 5min});
  if (session.idle > session.lifetime) {
    table.contradiction(
        "idle", "lifetime",
        "breaks idle <= lifetime: " + to_text(session.idle) + " > " + to_text(session.lifetime));
  }
  table.finish();
}

}  // namespace countersign::policies
