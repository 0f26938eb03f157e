// SPDX-License-Identifier: Apache-2.0
// What keeps an engine from opening: wrong PINs, missing tokens and keys, keys that somebody made
// by other means. Each is refused with an error that says what to mend.
#include "hsm/explain.hpp"
#include "hsm/files.hpp"
#include "hsm/key_set.hpp"
#include "hsm/pin.hpp"
#include "hsm/token.hpp"
#include "hsm/token_report.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hsm_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ostream>

namespace countersign::hsm {
namespace {

using test::failure;
using test::HsmToken;
using test::SoftHsm;

std::string operation(const auto& result) {
  return result ? "" : std::string{result.error().operation.view()};
}

void write_pin(const SoftHsm& softhsm, std::string_view pin) {
  ASSERT_TRUE(write_private_file(softhsm.pin_file(), as_bytes(pin)));
}

// As the security officer can: the token's PIN becomes this one.
void set_token_pin(const SoftHsm& softhsm, std::string_view pin) {
  const auto settings = softhsm.ceremony_settings();
  const auto module = Module::load(settings.module_path);
  ASSERT_TRUE(module);
  auto session =
      Session::open(*module, *module->slot_of(settings.service.label), Access::read_write);
  ASSERT_TRUE(session);
  const auto so_pin = read_pin(settings.service.so_pin_file);
  ASSERT_TRUE(so_pin);
  ASSERT_TRUE(session->login(CKU_SO, *so_pin));
  ASSERT_TRUE(session->set_user_pin(SecretBytes{as_bytes(pin)}));
}

TEST(HsmOpen, RefusesAWrongPinAtOnce) {
  const HsmToken token;
  write_pin(token, "wrong-pin");
  const auto opened = Engine::open(token.engine_settings());
  EXPECT_EQ(failure(opened), ErrorCode::denied);
  EXPECT_EQ(operation(opened), "C_Login");
  EXPECT_EQ(opened.error().native, CKR_PIN_INCORRECT);
}

// If there were a second login it would succeed: the token has come to take this PIN.
TEST(HsmOpen, NeverTriesARefusedPinAgain) {
  const HsmToken token;
  write_pin(token, "wrong-pin");
  ASSERT_EQ(operation(Engine::open(token.engine_settings())), "C_Login");
  set_token_pin(token, "wrong-pin");
  const auto again = Engine::open(token.engine_settings());
  EXPECT_EQ(failure(again), ErrorCode::denied);
  EXPECT_EQ(operation(again), "pin.refused_before");
  EXPECT_THAT(explain(again.error()), testing::HasSubstr("delete the file"));

  std::filesystem::remove(token.engine_settings().refused_pin_file);
  EXPECT_TRUE(Engine::open(token.engine_settings()));
}

TEST(HsmOpen, TriesAgainWhenThePinFileSaysSomethingElse) {
  const HsmToken token;
  const auto right = read_pin(token.pin_file());
  ASSERT_TRUE(right);
  write_pin(token, "wrong-pin");
  ASSERT_EQ(operation(Engine::open(token.engine_settings())), "C_Login");
  write_pin(token, as_text(right->expose()));
  EXPECT_TRUE(Engine::open(token.engine_settings()));
}

TEST(HsmOpen, RemembersARefusedPinWithoutSayingIt) {
  const HsmToken token;
  write_pin(token, "wrong-pin");
  ASSERT_FALSE(Engine::open(token.engine_settings()));
  const std::string path = token.engine_settings().refused_pin_file;
  const auto memory = read_private_file(path, 4096);
  ASSERT_TRUE(memory);
  EXPECT_EQ(as_text(memory->expose()).find("wrong-pin"), std::string_view::npos);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(HsmOpen, RefusesADamagedMemoryOfRefusedPins) {
  const HsmToken token;
  ASSERT_TRUE(write_private_file(token.engine_settings().refused_pin_file, as_bytes("x")));
  EXPECT_EQ(failure(Engine::open(token.engine_settings())), ErrorCode::corrupt);
}

TEST(HsmPin, DropsOneNewlineAndNothingElse) {
  const SoftHsm softhsm;
  write_pin(softhsm, " 1234 \n");
  const auto pin = read_pin(softhsm.pin_file());
  ASSERT_TRUE(pin);
  EXPECT_EQ(as_text(pin->expose()), " 1234 ");
}

TEST(HsmPin, RefusesFilesThatHoldNone) {
  const SoftHsm softhsm;
  EXPECT_EQ(failure(read_pin(softhsm.pin_file())), ErrorCode::not_found);
  for (const std::string_view empty : {"", "\n"}) {
    write_pin(softhsm, empty);
    EXPECT_EQ(failure(read_pin(softhsm.pin_file())), ErrorCode::malformed);
  }
  write_pin(softhsm, std::string(kPinBytesMax, '1') + "\n");
  EXPECT_TRUE(read_pin(softhsm.pin_file()));
  write_pin(softhsm, std::string(kPinBytesMax + 1, '1'));
  EXPECT_EQ(failure(read_pin(softhsm.pin_file())), ErrorCode::limit_exceeded);
}

TEST(HsmPin, RefusesAFileThatEverybodyMayRead) {
  const SoftHsm softhsm;
  write_pin(softhsm, "1234");
  std::filesystem::permissions(softhsm.pin_file(), std::filesystem::perms{0644});
  EXPECT_EQ(failure(read_pin(softhsm.pin_file())), ErrorCode::denied);
}

TEST(HsmOpen, SaysThatThereIsNoModule) {
  const HsmToken token;
  auto settings = token.engine_settings();
  settings.module_path = "/nonexistent.so";
  EXPECT_EQ(failure(Engine::open(settings)), ErrorCode::not_found);
  settings.module_path = "libc.so.6";
  EXPECT_EQ(operation(Engine::open(settings)), "C_GetFunctionList");
}

TEST(HsmOpen, SaysThatThereIsNoToken) {
  const SoftHsm softhsm;
  const auto opened = Engine::open(softhsm.engine_settings());
  EXPECT_EQ(failure(opened), ErrorCode::not_found);
  EXPECT_EQ(operation(opened), "token.label");
}

// A token as somebody else's tool makes it.
Result<Session> plain_token(const Module& module, const SoftHsm& softhsm) {
  const auto settings = softhsm.ceremony_settings();
  CS_TRY([[maybe_unused]] const bool pin, make_pin_file(settings.service.pin_file));
  CS_TRY([[maybe_unused]] const bool so_pin, make_pin_file(settings.service.so_pin_file));
  return prepare_token(module, settings.service);
}

TEST(HsmOpen, SaysThatTheTokenHasNoKeys) {
  const SoftHsm softhsm;
  {
    const auto module = Module::load(test::softhsm_module());
    ASSERT_TRUE(module);
    ASSERT_TRUE(plain_token(*module, softhsm));
  }
  const auto opened = Engine::open(softhsm.engine_settings());
  EXPECT_EQ(failure(opened), ErrorCode::not_found);
  EXPECT_EQ(operation(opened), "keys.seal.missing");
  EXPECT_THAT(explain(opened.error()), testing::HasSubstr("hsm init"));
}

// The keys that a hasty administrator would make: right in all but one attribute.
void generate_seal_key_but(Session& session, CK_ATTRIBUTE_TYPE type) {
  const LockedKey locked{spec_of(KeyRole::seal), 1};
  Attributes changed;
  changed.number(CKA_VALUE_LEN, 32);
  for (const CK_ATTRIBUTE& attribute : locked.attributes().view()) {
    if (attribute.type == type) continue;
    changed.bytes(attribute.type,
                  {static_cast<const std::byte*>(attribute.pValue), attribute.ulValueLen});
  }
  ASSERT_TRUE(session.generate(CKM_AES_KEY_GEN, changed));
}

class HsmOpenWithAWrongKey : public testing::TestWithParam<CK_ATTRIBUTE_TYPE> {};

TEST_P(HsmOpenWithAWrongKey, SaysWhichAttributeIsWrong) {
  const SoftHsm softhsm;
  {
    const auto module = Module::load(test::softhsm_module());
    ASSERT_TRUE(module);
    auto session = plain_token(*module, softhsm);
    ASSERT_TRUE(session);
    generate_seal_key_but(*session, GetParam());
  }
  const auto opened = Engine::open(softhsm.engine_settings());
  EXPECT_EQ(failure(opened), ErrorCode::corrupt);
  EXPECT_EQ(operation(opened), "keys.seal.wrong_attribute");
  EXPECT_EQ(opened.error().native, GetParam());
}

INSTANTIATE_TEST_SUITE_P(LeftToTheTokensDefault, HsmOpenWithAWrongKey,
                         testing::Values(CKA_DECRYPT, CKA_ENCRYPT, CKA_COPYABLE, CKA_MODIFIABLE,
                                         CKA_ALLOWED_MECHANISMS, CKA_UNWRAP_TEMPLATE));

TEST(HsmOpen, SaysThatTwoKeysHaveOneName) {
  const HsmToken token;
  {
    const auto settings = token.ceremony_settings();
    const auto module = Module::load(settings.module_path);
    ASSERT_TRUE(module);
    auto session = prepare_token(*module, settings.service);
    ASSERT_TRUE(session);
    constexpr CK_ATTRIBUTE_TYPE kNone = CK_UNAVAILABLE_INFORMATION;
    generate_seal_key_but(*session, kNone);
  }
  const auto opened = Engine::open(token.engine_settings());
  EXPECT_EQ(failure(opened), ErrorCode::conflict);
  EXPECT_EQ(operation(opened), "keys.seal.duplicate");
}

struct Lax {
  const char* fault;
  int at;
  const char* says;
};
void PrintTo(const Lax& lax, std::ostream* out) { *out << lax.fault << ' ' << lax.at; }

class HsmOpenOnALaxModule : public testing::TestWithParam<Lax> {};

TEST_P(HsmOpenOnALaxModule, SaysWhichSelfTestFailed) {
  auto settings = HsmToken::shared().engine_settings();
  settings.module_path = test::faulty_module(GetParam().fault, GetParam().at);
  const auto opened = Engine::open(settings);
  EXPECT_EQ(failure(opened), ErrorCode::denied);
  EXPECT_THAT(operation(opened), testing::HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    SelfTest, HsmOpenOnALaxModule,
    testing::Values(Lax{"sign", 1, "wrong HMAC-SHA1"}, Lax{"value", 1, "can be read"},
                    Lax{"wrap", 1, "wrapped again"}, Lax{"unwrap", 1, "as extractable"},
                    Lax{"unwrap", 2, "as an AES key"}, Lax{"unwrap", 3, "that encrypts"},
                    Lax{"unwrap", 4, "damaged"}));

INSTANTIATE_TEST_SUITE_P(
    SelfTestOfAesKeys, HsmOpenOnALaxModule,
    testing::Values(Lax{"decrypt", 1, "AES block wrongly"}, Lax{"wrap", 2, "wrapped again"},
                    Lax{"unwrap", 5, "as extractable"}, Lax{"unwrap", 6, "as an HMAC key"},
                    Lax{"unwrap", 7, "that encrypts"}, Lax{"unwrap", 8, "damaged"},
                    Lax{"decrypt", 2, "wrong AES-GCM"}, Lax{"open", 1, "for another"},
                    Lax{"open", 2, "a damaged note"}));

TEST(HsmTokenReport, TellsAServiceTokenFromACustodyToken) {
  const HsmToken token;
  const auto settings = token.ceremony_settings();
  const auto custody = report_token(settings.module_path, settings.custody.label,
                                    settings.custody.pin_file, TokenPurpose::custody);
  ASSERT_TRUE(custody);
  EXPECT_TRUE(custody->is_good());
  const auto mistaken = report_token(settings.module_path, settings.custody.label,
                                     settings.custody.pin_file, TokenPurpose::service);
  ASSERT_TRUE(mistaken);
  EXPECT_FALSE(mistaken->is_good());
  EXPECT_EQ(mistaken->missing.size(), 6U);
}

TEST(HsmTokenReport, SaysThatAPinWasRefused) {
  const HsmToken token;
  const auto settings = token.ceremony_settings();
  write_pin(token, "wrong-pin");
  const auto report = report_token(settings.module_path, settings.service.label,
                                   settings.service.pin_file, TokenPurpose::service);
  EXPECT_EQ(failure(report), ErrorCode::denied);
  EXPECT_THAT(explain(report.error()), testing::HasSubstr("refused the PIN"));
}

}  // namespace
}  // namespace countersign::hsm
