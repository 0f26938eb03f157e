// SPDX-License-Identifier: Apache-2.0
// What a policy file may say about passwords, questions, links and sessions.
#include "policies/describe.hpp"
#include "policies/duration.hpp"
#include "tests/unit/policy_file.hpp"

#include <gmock/gmock.h>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

// The numbers in the header and in default.toml are the same, so that neither can mislead.
TEST(PolicyAccounts, DefaultPasswordsAreWhatTheHeaderSays) {
  const Password read = defaults().password;
  const Password header;
  EXPECT_EQ(read.length_min, header.length_min);
  EXPECT_EQ(read.lowercase, header.lowercase);
  EXPECT_EQ(read.uppercase, header.uppercase);
  EXPECT_EQ(read.number, header.number);
  EXPECT_EQ(read.symbol, header.symbol);
  EXPECT_EQ(read.username_part_min, header.username_part_min);
  EXPECT_EQ(read.common, header.common);
  EXPECT_EQ(read.strength_min, header.strength_min);
  EXPECT_EQ(read.history, header.history);
  EXPECT_EQ(read.argon2_memory_kib, header.argon2_memory_kib);
  EXPECT_EQ(read.argon2_passes, header.argon2_passes);
  EXPECT_EQ(defaults().hashing.threads, Hashing{}.threads);
  EXPECT_EQ(defaults().hashing.queue_max, Hashing{}.queue_max);
  EXPECT_EQ(defaults().question.answer_length_min, Questions{}.answer_length_min);
  EXPECT_EQ(defaults().question.asked_before_reset, Questions{}.asked_before_reset);
}

TEST(PolicyAccounts, DefaultLinksAndSessionsAreWhatTheHeaderSays) {
  const Accounts account = defaults().account;
  EXPECT_EQ(account.activation_lifetime, Accounts{}.activation_lifetime);
  EXPECT_EQ(account.link_wait, Accounts{}.link_wait);
  EXPECT_EQ(account.links_per_day, Accounts{}.links_per_day);
  EXPECT_EQ(account.reset_by_sms, Accounts{}.reset_by_sms);
  EXPECT_EQ(account.reset_by_email, Accounts{}.reset_by_email);
  EXPECT_EQ(account.reset_lifetime, Accounts{}.reset_lifetime);
  EXPECT_EQ(account.repudiation_lifetime, Accounts{}.repudiation_lifetime);
  EXPECT_EQ(account.recovery_codes, Accounts{}.recovery_codes);
  EXPECT_EQ(account.temporary_code_max, Accounts{}.temporary_code_max);
  EXPECT_EQ(account.device_lifetime, Accounts{}.device_lifetime);
  EXPECT_EQ(account.devices_max, Accounts{}.devices_max);
  EXPECT_EQ(account.url + account.portal_url + account.support, "");
  const Sessions session = defaults().session;
  EXPECT_EQ(session.sign_in_lifetime, Sessions{}.sign_in_lifetime);
  EXPECT_EQ(session.activation_lifetime, Sessions{}.activation_lifetime);
  EXPECT_EQ(session.reset_lifetime, Sessions{}.reset_lifetime);
  EXPECT_EQ(session.lifetime, Sessions{}.lifetime);
  EXPECT_EQ(session.idle, Sessions{}.idle);
  EXPECT_EQ(session.password_proof, Sessions{}.password_proof);
  EXPECT_EQ(session.factor_proof, Sessions{}.factor_proof);
  EXPECT_EQ(session.hand_over_lifetime, Sessions{}.hand_over_lifetime);
}

struct Span {
  const char* table;
  const char* key;
  std::chrono::seconds min;
  std::chrono::seconds max;
  const char* beside = "";
};
void PrintTo(const Span& span, std::ostream* out) { *out << span.table << '.' << span.key; }

class PolicyDuration : public testing::TestWithParam<Span> {};

TEST_P(PolicyDuration, TakesItsRangeAndNothingElse) {
  const auto& [table, key, min, max, beside] = GetParam();
  const auto with = [&](std::chrono::seconds value) {
    return line(table, key, "\"" + std::to_string(value.count()) + "s\"") + beside;
  };
  good(with(min));
  good(with(max));
  for (const std::chrono::seconds value : {min - 1s, max + 1s}) {
    const Mistake mistake = bad(with(value));
    EXPECT_THAT(mistake.message, HasSubstr("from " + to_text(min) + " to " + to_text(max)));
    EXPECT_THAT(mistake.message, HasSubstr(key));
    EXPECT_EQ(mistake.line, 2U);
  }
}

INSTANTIATE_TEST_SUITE_P(Keys, PolicyDuration,
                         testing::Values(Span{"account", "activation_lifetime", 1h, 168h},
                                         Span{"account", "link_wait", 10s, 1h},
                                         Span{"account", "reset_lifetime", 5min, 24h},
                                         Span{"account", "repudiation_lifetime", 1h, 720h},
                                         Span{"account", "temporary_code_max", 5min, 720h},
                                         Span{"account", "device_lifetime", 24h, 2160h},
                                         Span{"session", "sign_in_lifetime", 1min, 1h},
                                         Span{"session", "activation_lifetime", 5min, 24h},
                                         Span{"session", "reset_lifetime", 5min, 1h},
                                         Span{"session", "lifetime", 5min, 24h, "idle = \"5min\""},
                                         Span{"session", "idle", 5min, 24h, "lifetime = \"24h\""},
                                         Span{"session", "password_proof", 1min, 1h},
                                         Span{"session", "factor_proof", 1min, 12h},
                                         Span{"session", "hand_over_lifetime", 10s, 5min}),
                         [](const auto& span) {
                           return std::string{span.param.table} + "_" + span.param.key;
                         });

