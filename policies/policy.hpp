// SPDX-License-Identifier: Apache-2.0
// What the security team decides: who may ask what, how wide a window is, how fast guesses may
// come.
//
// A value, read from TOML over the defaults that are compiled in (default.toml). A mistake is
// reported with file, line and column; an unknown key is a mistake.
#pragma once

#include "policies/operation.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace countersign::policies {

// Which processes count as this peer, which sockets they may use, which realms they may ask about.
struct PeerRule {
  std::string name;
  std::optional<uid_t> uid;  // at least one of the two; both must match where both are given
  std::optional<gid_t> gid;
  std::array<bool, kRoleCount> roles{};
  std::vector<std::string> realms;  // empty: every realm
  // A gateway: it verifies Yubico OTPs that name their own keys, and asks for its clients' sake.
  bool public_id_only = false;
};

// How far a code may lie from where the factor is expected to be.
struct Windows {
  std::uint8_t totp_steps_before = 1;                // 0 to 2, around the stored drift
  std::uint8_t totp_steps_after = 1;                 // 0 to 2
  std::uint8_t totp_drift_steps_max = 10;            // 0 to 100
  std::uint8_t hotp_look_ahead = 10;                 // 1 to 30
  std::uint16_t hotp_resynchronise_counters = 1000;  // 1 to 1000
  std::uint8_t totp_resynchronise_steps = 20;        // 1 to 100, each way
};

// What becomes of a Yubico OTP that the key's own clock calls late: somebody may have held it back.
enum class RelayCheck : std::uint8_t { off, warn, enforce };

// As policy files have them.
inline constexpr std::array<std::string_view, 3> kRelayCheckNames{"off", "warn", "enforce"};

struct Yubico {
  RelayCheck relay_check = RelayCheck::warn;
  std::chrono::seconds relay_tolerance{300};  // 10s to 24h, beside what its clock may be wrong by
};

// Of challenges that await an answer.
struct Challenges {
  std::chrono::seconds lifetime{120};  // 10s to 10min
  std::uint8_t tries_max = 5;          // 1 to 20 wrong answers
  std::uint8_t open_max = 5;           // 1 to 20 of one subject at a time
};

// Of codes that are sent by SMS and e-mail. Wrong answers are counted as [challenge] says.
struct Codes {
  std::uint8_t digits = 6;                // 6 to 8
  std::chrono::seconds lifetime{300};     // 30s to 10min
  std::chrono::seconds resend_first{30};  // 10s to 10min; doubles with every code that is asked for
  std::chrono::seconds resend_max{900};   // resend_first to 24h
};

// How many messages there may be. A day and an hour are the last 24 hours and the last hour.
struct Messages {
  std::uint32_t per_destination_per_day = 20;   // 1 to 1000 codes
  std::uint32_t per_subject_per_day = 20;       // 1 to 1000 codes
  std::uint32_t per_source_per_hour = 10;       // 1 to 1000 codes of one subject from one place
  std::uint32_t unfamiliar_per_day = 10;        // 1 to per_subject_per_day; the rest is the owner's
  std::uint32_t per_peer_per_day = 100'000;     // 1 to 10000000
  std::chrono::seconds notice_lifetime{86400};  // 1min to 24h
  std::uint32_t queue_max = 20'000;             // 1 to 200000 that wait for the courier
};

// Where SMS may go, and how many of them.
struct SmsPrefix {
  std::string prefix;          // a plus sign, and 1 to 7 digits of an E.164 number
  std::uint32_t per_hour = 0;  // 0 to 1000000; 0: nothing
};

struct Sms {
  bool sign_in = true;  // whether its codes are good for signing in
  // The breaker of a prefix opens when of its last `conversion_sample` codes fewer were answered.
  std::uint32_t conversion_min_percent = 20;  // 0 to 100; 0: it never opens
  std::uint32_t conversion_sample = 50;       // 10 to 1000
  std::chrono::seconds breaker_pause{3600};   // 1min to 24h
  std::vector<SmsPrefix> prefixes;            // the longest that fits holds; none: no SMS at all
};

struct Email {
  bool sign_in = true;
  std::uint32_t per_hour = 10'000;  // 1 to 10000000
};

// Of the consecutive failures of one subject. Those from unfamiliar places are counted and delayed
// apart from the others; the last ones of theirs are kept for codes that unlock.
struct Throttle {
  std::uint8_t failures_max = 100;  // 1 to 100: consecutive, then only an unlock helps
  // Of these, not for unfamiliar places; and not for theirs but for codes that unlock or reset.
  // 0 to 99 each, and at least one failure is left to strangers.
  std::uint8_t kept_for_familiar = 20;
  std::uint8_t kept_for_unlock = 5;
  std::uint8_t failures_free = 5;       // 0 to failures_max: so many failures cost no delay
  std::chrono::seconds delay_first{1};  // 1s to 1h
  std::chrono::seconds delay_max{900};  // delay_first to 24h; doubles from first to max
};

struct Limits {
  std::uint32_t connections_per_uid = 256;  // 1 to 65536
  std::uint32_t in_flight_per_uid = 4096;   // 1 to 65536
  std::uint32_t cached_subjects = 24'000;   // 100 to 10000000
  // 0 to 1000: whoever has not signed in is answered at whole multiples of it.
  std::uint32_t answer_step_ms = 50;
};

