// SPDX-License-Identifier: Apache-2.0
// Programming a YubiKey through libykpers, on a key made of a file: what is promised holds for
// every fault the key knows.
#include "firmware-interface/yubikey/slot.hpp"

#include "firmware-interface/modhex.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/virtual_yubikey/virtual_yubikeys.hpp"
#include "tests/vectors/rfc4226.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <yubikey.h>

#include <thread>

namespace countersign::yubikey {
namespace {

using test::from_hex;
using test::VirtualYubikeys;

constexpr std::string_view kAesKey = "000102030405060708090a0b0c0d0e0f";
constexpr std::string_view kPrivateId = "a1a2a3a4a5a6";
constexpr std::string_view kPublicId = "vvccccbdefgh";
constexpr std::string_view kCode = "0102030405ff";
constexpr Which kAny{};

SecretBytes secret(std::string_view hex) { return SecretBytes{from_hex(hex)}; }

Configuration yubico_otp() {
  return YubicoOtp{*modhex::decode(kPublicId), secret(kPrivateId), secret(kAesKey)};
}
Configuration hotp(HotpDigits digits = HotpDigits::six, std::string identifier = "") {
  return Hotp{SecretBytes{as_bytes(vectors::kRfc4226Secret)}, digits, std::move(identifier)};
}
Configuration challenge_response(bool wants_touch = false) {
  return ChallengeResponse{SecretBytes{as_bytes(vectors::kRfc4226Secret)}, wants_touch};
}

class YubikeySlot : public testing::Test {
 protected:
  YubikeySlot() { ::setenv("CS_VIRTUAL_YUBIKEYS", keys.folder().c_str(), 1); }
  ~YubikeySlot() override { ::unsetenv("CS_VIRTUAL_YUBIKEYS"); }

  static Result<Key> write(const Configuration& configuration, SlotNumber slot = SlotNumber::one,
                           AccessCodes codes = {}, Occupied occupied = Occupied::overwrite) {
    return program(kAny, slot, configuration, codes, {}, occupied);
  }

