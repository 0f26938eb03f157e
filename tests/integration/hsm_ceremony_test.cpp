// SPDX-License-Identifier: Apache-2.0
// The ceremony makes all or nothing, once; what it made is checked before it is trusted.
#include "hsm/ceremony.hpp"

#include "hsm/escrow_file.hpp"
#include "hsm/explain.hpp"
#include "hsm/files.hpp"
#include "hsm/pin.hpp"
#include "hsm/public_key.hpp"
#include "hsm/token.hpp"
#include "hsm/token_report.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hsm_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace countersign::hsm {
namespace {

using test::failure;
using test::HsmToken;
using test::SoftHsm;

std::string operation(const auto& result) {
  return result ? "" : std::string{result.error().operation.view()};
}

void write_file(const std::string& path, std::string_view content) {
  std::filesystem::remove(path);
  ASSERT_TRUE(write_private_file(path, as_bytes(content)));
}

std::size_t files_in(const std::string& folder) {
  std::error_code ignored;
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator{folder, ignored}) {
    ++count;
  }
  return count;
}

Result<TokenReport> report(const SoftHsm& softhsm) {
  const auto settings = softhsm.engine_settings();
  return report_token(settings.module_path, settings.token_label, settings.pin_file,
                      TokenPurpose::service);
}

TEST(HsmCeremony, MakesEveryKeyAndItsEscrowedCopy) {
  const SoftHsm softhsm;
  const auto held = hold_ceremony(softhsm.ceremony_settings());
  ASSERT_TRUE(held) << explain(held.error());
  EXPECT_THAT(held->key_labels,
              testing::ElementsAre("countersign.seal.1", "countersign.seal-aes.1",
                                   "countersign.envelope.1", "countersign.record.1",
                                   "countersign.pepper.1", "countersign.journal.1"));
  EXPECT_EQ(held->made_pin_files.size(), 4U);
  EXPECT_EQ(files_in(softhsm.folder() + "/escrow"), 7U);  // and the public key
  const auto seen = report(softhsm);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(seen->is_good());
  EXPECT_EQ(seen->keys.size(), 6U);
}

