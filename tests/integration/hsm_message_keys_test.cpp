// SPDX-License-Identifier: Apache-2.0
// Messages and the keys that hide them: an older key still opens, and a token in trouble is never
// taken for a damaged message.
#include "hsm/engine.hpp"
#include "hsm/key_set.hpp"
#include "hsm/token.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hsm_token.hpp"

#include <gtest/gtest.h>

namespace countersign::hsm {
namespace {

// A second version of `envelope`, as a rotation makes it.
void rotate_envelope(const test::HsmToken& token) {
  const auto settings = token.ceremony_settings();
  const auto module = Module::load(settings.module_path);
  ASSERT_TRUE(module);
  auto session = prepare_token(*module, settings.service);
  ASSERT_TRUE(session);
  const LockedKey locked{spec_of(KeyRole::envelope), 2};
  Attributes key;
  key.number(CKA_VALUE_LEN, 32);
  for (const CK_ATTRIBUTE& attribute : locked.attributes().view()) {
    key.bytes(attribute.type,
              {static_cast<const std::byte*>(attribute.pValue), attribute.ulValueLen});
  }
  ASSERT_TRUE(session->generate(CKM_AES_KEY_GEN, key));
}

std::uint16_t envelope_version(BytesView sealed) {
  return load_big_endian<std::uint16_t>(sealed.subspan(2));
}

TEST(HsmMessageRotation, SealsByTheNewestKeyAndOpensByTheOneThatItNames) {
  const test::HsmToken token;
  const BytesView row = as_bytes("message 17");
  Bytes old_one;
  {
    auto engine = Engine::open(token.engine_settings());
    ASSERT_TRUE(engine);
    auto sealed = engine->seal_message(as_bytes("before"), row);
    ASSERT_TRUE(sealed);
    old_one = *std::move(sealed);
  }
  ASSERT_NO_FATAL_FAILURE(rotate_envelope(token));
  auto engine = Engine::open(token.engine_settings());
  ASSERT_TRUE(engine) << engine.error().operation.view();
  const auto new_one = engine->seal_message(as_bytes("after"), row);
  ASSERT_TRUE(new_one);
  EXPECT_EQ(envelope_version(old_one), 1);
  EXPECT_EQ(envelope_version(*new_one), 2);
  const auto before = engine->open_message(old_one, row);
  const auto after = engine->open_message(*new_one, row);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(as_text(before->message.expose()), "before");
  EXPECT_EQ(as_text(after->message.expose()), "after");
}

// Loses the answer to the first call, then to the second, and so on, until none is left to lose. An
// engine that does not open at all is no matter here.
TEST(HsmMessageOnALossyToken, IsNeverCalledCorrupt) {
  constexpr int kCallsMax = 80;
  auto settings = test::HsmToken::shared().engine_settings();
  const BytesView row = as_bytes("message 17");
  Bytes sealed;
  {
    auto engine = Engine::open(settings);
    ASSERT_TRUE(engine);
    auto made = engine->seal_message(as_bytes("notice"), row);
    ASSERT_TRUE(made);
    sealed = *std::move(made);
  }
  int lost = 0;
  int opened = 0;
  for (int call = 1; call < kCallsMax; ++call) {
    settings.module_path = test::faulty_module("lost", call);
    auto engine = Engine::open(settings);
    if (!engine) continue;
    const auto message = engine->open_message(sealed, row);
    ++(message ? opened : lost);
    EXPECT_NE(test::failure(message), ErrorCode::corrupt) << "call " << call;
  }
  EXPECT_GT(lost, 0);
  EXPECT_GT(opened, 0);
}

}  // namespace
}  // namespace countersign::hsm