TEST(PolicyAccounts, NoSessionIsIdleForLongerThanItLasts) {
  EXPECT_EQ(bad(line("session", "idle", "\"13h\"")).message,
            "[session] idle breaks idle <= lifetime: 13h > 12h");
  EXPECT_EQ(bad(line("session", "lifetime", "\"5min\"")).message,
            "[session] lifetime breaks idle <= lifetime: 30min > 5min");
}

TEST(PolicyAccounts, OneLetterOfAUsernameIsInEverything) {
  EXPECT_EQ(good(line("password", "username_part_min", "0")).password.username_part_min, 0);
  EXPECT_EQ(good(line("password", "username_part_min", "2")).password.username_part_min, 2);
  EXPECT_THAT(bad(line("password", "username_part_min", "1")).message, HasSubstr("0 (off)"));
}

TEST(PolicyAccounts, LinksAreEncryptedOrStayOnThisMachine) {
  const auto url = [](std::string_view text) {
    return line("account", "url", "\"" + std::string{text} + "\"");
  };
  for (const std::string_view text :
       {"https://accounts.example.com", "https://accounts.example.com:8443/portal",
        "http://localhost", "http://localhost:8080/accounts", "http://127.0.0.1:1",
        "http://[::1]:8080", "https://[2001:db8::1]"}) {
    EXPECT_EQ(good(url(text)).account.url, text);
  }
  for (const std::string_view text :
       {"accounts.example.com", "http://accounts.example.com", "https://", "https:///x",
        "https://:443", "https://accounts.example.com/", "https://accounts.example.com?a=1",
        "https://accounts.example.com#a", "https://user@accounts.example.com", "ftp://localhost",
        "http://localhost.example.com", "http://127.0.0.1.example.com", "javascript:alert(1)",
        "https://a b", "https://a/<script>", "https://a/\\\"", "HTTPS://a", "https://\u00e4"}) {
    EXPECT_THAT(bad(url(text)).message, HasSubstr("[account] url must begin with https://"))
        << text;
  }
  EXPECT_FALSE(bad(url("https://" + std::string(193, 'a'))).message.empty());
  good(url("https://" + std::string(192, 'a')));
}

TEST(PolicyAccounts, AHandOverMayGoToAnyPageOfThePortal) {
  EXPECT_EQ(
      good(line("account", "portal_url", "\"https://p.example.com/in/?by=cs\"")).account.portal_url,
      "https://p.example.com/in/?by=cs");
  for (const std::string_view text : {"http://p.example.com", "https://p.example.com/#x", "/in"}) {
    EXPECT_THAT(bad(line("account", "portal_url", "\"" + std::string{text} + "\"")).message,
                HasSubstr("portal_url must"));
  }
}

TEST(PolicyAccounts, SupportIsOneLine) {
  EXPECT_EQ(good(line("account", "support", "\"Apua: +358 9 123 \u00e4\"")).account.support,
            "Apua: +358 9 123 \u00e4");
  for (const std::string& text : {std::string{"a\\nb"}, std::string{"a\\u001bb"},
                                  std::string{"a\\u007f"}, std::string(501, 'a')}) {
    EXPECT_THAT(bad(line("account", "support", "\"" + text + "\"")).message, HasSubstr("one line"));
  }
}

TEST(PolicyAccounts, ADescriptionTellsWhereItDeviatesFromNist) {
  const std::string usual = describe(defaults());
  EXPECT_THAT(usual, HasSubstr("deviates from NIST SP 800-63B"));
  EXPECT_THAT(usual, HasSubstr("characters of certain kinds"));
  EXPECT_THAT(usual, HasSubstr("asked before a reset"));
  EXPECT_THAT(usual, HasSubstr("codes by e-mail are a way"));
  EXPECT_THAT(usual, Not(HasSubstr("the only factor")));
  const std::string more =
      describe(good("[factors]\nquestion = {offer = true, sole = true}\n"
                    "email = {level = 2}\n"));
  EXPECT_THAT(more, HasSubstr("questions are a way to sign in"));
  EXPECT_THAT(more, HasSubstr("a question may be the only factor"));
  EXPECT_THAT(more, HasSubstr("e-mail count as a second factor"));
  const std::string none = describe(
      good("[factors]\nemail.offer = false\n[question]\nasked_before_reset = false\n"
           "[password]\nlowercase = false\nuppercase = false\nnumber = false\nsymbol = false\n"));
  EXPECT_THAT(none, Not(HasSubstr("deviates")));
}

TEST(PolicyAccounts, ADescriptionFitsATerminal) {
  std::istringstream lines{describe(good(line("account", "url", "\"https://a.example.com\"")))};
  for (std::string text; std::getline(lines, text);) EXPECT_LE(text.size(), 100U) << text;
}

}  // namespace
}  // namespace countersign::policies
