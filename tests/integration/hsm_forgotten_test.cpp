// SPDX-License-Identifier: Apache-2.0
// A token that forgets a key of the session, whichever: nobody who asks notices.
#include "hsm/engine.hpp"
#include "tests/support/hsm_token.hpp"
#include "tests/support/yubico_block.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace countersign::hsm {
namespace {

using test::HsmToken;

struct Sealed {
  Bytes oath;
  GeneratedYubico yubico;
  Bytes client;
};

Result<Sealed> seal_one_of_each(Engine& engine) {
  CS_TRY(Bytes oath, engine.seal_oath(HashAlgorithm::sha1, as_bytes("12345678901234567890")));
  CS_TRY(GeneratedYubico yubico, engine.generate_yubico());
  CS_TRY(Generated client, engine.generate_client());
  return Sealed{std::move(oath), std::move(yubico), std::move(client.sealed)};
}

// What the engine says to one question of each kind, in bytes.
Result<Bytes> ask_one_of_each(Engine& engine, const Sealed& sealed) {
  constexpr std::uint64_t kCounter = 1;
  Bytes said;
  Writer writer{said};
  CS_TRY(const auto counter,
         engine.match_oath({sealed.oath, HashAlgorithm::sha1, 6, {&kCounter, 1}, "287082"}));
  writer.integer(counter.value_or(0));
  const auto block = test::yubico_block(sealed.yubico.aes_key.expose(),
                                        sealed.yubico.private_id.expose(), {3, 4, 5});
  CS_TRY(const auto fields, engine.match_yubico({sealed.yubico.sealed, block}));
  writer.integer(fields.value_or(YubicoFields{}).session_counter);
  CS_TRY(const Signature signature, engine.sign_for_client(sealed.client, as_bytes("text")));
  CS_TRY(const Mac record, engine.mac(MacKey::record, as_bytes("row")));
  CS_TRY(const Mac pepper, engine.mac(MacKey::pepper, as_bytes("row")));
  writer.raw(signature).raw(record).raw(pepper);
  return said;
}

// Forgets the key of the first use, then of the second, and so on, until there is no use left. An
// engine whose self-test meets it does not open, and is no matter here.
TEST(HsmForgotten, KeysAreUnwrappedAgain) {
  constexpr int kUsesMax = 60;
  HsmToken& token = HsmToken::shared();
  auto settings = token.engine_settings();
  std::optional<Sealed> sealed;
  Bytes expected;
  {
    auto engine = Engine::open(settings);
    ASSERT_TRUE(engine);
    auto made = seal_one_of_each(*engine);
    ASSERT_TRUE(made);
    sealed.emplace(*std::move(made));
    const auto said = ask_one_of_each(*engine, *sealed);
    ASSERT_TRUE(said);
    expected = *said;
  }
  int opened = 0;
  for (int forgotten = 1; forgotten < kUsesMax; ++forgotten) {
    settings.module_path = test::faulty_module("forget", forgotten);
    auto engine = Engine::open(settings);
    if (!engine) continue;
    ++opened;
    for (int round = 0; round < 3; ++round) {
      const auto said = ask_one_of_each(*engine, *sealed);
      ASSERT_TRUE(said) << "use " << forgotten << ": " << said.error().operation.view();
      EXPECT_EQ(*said, expected) << "use " << forgotten;
    }
  }
  EXPECT_GT(opened, 15);
}

}  // namespace
}  // namespace countersign::hsm
