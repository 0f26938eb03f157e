// SPDX-License-Identifier: Apache-2.0
// What a policy file may say, and where it is told that it went wrong.
#include "policies/policy.hpp"

#include "policies/default_toml.hpp"
#include "policies/describe.hpp"
#include "policies/duration.hpp"
#include "tests/support/failure.hpp"
#include "tests/unit/policy_file.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

namespace countersign::policies {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

std::string peer(std::string_view rest) {
  return "[[peer]]\nname = \"portal\"\n" + std::string{rest} + "\n";
}

TEST(Policy, DefaultsLetRootAndOurselvesIn) {
  const Policy policy = defaults();
  ASSERT_EQ(policy.peers.size(), 2U);
  EXPECT_EQ(policy.peers[0].uid, 0U);
  EXPECT_EQ(policy.peers[1].uid, ::getuid());
  for (const PeerRule& rule : policy.peers) {
    EXPECT_FALSE(rule.gid);
    EXPECT_THAT(rule.roles, ElementsAre(true, true, true, true, true));
    EXPECT_TRUE(rule.realms.empty());
  }
}

// The numbers in the header and in default.toml are the same, so that neither can mislead.
TEST(Policy, DefaultsAreWhatTheHeaderSays) {
  const Policy read = defaults();
  EXPECT_EQ(read.windows.totp_steps_before, Windows{}.totp_steps_before);
  EXPECT_EQ(read.windows.totp_steps_after, Windows{}.totp_steps_after);
  EXPECT_EQ(read.windows.totp_drift_steps_max, Windows{}.totp_drift_steps_max);
  EXPECT_EQ(read.windows.hotp_look_ahead, Windows{}.hotp_look_ahead);
  EXPECT_EQ(read.windows.hotp_resynchronise_counters, Windows{}.hotp_resynchronise_counters);
  EXPECT_EQ(read.windows.totp_resynchronise_steps, Windows{}.totp_resynchronise_steps);
  EXPECT_EQ(read.yubico.relay_check, Yubico{}.relay_check);
  EXPECT_EQ(read.yubico.relay_tolerance, Yubico{}.relay_tolerance);
  EXPECT_EQ(read.code.digits, Codes{}.digits);
  EXPECT_EQ(read.code.lifetime, Codes{}.lifetime);
  EXPECT_EQ(read.code.resend_first, Codes{}.resend_first);
  EXPECT_EQ(read.code.resend_max, Codes{}.resend_max);
  EXPECT_EQ(read.messages.per_destination_per_day, Messages{}.per_destination_per_day);
  EXPECT_EQ(read.messages.per_subject_per_day, Messages{}.per_subject_per_day);
  EXPECT_EQ(read.messages.per_source_per_hour, Messages{}.per_source_per_hour);
  EXPECT_EQ(read.messages.unfamiliar_per_day, Messages{}.unfamiliar_per_day);
  EXPECT_EQ(read.messages.per_peer_per_day, Messages{}.per_peer_per_day);
  EXPECT_EQ(read.messages.notice_lifetime, Messages{}.notice_lifetime);
  EXPECT_EQ(read.messages.queue_max, Messages{}.queue_max);
  EXPECT_EQ(read.sms.sign_in, Sms{}.sign_in);
  EXPECT_EQ(read.sms.conversion_min_percent, Sms{}.conversion_min_percent);
  EXPECT_EQ(read.sms.conversion_sample, Sms{}.conversion_sample);
  EXPECT_EQ(read.sms.breaker_pause, Sms{}.breaker_pause);
  EXPECT_TRUE(read.sms.prefixes.empty());
  EXPECT_EQ(read.email.sign_in, Email{}.sign_in);
  EXPECT_EQ(read.email.per_hour, Email{}.per_hour);
  EXPECT_EQ(read.throttle.failures_max, Throttle{}.failures_max);
  EXPECT_EQ(read.throttle.kept_for_familiar, Throttle{}.kept_for_familiar);
  EXPECT_EQ(read.throttle.kept_for_unlock, Throttle{}.kept_for_unlock);
  EXPECT_EQ(read.throttle.failures_free, Throttle{}.failures_free);
  EXPECT_EQ(read.throttle.delay_first, Throttle{}.delay_first);
  EXPECT_EQ(read.throttle.delay_max, Throttle{}.delay_max);
  EXPECT_EQ(read.limits.connections_per_uid, Limits{}.connections_per_uid);
  EXPECT_EQ(read.limits.in_flight_per_uid, Limits{}.in_flight_per_uid);
  EXPECT_EQ(read.limits.cached_subjects, Limits{}.cached_subjects);
  EXPECT_EQ(read.limits.answer_step_ms, Limits{}.answer_step_ms);
}

TEST(Policy, AnEmptyFileIsTheDefaults) { EXPECT_EQ(describe(good("")), describe(defaults())); }

TEST(Policy, TheDefaultsFileIsAPolicyFile) {
  EXPECT_EQ(describe(good(default_toml())), describe(defaults()));
}

TEST(Policy, WhatAFileLeavesOutStays) {
  const Policy policy = good("[throttle]\nfailures_max = 30\ndelay_max = \"1h\"\n");
  EXPECT_EQ(policy.throttle.failures_max, 30);
  EXPECT_EQ(policy.throttle.delay_max, 1h);
  EXPECT_EQ(policy.throttle.failures_free, 5);
  EXPECT_EQ(policy.peers.size(), 2U);
}

TEST(Policy, NamedPeersReplaceTheDefaultOnes) {
  const Policy policy = good(peer("user = \"root\"\ngroup = \"root\"\nsockets = [\"verify\"]\n"
                                  "realms = [\"shop\", \"bank-2\"]") +
                             "[[peer]]\nname = \"b\"\ngid = 4294967294\nsockets = [\"admin\"]\n");
  ASSERT_EQ(policy.peers.size(), 2U);
  EXPECT_EQ(policy.peers[0].name, "portal");
  EXPECT_EQ(policy.peers[0].uid, 0U);
  EXPECT_EQ(policy.peers[0].gid, 0U);
  EXPECT_THAT(policy.peers[0].roles, ElementsAre(true, false, false, false, false));
  EXPECT_THAT(policy.peers[0].realms, ElementsAre("shop", "bank-2"));
  EXPECT_FALSE(policy.peers[1].uid);
  EXPECT_EQ(policy.peers[1].gid, 4294967294U);
  EXPECT_THAT(policy.peers[1].roles, ElementsAre(false, false, true, false, false));
}

struct NumberRange {
  const char* table;
  const char* key;
  long min;
  long max;
};

void PrintTo(const NumberRange& range, std::ostream* out) { *out << range.table << range.key; }

class PolicyNumber : public testing::TestWithParam<NumberRange> {
 protected:
  static std::string line(std::string_view value) {
    return "[" + std::string{GetParam().table} + "]\n" + GetParam().key + " = " +
           std::string{value};
  }
};

TEST_P(PolicyNumber, TakesItsRangeAndNothingElse) {
  const auto& [table, key, min, max] = GetParam();
  // Some keys have neighbours that must not be above them.
  std::string tail;
  if (std::string_view{key} == "failures_max")
    tail = "\nfailures_free = 0\nkept_for_familiar = 0\nkept_for_unlock = 0";
  if (std::string_view{key} == "kept_for_familiar") tail = "\nkept_for_unlock = 0";
  if (std::string_view{key} == "kept_for_unlock") tail = "\nkept_for_familiar = 0";
  if (std::string_view{key} == "per_subject_per_day") tail = "\nunfamiliar_per_day = 1";
  if (std::string_view{key} == "unfamiliar_per_day") tail = "\nper_subject_per_day = 1000";
  good(line(std::to_string(min)) + tail);
  good(line(std::to_string(max)) + tail);
  const std::string range = "from " + std::to_string(min) + " to " + std::to_string(max);
  for (const std::string& value :
       {std::to_string(min - 1), std::to_string(max + 1), std::string{"9223372036854775807"},
        std::string{"-9223372036854775808"}, std::string{"1.0"}, std::string{"\"1\""},
        std::string{"true"}, std::string{"[1]"}, std::string{"{}"}, std::string{"1979-05-27"}}) {
    const Mistake mistake = bad(line(value) + tail);
    EXPECT_THAT(mistake.message, HasSubstr(range)) << value;
    EXPECT_THAT(mistake.message, HasSubstr(key));
    EXPECT_EQ(mistake.line, 2U);
    EXPECT_EQ(mistake.file, kFile);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Keys, PolicyNumber,
    testing::Values(
        NumberRange{"windows", "totp_steps_before", 0, 2},
        NumberRange{"windows", "totp_steps_after", 0, 2},
        NumberRange{"windows", "totp_drift_steps_max", 0, 100},
        NumberRange{"windows", "hotp_look_ahead", 1, 30},
        NumberRange{"windows", "hotp_resynchronise_counters", 1, 1000},
        NumberRange{"windows", "totp_resynchronise_steps", 1, 100},
        NumberRange{"code", "digits", 6, 8},
        NumberRange{"messages", "per_destination_per_day", 1, 1000},
        NumberRange{"messages", "per_subject_per_day", 1, 1000},
        NumberRange{"messages", "unfamiliar_per_day", 1, 1000},
        NumberRange{"messages", "per_source_per_hour", 1, 1000},
        NumberRange{"messages", "per_peer_per_day", 1, 10'000'000},
        NumberRange{"messages", "queue_max", 1, 200'000},
        NumberRange{"sms", "conversion_min_percent", 0, 100},
        NumberRange{"sms", "conversion_sample", 10, 1000},
        NumberRange{"email", "per_hour", 1, 10'000'000},
        NumberRange{"throttle", "failures_max", 1, 100},
        NumberRange{"throttle", "kept_for_familiar", 0, 99},
        NumberRange{"throttle", "kept_for_unlock", 0, 99},
        NumberRange{"throttle", "failures_free", 0, 100},
        NumberRange{"limits", "connections_per_uid", 1, 65536},
        NumberRange{"limits", "in_flight_per_uid", 1, 65536},
        NumberRange{"limits", "cached_subjects", 100, 10'000'000},
        NumberRange{"limits", "answer_step_ms", 0, 1000},
        NumberRange{"factors.totp", "level", 1, 2}, NumberRange{"factors.question", "level", 1, 1},
        NumberRange{"password", "length_min", 8, 64},
        NumberRange{"password", "username_part_min", 0, 16},
        NumberRange{"password", "strength_min", 0, 4}, NumberRange{"password", "history", 0, 8},
        NumberRange{"password", "argon2_memory_kib", 8, 1'048'576},
        NumberRange{"password", "argon2_passes", 1, 10}, NumberRange{"hashing", "threads", 1, 64},
        NumberRange{"hashing", "queue_max", 1, 10'000},
        NumberRange{"question", "answer_length_min", 2, 32},
        NumberRange{"account", "links_per_day", 1, 100},
        NumberRange{"account", "recovery_codes", 0, 16},
        NumberRange{"account", "devices_max", 1, 20}),
    [](const auto& range) {
      std::string name = std::string{range.param.table} + "_" + range.param.key;
      std::ranges::replace(name, '.', '_');
      return name;
    });

TEST(Policy, DurationsHaveAUnitAndARange) {
  EXPECT_EQ(good("throttle.delay_first = \"90s\"").throttle.delay_first, 90s);
  EXPECT_EQ(good("throttle.delay_max = \"24h\"").throttle.delay_max, 24h);
  for (const std::string_view value :
       {"1", "\"1\"", "\"0s\"", "\"25h\"", "\"1w\"", "\"2d\"", "\"-1s\"", "\" 1s\"", "\"1 s\"",
        "\"1S\"", "\"\"", "\"s\"", "\"1.5s\"", "\"99999999999999999999s\"", "12:00:00",
        "\"86401s\""}) {
    const Mistake mistake = bad("throttle.delay_max = " + std::string{value});
    EXPECT_THAT(mistake.message, HasSubstr("from 1s to 24h")) << value;
  }
}

TEST(Policy, KeysThatContradictEachOtherAreMistakes) {
  for (const std::string_view text :
       {"[throttle]\nfailures_max = 4", "[throttle]\nfailures_max = 49\nfailures_free = 50",
        "[throttle]\nfailures_max = 25", "[throttle]\nkept_for_familiar = 95",
        "[throttle]\nkept_for_unlock = 80", "[throttle]\ndelay_max = \"3s\"\ndelay_first = \"4s\"",
        "[throttle]\ndelay_first = \"901s\"",
        "[throttle]\n\ndelay_max = \"1s\"\ndelay_first = \"2s\"", "[code]\nresend_max = \"29s\"",
        "[messages]\nper_subject_per_day = 9", "[messages]\nunfamiliar_per_day = 21"}) {
    const Mistake mistake = bad(text);
    EXPECT_THAT(mistake.message, HasSubstr(" <= ")) << text;
    EXPECT_GE(mistake.line, 2U) << text;
  }
  good("[throttle]\nfailures_max = 26");
  good("[throttle]\nfailures_max = 5\nkept_for_familiar = 2\nkept_for_unlock = 2");
  good("[throttle]\ndelay_max = \"1s\"");
}

TEST(Policy, AnUnknownKeyIsAMistakeWhereverItStands) {
  EXPECT_THAT(bad("failures_max = 5").message, HasSubstr("unknown key \"failures_max\""));
  EXPECT_THAT(bad("[window]\n").message, HasSubstr("unknown key \"window\""));
  EXPECT_THAT(bad("[windows]\ntotp_steps = 1").message,
              HasSubstr("unknown key \"totp_steps\" in [windows]"));
  EXPECT_THAT(bad("[throttle]\nFailures_max = 1").message, HasSubstr("\"Failures_max\""));
  EXPECT_THAT(bad("[limits]\nx = 1").message, HasSubstr("in [limits]"));
  const Mistake mistake = bad(peer("uid = 1\nsockets = [\"verify\"]\n  relams = [\"x\"]"));
  EXPECT_THAT(mistake.message, HasSubstr("unknown key \"relams\" in [[peer]]"));
  EXPECT_EQ(mistake.line, 5U);
  EXPECT_EQ(mistake.column, 3U);
}

TEST(Policy, SyntaxMistakesHaveAPlaceToo) {
  const Mistake mistake = bad("[throttle]\nfailures_max = = 3\n");
  EXPECT_EQ(mistake.line, 2U);
  EXPECT_GT(mistake.column, 14U);
  EXPECT_FALSE(mistake.message.empty());
  for (const std::string_view text :
       {"[throttle", "[throttle]\n[throttle]\n", "a = 1\na = 2\n", "\xff\xfe", "a = \"", "[[peer]",
        "windows = 1", "windows = [1]", "[[windows]]\n", "[peer]\nname = \"x\"\n", "peer = []",
        "peer = [1]", "throttle = \"x\"", "limits = true"}) {
    EXPECT_FALSE(bad(text).message.empty()) << text;
  }
}

TEST(Policy, APeerMustSayWhoAndWhat) {
  static constexpr std::string_view kVerify = "sockets = [\"verify\"]\n";
  const auto says = [](const std::string& text) { return bad(text).message; };
  const std::string verify{kVerify};
  EXPECT_THAT(says(peer(verify)), HasSubstr("who this is"));
  EXPECT_THAT(says(peer("uid = 1")), HasSubstr("at least one socket"));
  EXPECT_THAT(says(peer("uid = 1\nsockets = []")), HasSubstr("sockets"));
  EXPECT_THAT(says(peer("uid = 1\nsockets = [\"root\"]")), HasSubstr("not \"root\""));
  EXPECT_THAT(says(peer("uid = 1\nsockets = \"verify\"")), HasSubstr("sockets"));
  EXPECT_THAT(says(peer("uid = 1\nsockets = [1]")), HasSubstr("texts"));
  EXPECT_THAT(says("[[peer]]\nuid = 1\n" + verify), HasSubstr("name"));
  EXPECT_THAT(says(peer("uid = 1\n" + verify) + peer("uid = 2\n" + verify)),
              HasSubstr("\"portal\" is taken twice"));
}

TEST(Policy, APeerMustExist) {
  const std::string verify = "\nsockets = [\"verify\"]";
  const auto says = [&verify](const std::string& who) { return bad(peer(who + verify)).message; };
  EXPECT_THAT(says("user = \"nobody-has-this-name\""), HasSubstr("does not exist"));
  EXPECT_THAT(says("group = \"nobody-has-this-name\""), HasSubstr("does not exist"));
  EXPECT_THAT(says("user = \"root\\u0000x\""), HasSubstr("does not exist"));
  EXPECT_THAT(says("user = \"" + std::string(5000, 'a') + "\""), HasSubstr("user"));
  EXPECT_THAT(says("user = \"root\"\nuid = 0"), HasSubstr("give one"));
  EXPECT_THAT(says("user = \"\""), HasSubstr("not empty"));
  EXPECT_THAT(says("user = 0"), HasSubstr("user"));
  EXPECT_THAT(says("uid = -1"), HasSubstr("from 0 to 4294967294"));
  EXPECT_THAT(says("uid = 4294967295"), HasSubstr("from 0 to 4294967294"));
  EXPECT_THAT(says("uid = \"0\""), HasSubstr("uid"));
}

TEST(Policy, RealmsAreNamesOfRealms) {
  const std::string start = "uid = 1\nsockets = [\"verify\"]\nrealms = ";
  for (const std::string_view realms :
       {"[]", "[\"\"]", "[\"Shop\"]", "[\"a b\"]", "[\"a_b\"]", "\"shop\"", "[1]", "[[\"a\"]]",
        "[\"abcdefghijklmnopqrstuvwxyz1234567\"]"}) {
    EXPECT_THAT(bad(peer(start + std::string{realms})).message, HasSubstr("realms")) << realms;
  }
}

TEST(Policy, AGatewayHasTheVerifySocketAlone) {
  const auto gateway = [](const char* sockets, const char* value) {
    return peer("uid = 7\nsockets = " + std::string{sockets} + "\npublic_id_only = " + value);
  };
  EXPECT_TRUE(good(gateway(R"(["verify"])", "true")).peers[0].public_id_only);
  EXPECT_FALSE(good(gateway(R"(["verify", "admin"])", "false")).peers[0].public_id_only);
  EXPECT_THAT(bad(gateway(R"(["verify", "admin"])", "true")).message, HasSubstr("sockets"));
  EXPECT_THAT(bad(gateway(R"(["provision"])", "true")).message, HasSubstr("sockets"));
  EXPECT_THAT(bad(gateway(R"(["verify"])", "1")).message, HasSubstr("true or false"));
}

TEST(Policy, ACourierDeliversForEveryRealm) {
  const auto courier = [](const char* sockets, const char* rest) {
    return peer("uid = 7\nsockets = " + std::string{sockets} + rest);
  };
  EXPECT_THAT(good(courier(R"(["courier"])", "")).peers[0].roles,
              ElementsAre(false, false, false, true, false));
  EXPECT_THAT(bad(courier(R"(["courier"])", "\nrealms = [\"shop\"]")).message,
              HasSubstr("it delivers for all"));
  EXPECT_THAT(bad(courier(R"(["courier"])", "\npublic_id_only = true")).message,
              HasSubstr("[\"verify\"]"));
}

TEST(Policy, TheRelayCheckIsOneOfThree) {
  EXPECT_EQ(good("[yubico]\nrelay_check = \"off\"\n").yubico.relay_check, RelayCheck::off);
  EXPECT_EQ(good("[yubico]\nrelay_check = \"enforce\"\n").yubico.relay_check, RelayCheck::enforce);
  EXPECT_THAT(bad("[yubico]\nrelay_check = \"on\"\n").message, HasSubstr("relay_check"));
  EXPECT_EQ(good("[yubico]\nrelay_tolerance = \"10s\"\n").yubico.relay_tolerance, 10s);
  EXPECT_THAT(bad("[yubico]\nrelay_tolerance = \"9s\"\n").message, HasSubstr("relay_tolerance"));
}

TEST(Policy, IsBounded) {
  const std::string comment = "# " + std::string(kPolicyBytesMax, 'x');
  EXPECT_THAT(bad(comment).message, HasSubstr("262144"));
  std::string peers;
  for (int i = 0; i < 257; ++i) {
    peers += "[[peer]]\nname = \"p" + std::to_string(i) + "\"\nuid = 1\nsockets = [\"admin\"]\n";
  }
  EXPECT_THAT(bad(peers).message, HasSubstr("1 to 256"));
  EXPECT_FALSE(bad("a = " + std::string(100'000, '[')).message.empty());
}

TEST(Policy, MessagesCarryNoTerminalCommands) {
  const std::string message = bad("\"\\u001b[2J\\n\\u00e9\" = 1").message;
  EXPECT_TRUE(std::ranges::all_of(message, [](char c) { return c >= ' ' && c <= '~'; })) << message;
  EXPECT_EQ(bad("\u0493 = = 1").message.find('\xd2'), std::string::npos);
  EXPECT_LE(bad("\"" + std::string(5000, 'k') + "\" = 1").message.size(), 240U);
}

TEST(Duration, ReadsBackWhatItWrites) {
  for (const auto& [text, duration] : {std::pair{"0s", 0s},
                                       {"1s", 1s},
                                       {"90s", 90s},
                                       {"1min", 60s},
                                       {"15min", 900s},
                                       {"24h", 86400s},
                                       {"7d", 7 * 86400s},
                                       {"36h", 129600s}}) {
    EXPECT_EQ(to_text(duration), text);
    EXPECT_EQ(*parse_duration(text), duration);
  }
  EXPECT_EQ(*parse_duration("1d"), 24h);
  EXPECT_EQ(test::failure(parse_duration("367d")), ErrorCode::limit_exceeded);
  EXPECT_EQ(test::failure(parse_duration("8785h")), ErrorCode::limit_exceeded);
  EXPECT_EQ(test::failure(parse_duration("99999999999999999999h")), ErrorCode::limit_exceeded);
}

TEST(GuessingOdds, BoundTheChanceOfAGuesser) {
  const GuessingOdds totp = totp_odds(defaults(), 6);
  EXPECT_EQ(totp.codes_at_once, 3U);
  EXPECT_EQ(totp.guesses_in_all, 75U);
  EXPECT_DOUBLE_EQ(totp.chance_in_all, 3.0 * 75 / 1e6);
  const GuessingOdds hotp = hotp_odds(defaults(), 8);
  EXPECT_EQ(hotp.codes_at_once, 10U);
  EXPECT_DOUBLE_EQ(hotp.chance_in_all, 10.0 * 75 / 1e8);
  // Codes that unlock are not delayed, and have a share of their own.
  EXPECT_EQ(unlock_odds(defaults()).guesses_in_all, 80U);
  EXPECT_EQ(unlock_odds(defaults()).guesses_a_day, 80U);
}

TEST(GuessingOdds, CountTheGuessesThatTheDelaysAllowInADay) {
  Policy policy = defaults();
  EXPECT_EQ(totp_odds(policy, 6).guesses_a_day, 75U);
  policy.throttle.delay_max = 1h;
  // 5 free and the one that waits for nothing, 12 while the delay doubles, then one an hour.
  std::uint32_t guesses = 6;
  for (std::int64_t at = 0, delay = 1; (at += delay) < 86'400; ++guesses) {
    delay = std::min<std::int64_t>(delay * 2, 3600);
  }
  EXPECT_EQ(totp_odds(policy, 6).guesses_a_day, guesses);
}

TEST(Describe, SaysWhatIsInForce) {
  const std::string text = describe(defaults());
  EXPECT_THAT(
      text,
      HasSubstr("root             uid 0 on verify provision admin courier enroll, every realm\n"));
  EXPECT_THAT(text, HasSubstr("1s, doubling to 15min"));
  EXPECT_THAT(
      text,
      HasSubstr("TOTP, 6 digits   3 x 75 / 10^6 = 0.0225 % (1 in 4444); in a day, with 75: "));
  EXPECT_THAT(text, HasSubstr("HOTP, 6 digits   10 x 75 / 10^6 = 0.075 % (1 in 1333);"));
  EXPECT_THAT(text, HasSubstr("sent, 6 digits   1 x 75 / 10^6 = 0.0075 % (1 in 13333);"));
  EXPECT_THAT(text, HasSubstr("unlock, 6 digits   1 x 80 / 10^6 = 0.008 % (1 in 12500);"));
  EXPECT_THAT(text, HasSubstr("to strangers at 75 of theirs"));
  EXPECT_THAT(text, HasSubstr("after 30s, doubling to 15min\n"));
  EXPECT_THAT(text, HasSubstr("prefixes         none: nothing is sent anywhere\n"));
}

}  // namespace
}  // namespace countersign::policies