TEST(HsmCeremony, KeepsEverySecretFileToItsOwner) {
  const HsmToken token;
  for (const auto& file : std::filesystem::recursive_directory_iterator{token.folder()}) {
    const std::string name = file.path().filename();
    if (!name.ends_with("-pin") && !name.ends_with(".escrow")) continue;
    EXPECT_EQ(file.status().permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        << name;
  }
}

TEST(HsmCeremony, RefusesATokenThatHasKeys) {
  const HsmToken token;
  CeremonySettings again = token.ceremony_settings();
  again.escrow_folder += "-2";
  const auto held = hold_ceremony(again);
  EXPECT_EQ(failure(held), ErrorCode::already_exists);
  EXPECT_EQ(operation(held), "token.has_keys");
  EXPECT_TRUE(Engine::open(token.engine_settings()));
}

TEST(HsmCeremony, RefusesAnEscrowFolderWithFiles) {
  const SoftHsm softhsm;
  const auto settings = softhsm.ceremony_settings();
  std::filesystem::create_directory(settings.escrow_folder);
  std::ofstream{settings.escrow_folder + "/something"} << "x";
  EXPECT_EQ(operation(hold_ceremony(settings)), "escrow.folder_not_empty");
  EXPECT_FALSE(std::filesystem::exists(softhsm.pin_file()));
}

TEST(HsmCeremony, WantsPinFilesUnlessItMayMakeThem) {
  const SoftHsm softhsm;
  auto settings = softhsm.ceremony_settings();
  settings.make_pin_files = false;
  const auto held = hold_ceremony(settings);
  EXPECT_EQ(failure(held), ErrorCode::not_found);
  EXPECT_THAT(explain(held.error()), testing::HasSubstr("--make-pin-files"));
  EXPECT_FALSE(std::filesystem::exists(softhsm.pin_file()));
}

TEST(HsmCeremony, UsesThePinFilesThatAreThere) {
  const SoftHsm softhsm;
  write_file(softhsm.pin_file(), "a chosen PIN\n");
  ASSERT_TRUE(hold_ceremony(softhsm.ceremony_settings()));
  write_file(softhsm.pin_file(), "a chosen PIN");
  EXPECT_TRUE(Engine::open(softhsm.engine_settings()));
}

TEST(HsmCeremony, RefusesTwoTokensOfOneName) {
  const SoftHsm softhsm;
  auto settings = softhsm.ceremony_settings();
  settings.custody.label = settings.service.label;
  EXPECT_EQ(failure(hold_ceremony(settings)), ErrorCode::malformed);
}

TEST(HsmCeremony, RefusesALabelThatNoTokenCanBear) {
  const SoftHsm softhsm;
  auto settings = softhsm.ceremony_settings();
  settings.service.label = std::string(33, 'x');
  EXPECT_EQ(failure(hold_ceremony(settings)), ErrorCode::malformed);
}

// Loses the token's first answer, then its second, and so on, over the same two tokens, until a
// ceremony has no answer left to lose.
TEST(HsmCeremony, LeavesNothingBehindWhereverItFailsAndCanBeHeldAgain) {
  constexpr int kAnswersMax = 150;
  const SoftHsm softhsm;
  auto settings = softhsm.ceremony_settings();
  for (int lost = 1; lost < kAnswersMax; ++lost) {
    SCOPED_TRACE(testing::Message() << "answer " << lost << " is lost");
    settings.module_path = test::faulty_module("lost", lost);
    const auto held = hold_ceremony(settings);
    if (held) {
      EXPECT_GT(lost, 30);
      EXPECT_TRUE(Engine::open(softhsm.engine_settings()));
      return;
    }
    ASSERT_EQ(failure(held), ErrorCode::unavailable) << operation(held);
    ASSERT_EQ(files_in(settings.escrow_folder), 0U);
    const auto seen = report(softhsm);
    ASSERT_TRUE(seen);
    ASSERT_TRUE(seen->keys.empty());
  }
  FAIL() << "no ceremony came to its end";
}

// What rotation and restore rely on: an escrowed copy opens on the custody token, extractable, and
// is the very key that is in service.
TEST(HsmCeremony, EscrowsTheKeysThatAreInService) {
  const HsmToken token;
  Mac in_service{};
  {
    auto engine = Engine::open(token.engine_settings());
    ASSERT_TRUE(engine);
    const auto mac = engine->mac(MacKey::record, as_bytes("row"));
    ASSERT_TRUE(mac);
    in_service = *mac;
  }
  const auto settings = token.ceremony_settings();
  const auto module = Module::load(settings.module_path);
  ASSERT_TRUE(module);
  auto custody = prepare_token(*module, settings.custody);
  ASSERT_TRUE(custody);
  const auto keys = find_keys(*custody);
  ASSERT_TRUE(keys);
  ASSERT_EQ(keys->size(), 1U);
  const auto wrap = read_escrow_file(settings.escrow_folder, {KeyRole::record, 1});
  ASSERT_TRUE(wrap);
  Attributes as;
  as.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
      .flag(CKA_TOKEN, false)
      .flag(CKA_EXTRACTABLE, true)
      .flag(CKA_SIGN, true);
  const auto opened = custody->unwrap(keys->front().handle, *wrap, as);
  ASSERT_TRUE(opened);
  Mac escrowed{};
  ASSERT_TRUE(custody->sign(*opened, CKM_SHA256_HMAC, as_bytes("row"), escrowed));
  EXPECT_EQ(escrowed, in_service);
}

TEST(HsmCeremony, EscrowFilesOfAnotherKeyAreRefused) {
  const HsmToken token;
  const std::string folder = token.ceremony_settings().escrow_folder;
  std::filesystem::copy_file(escrow_path(folder, {KeyRole::seal, 1}),
                             escrow_path(folder, {KeyRole::record, 1}),
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(failure(read_escrow_file(folder, {KeyRole::record, 1})), ErrorCode::corrupt);
  EXPECT_EQ(failure(read_escrow_file(folder, {KeyRole::record, 2})), ErrorCode::not_found);
}

TEST(HsmCeremony, ExportsAJournalKeyThatDistinguishesSignatures) {
  const HsmToken token;
  const auto settings = token.ceremony_settings();
  const auto pem = read_private_file(settings.escrow_folder + "/countersign.journal.1.pem", 4096);
  ASSERT_TRUE(pem);
  const auto module = Module::load(settings.module_path);
  ASSERT_TRUE(module);
  auto service = prepare_token(*module, settings.service);
  ASSERT_TRUE(service);
  const auto keys = KeySet::open(*service);
  ASSERT_TRUE(keys);
  std::array<std::byte, 32> digest{};
  std::array<std::byte, 64> signature{};
  ASSERT_TRUE(service->sign(keys->newest(KeyRole::journal).handle, CKM_ECDSA, digest, signature));
  const std::string_view text = as_text(pem->expose());
  EXPECT_TRUE(check_signature(text, digest, signature));
  digest[0] = std::byte{1};
  EXPECT_EQ(failure(check_signature(text, digest, signature)), ErrorCode::corrupt);
}

}  // namespace
}  // namespace countersign::hsm