// What a way to prove oneself is worth. In the order of kFactorRuleNames.
struct FactorRule {
  bool offer = true;       // whether somebody may set it up by themselves
  bool sole = true;        // whether it may be the only one
  std::uint8_t level = 2;  // 1, 2: with a password, it makes AAL2 of NIST SP 800-63B
};
enum class FactorRuleOf : std::uint8_t {
  totp,
  hotp,
  yubico_otp,
  chalresp,
  sms,
  email,
  question,
  recovery_codes,
  temporary_code,
  device,
};
inline constexpr std::size_t kFactorRules = 10;
// As policy files have them: [factors.totp].
inline constexpr std::array<std::string_view, kFactorRules> kFactorRuleNames{
    "totp",  "hotp",     "yubico_otp",     "chalresp",       "sms",
    "email", "question", "recovery_codes", "temporary_code", "device"};

struct Factors {
  std::array<FactorRule, kFactorRules> rules{};  // see default.toml
  [[nodiscard]] const FactorRule& of(FactorRuleOf which) const {
    return rules[static_cast<std::size_t>(which)];
  }
};

struct Password {
  std::uint8_t length_min = 12;  // 8 to 64 characters (code points)
  bool lowercase = true;         // at least one
  bool uppercase = true;
  bool number = true;
  bool symbol = true;
  std::uint8_t username_part_min = 3;  // 0, 2 to 16: no part of the username of so many characters
  bool common = true;                  // none of the list of common passwords
  std::uint8_t strength_min = 2;       // 0 to 4: zxcvbn's score
  std::uint8_t history = 0;            // 0 to 8: none of so many earlier ones
  // Argon2id. Passwords that were hashed by less are hashed again when they are next verified.
  std::uint32_t argon2_memory_kib = 19'456;  // 8 to 1048576
  std::uint8_t argon2_passes = 2;            // 1 to 10
};
// In characters (code points); whatever is longer is refused, never cut off.
inline constexpr std::size_t kPasswordLengthMax = 256;

// Of the threads that hash passwords: one for the whole appliance.
struct Hashing {
  std::uint8_t threads = 1;      // 1 to 64
  std::uint16_t queue_max = 64;  // 1 to 10000 that wait; whoever comes then is told `busy`
};

struct Questions {
  std::uint8_t answer_length_min = 4;  // 2 to 32 characters
  bool asked_before_reset = true;      // whether a reset asks it, where there is one
};

struct Accounts {
  std::chrono::seconds activation_lifetime{7 * 86400};  // 1h to 7d
  std::chrono::seconds link_wait{60};                   // 10s to 1h between two links to one person
  std::uint8_t links_per_day = 5;                       // 1 to 100 to one person; of several,
                                                        // strangers leave one
  bool reset_by_sms = true;
  bool reset_by_email = true;
  std::chrono::seconds reset_lifetime{900};              // 5min to 24h: of a link
  std::chrono::seconds repudiation_lifetime{7 * 86400};  // 1h to 30d: of "this was not me"
  std::uint8_t recovery_codes = 10;                      // 0 to 16 in a set
  std::chrono::seconds temporary_code_max{7 * 86400};    // 5min to 30d
  std::chrono::seconds device_lifetime{30 * 86400};      // 1d to 90d
  std::uint8_t devices_max = 5;                          // 1 to 20 of one person
  std::string url;         // of the companion, "https://accounts.example.com"; empty: no links
  std::string portal_url;  // where a hand-over goes
  std::string support;     // whom to ask when nothing helps: shown as it stands
};

struct Sessions {
  std::chrono::seconds sign_in_lifetime{600};      // 1min to 1h: from password to factor
  std::chrono::seconds activation_lifetime{3600};  // 5min to 24h
  std::chrono::seconds reset_lifetime{900};        // 5min to 1h
  std::chrono::seconds lifetime{12 * 3600};        // 5min to 24h
  std::chrono::seconds idle{1800};                 // 5min to lifetime
  std::chrono::seconds password_proof{300};        // 1min to 1h: how long it serves for changes
  std::chrono::seconds factor_proof{300};          // 1min to 12h
  std::chrono::seconds hand_over_lifetime{60};     // 10s to 5min
};

inline constexpr std::size_t kPolicyBytesMax = 256 * 1024;

struct Policy {
  std::vector<PeerRule> peers;
  Windows windows;
  Yubico yubico;
  Challenges challenge;
  Codes code;
  Messages messages;
  Sms sms;
  Email email;
  Throttle throttle;
  Limits limits;
  Factors factors;
  Password password;
  Hashing hashing;
  Questions question;
  Accounts account;
  Sessions session;

  // What realms have of their own: whole policies, each read over this one. Peers, limits, hashing,
  // messages, sms and email are the appliance's alone.
  std::map<std::string, std::shared_ptr<const Policy>, std::less<>> realms;
  // What holds in a realm: its own, or this.
  [[nodiscard]] const Policy& of(std::string_view realm) const {
    const auto found = realms.find(realm);
    return found == realms.end() ? *this : *found->second;
  }
};

// What is wrong with a policy file, in words for the person who wrote it.
struct Mistake {
  std::string message;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// What holds for an E.164 number, by the longest prefix that fits; null where nothing may be sent.
[[nodiscard]] const SmsPrefix* prefix_of(const Sms& sms, std::string_view number);

// The compiled-in defaults. The user that this process runs as and root are the only peers.
[[nodiscard]] Policy defaults();

// `text` over the defaults; the first mistake where there are several. User and group names are
// looked up; one that does not exist is a mistake. A file that names any [[peer]] replaces the
// default list of peers; so does [[sms.prefix]].
[[nodiscard]] std::variant<Policy, Mistake> parse(std::string_view text, std::string_view file);

// What a realm's file says over the policy of the appliance, whose own realms play no part in it.
// Peers, limits, hashing, messages, sms and email are mistakes there.
[[nodiscard]] std::variant<Policy, Mistake> parse_realm(std::string_view text,
                                                        std::string_view file, const Policy& root);

}  // namespace countersign::policies