  VirtualYubikeys keys{7654321};
};

// The operation of the failure, "" of a success.
template <class T>
std::string problem(const Result<T>& result) {
  if (result) return "";
  EXPECT_NE(explain(result.error()), "The YubiKey could not be used.");
  return std::string{result.error().operation.view()};
}

bool is_ours(const std::string& typed) {
  yubikey_token_st token{};
  const Bytes key = from_hex(kAesKey);
  const std::string ticket = typed.substr(kPublicId.size(), 32);
  yubikey_parse(reinterpret_cast<const std::uint8_t*>(ticket.c_str()),
                reinterpret_cast<const std::uint8_t*>(key.data()), &token);
  const Bytes uid = from_hex(kPrivateId);
  return typed.substr(0, kPublicId.size()) == kPublicId &&
         yubikey_crc_ok_p(reinterpret_cast<const std::uint8_t*>(&token)) != 0 &&
         std::equal(uid.begin(), uid.end(), reinterpret_cast<const std::byte*>(token.uid));
}

TEST_F(YubikeySlot, ListsWhatIsPluggedIn) {
  keys.add("b", 42);
  const auto listed = list_keys();
  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ(listed->at(0).serial, 7654321u);
  EXPECT_EQ(listed->at(1).serial, 42u);
  EXPECT_EQ(listed->at(0).firmware, (std::array<std::uint8_t, 3>{5, 4, 3}));
  EXPECT_FALSE(listed->at(0).slot(SlotNumber::one).configured);
}

TEST_F(YubikeySlot, ListsNothingWhenNothingIsThere) {
  keys.key()->plugged = false;
  const auto listed = list_keys();
  ASSERT_TRUE(listed);
  EXPECT_TRUE(listed->empty());
}

TEST_F(YubikeySlot, AKeyThatHidesItsSerialIsListedWithout) {
  ASSERT_TRUE(write(yubico_otp()));
  keys.key()->slots[0].ext_flags = 0;
  const auto key = read_key(kAny);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->serial, std::nullopt);
  EXPECT_TRUE(key->slot(SlotNumber::one).configured);
}

TEST_F(YubikeySlot, ProgramsYubicoOtps) {
  const auto key = write(yubico_otp());
  ASSERT_EQ(problem(key), "");
  EXPECT_TRUE(key->slot(SlotNumber::one).configured);
  EXPECT_FALSE(key->slot(SlotNumber::two).configured);
  const std::string typed = keys.touch(1);
  EXPECT_TRUE(is_ours(typed)) << typed;
  EXPECT_EQ(typed.back(), '\n');
}

TEST_F(YubikeySlot, TypesNoReturnWhenNoneIsWanted) {
  const AccessCodes open;
  ASSERT_TRUE(program(kAny, SlotNumber::two, yubico_otp(), open, {.append_return = false},
                      Occupied::refuse));
  EXPECT_EQ(keys.touch(2).size(), 44u);
}

TEST_F(YubikeySlot, ProgramsHotpFromItsFirstCounter) {
  ASSERT_TRUE(write(hotp(), SlotNumber::two));
  for (const auto& row : vectors::kRfc4226Rows) {
    EXPECT_EQ(keys.touch(2), std::string{row.code} + "\n");
  }
}

TEST_F(YubikeySlot, ProgramsTokenIdentifiersOfEveryKind) {
  for (const std::string identifier :
       {"010203040506", "ub0203040506", "ubue12345678", "cbdefghijkln"}) {
    ASSERT_TRUE(write(hotp(HotpDigits::eight, identifier)));
    EXPECT_EQ(keys.touch(1), identifier + "84755224\n");
  }
}

TEST_F(YubikeySlot, RefusesTokenIdentifiersThatNoKeyTypes) {
  for (const char* identifier : {"ubue1234567", "ubue123456789", "1bue12345678", "UBUE12345678",
                                 "ubuecb345678", "ubue1234567a", "xx0203040506"}) {
    EXPECT_EQ(problem(write(hotp(HotpDigits::six, identifier))), "yubikey.token_identifier");
  }
}

TEST_F(YubikeySlot, AnswersChallengesAsAnHmacDoes) {
  ASSERT_TRUE(write(challenge_response(), SlotNumber::two));
  const auto response = challenge(kAny, SlotNumber::two, as_bytes("what is your name"));
  ASSERT_EQ(problem(response), "");
  const Bytes mac = test::hmac(HashAlgorithm::sha1, as_bytes(vectors::kRfc4226Secret),
                               as_bytes("what is your name"));
  EXPECT_EQ(Bytes(response->begin(), response->end()), mac);
}

TEST_F(YubikeySlot, WaitsForTheTouchThatASlotWants) {
  const auto key = write(challenge_response(true));
  ASSERT_TRUE(key && key->slot(SlotNumber::one).wants_touch);
  std::thread hand{[this] {
    std::ignore = test::wait_until([this] { return keys.key()->awaiting_command != 0; });
    std::ignore = keys.touch(1);
  }};
  const auto response = challenge(kAny, SlotNumber::one, as_bytes("now"));
  hand.join();
  EXPECT_EQ(problem(response), "");
}

TEST_F(YubikeySlot, AnUntouchedKeyIsSilentInTheEnd) {
  ASSERT_TRUE(write(challenge_response(true)));
  keys.key()->touch_seconds = 1;
  EXPECT_EQ(problem(challenge(kAny, SlotNumber::one, as_bytes("now"))), "yubikey.silent");
  EXPECT_EQ(problem(challenge(kAny, SlotNumber::two, as_bytes("now"))), "yubikey.silent");
}

TEST_F(YubikeySlot, RefusesChallengesThatTheKeyWouldShorten) {
  for (const Bytes& bad : {Bytes{}, Bytes(64, std::byte{1}), from_hex("0100")}) {
    EXPECT_EQ(problem(challenge(kAny, SlotNumber::one, bad)), "yubikey.challenge");
  }
}

TEST_F(YubikeySlot, OverwritesAConfiguredSlotOnlyWhenAsked) {
  ASSERT_TRUE(write(yubico_otp()));
  EXPECT_EQ(problem(write(hotp(), SlotNumber::one, {}, Occupied::refuse)), "yubikey.occupied");
  EXPECT_TRUE(is_ours(keys.touch(1)));
  EXPECT_EQ(problem(write(hotp(), SlotNumber::two, {}, Occupied::refuse)), "");
  EXPECT_EQ(problem(write(hotp(), SlotNumber::one, {}, Occupied::overwrite)), "");
}

TEST_F(YubikeySlot, RefusesSecretsOfAnotherLength) {
  EXPECT_EQ(problem(write(YubicoOtp{Bytes(6), secret(kPrivateId), secret("0011")})),
            "yubikey.secret_length");
  EXPECT_EQ(problem(write(YubicoOtp{Bytes(6), secret("00"), secret(kAesKey)})),
            "yubikey.secret_length");
  EXPECT_EQ(problem(write(YubicoOtp{Bytes(17), secret(kPrivateId), secret(kAesKey)})),
            "yubikey.public_id");
  EXPECT_EQ(problem(write(Hotp{SecretBytes{std::size_t{19}}})), "yubikey.secret_length");
  EXPECT_EQ(problem(write(yubico_otp(), SlotNumber::one, {secret("0102"), {}})),
            "yubikey.access_code");
  EXPECT_FALSE(keys.key()->slots[0].valid);
}

TEST_F(YubikeySlot, AnAccessCodeIsAskedForUntilItIsTakenAway) {
  ASSERT_TRUE(write(yubico_otp(), SlotNumber::one, {{}, secret(kCode)}));
  EXPECT_EQ(problem(write(hotp())), "yubikey.refused");
  EXPECT_EQ(problem(write(hotp(), SlotNumber::one, {secret("ffffffffffff"), {}})),
            "yubikey.refused");
  EXPECT_EQ(problem(swap(kAny, SecretBytes{})), "yubikey.refused");
  EXPECT_EQ(problem(erase(kAny, SlotNumber::one, SecretBytes{})), "yubikey.refused");
  EXPECT_TRUE(is_ours(keys.touch(1)));

  // The code stays, unless another is named.
  EXPECT_EQ(problem(write(hotp(), SlotNumber::one, {secret(kCode), {}})), "");
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.refused");
  EXPECT_EQ(problem(write(yubico_otp(), SlotNumber::one, {secret(kCode), secret("000000000000")})),
            "");
  EXPECT_EQ(problem(write(hotp())), "");
}

TEST_F(YubikeySlot, AnUpdateKeepsSecretCounterAndAccessCode) {
  ASSERT_TRUE(write(yubico_otp(), SlotNumber::one, {{}, secret(kCode)}));
  std::ignore = keys.touch(1);
  const AccessCodes right{secret(kCode), {}};
  EXPECT_EQ(problem(update(kAny, SlotNumber::one, {}, {.append_return = false})),
            "yubikey.refused");
  EXPECT_EQ(problem(update(kAny, SlotNumber::one, right, {.append_return = false})), "");
  const std::string typed = keys.touch(1);
  EXPECT_EQ(typed.size(), 44u);
  EXPECT_TRUE(is_ours(typed));
  EXPECT_EQ(keys.key()->slots[0].session_use, 1);
  EXPECT_EQ(problem(erase(kAny, SlotNumber::one, SecretBytes{})), "yubikey.refused");
}

TEST_F(YubikeySlot, SwapsAndErases) {
  EXPECT_EQ(problem(swap(kAny, SecretBytes{})), "yubikey.empty");
  EXPECT_EQ(problem(erase(kAny, SlotNumber::one, SecretBytes{})), "yubikey.empty");
  ASSERT_TRUE(write(yubico_otp()));
  ASSERT_EQ(problem(swap(kAny, SecretBytes{})), "");
  EXPECT_TRUE(is_ours(keys.touch(2)));
  const auto erased = erase(kAny, SlotNumber::two, SecretBytes{});
  ASSERT_EQ(problem(erased), "");
  EXPECT_FALSE(erased->slot(SlotNumber::two).configured);
}

TEST_F(YubikeySlot, OfSeveralKeysOneIsNamed) {
  keys.add("b", 42);
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.several");
  EXPECT_EQ(problem(read_key({.serial = 43})), "yubikey.not_this_one");
  const AccessCodes open;
  ASSERT_EQ(
      problem(program({.serial = 42}, SlotNumber::one, yubico_otp(), open, {}, Occupied::refuse)),
      "");
  EXPECT_FALSE(keys.key("a")->slots[0].valid);
  EXPECT_TRUE(is_ours(keys.touch(1, "b")));
}

// A blank key whose write is refused is where libykpers says "done".
TEST_F(YubikeySlot, ARefusedWriteIsNeverASuccess) {
  keys.key()->faults.refuse_writes = true;
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.refused");
  keys.key()->faults.refuse_writes = false;
  ASSERT_TRUE(write(yubico_otp()));
  keys.key()->faults.refuse_writes = true;
  EXPECT_EQ(problem(write(hotp())), "yubikey.refused");
  EXPECT_EQ(problem(write(hotp(), SlotNumber::two)), "yubikey.refused");
}

TEST_F(YubikeySlot, PulledOutAtAnyPieceItSaysSoAndKeepsWhatItHad) {
  for (int chunk = 0; chunk <= 9; ++chunk) {
    SCOPED_TRACE("chunk " + std::to_string(chunk));
    keys.key()->faults = {};
    keys.power_cycle();
    ASSERT_TRUE(write(yubico_otp()));
    keys.key()->faults.unplug_at_chunk = chunk;
    EXPECT_EQ(problem(write(hotp())), "yubikey.unplugged");
    EXPECT_EQ(problem(read_key(kAny)), "yubikey.none");
    keys.power_cycle();
    EXPECT_TRUE(is_ours(keys.touch(1)));
  }
}

TEST_F(YubikeySlot, PulledOutBeforeItCouldAnswerItSaysSo) {
  keys.key()->faults.unplug_after_write = true;
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.unplugged");
}

TEST_F(YubikeySlot, ABusyKeySaysSo) {
  keys.key()->faults.busy = true;
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.busy");
}

TEST_F(YubikeySlot, WithoutPermissionItSaysWhatToDo) {
  keys.key()->faults.no_permission = true;
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.permission");
  EXPECT_EQ(problem(list_keys()), "yubikey.permission");
}

TEST_F(YubikeySlot, AKeyOfTheFirstGenerationIsRefused) {
  keys.key()->firmware = {1, 3, 2};
  EXPECT_EQ(problem(write(yubico_otp())), "yubikey.firmware");
}

}  // namespace
}  // namespace countersign::yubikey
