// SPDX-License-Identifier: Apache-2.0
// YubiKeys on SoftHSM2: the published vector, blocks of others, damaged and mended sealed secrets.
#include "firmware-interface/modhex.hpp"
#include "hsm/engine.hpp"
#include "hsm/seal.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hsm_token.hpp"
#include "tests/support/yubico_block.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace countersign::hsm {
namespace {

using test::failure;
using test::from_hex;
using test::HsmToken;
using test::yubico_block;
using test::YubicoBlock;

const Bytes kAesKey = from_hex("ecde18dbe76fbd0c33330f1c354871db");
const Bytes kPrivateId = from_hex("8792ebfe26cc");
const Bytes kOtherAesKey = from_hex("000102030405060708090a0b0c0d0e0f");
const Bytes kOtherPrivateId = from_hex("8792ebfe26cd");
constexpr YubicoFields kFields{19, 17, 0x00c230};

class HsmYubico : public testing::Test {
 protected:
  HsmYubico() : HsmYubico{HsmToken::shared().engine_settings()} {}
  explicit HsmYubico(const EngineSettings& settings) : opened_{Engine::open(settings)} {}
  void SetUp() override {
    ASSERT_TRUE(opened_) << opened_.error().operation.view();
    auto sealed = engine().seal_yubico(kAesKey, kPrivateId);
    ASSERT_TRUE(sealed) << sealed.error().operation.view();
    sealed_ = *std::move(sealed);
  }
  Engine& engine() { return *opened_; }
  const Bytes& sealed() const { return sealed_; }
  static YubicoBlock block() { return yubico_block(kAesKey, kPrivateId, {19, 17, 0x00c230}); }

  auto match(BytesView sealed) { return engine().match_yubico({sealed, block()}); }
  std::optional<YubicoFields> fields(BytesView sealed, const YubicoBlock& block) {
    const auto answer = engine().match_yubico({sealed, block});
    EXPECT_TRUE(answer);
    return answer ? *answer : std::nullopt;
  }

 private:
  Result<Engine> opened_;
  Bytes sealed_;
};

TEST_F(HsmYubico, MatchesThePublishedVector) {
  const auto letters = modhex::decode("hknhfjbrjnlnldnhcujvddbikngjrtgh");
  ASSERT_TRUE(letters);
  YubicoBlock block{};
  std::ranges::copy(*letters, block.begin());
  EXPECT_EQ(fields(sealed(), block), kFields);
}

TEST_F(HsmYubico, TellsTheCountersOfEveryBlock) {
  for (std::uint16_t i = 0; i < 500; ++i) {
    const auto counter = static_cast<std::uint16_t>(i * 65);
    const auto use = static_cast<std::uint8_t>(i);
    const std::uint32_t timestamp = i * 33'554U;
    const auto block = yubico_block(kAesKey, kPrivateId, {counter, use, timestamp});
    EXPECT_EQ(fields(sealed(), block), (YubicoFields{counter, use, timestamp}));
  }
}

TEST_F(HsmYubico, DropsTheBitThatTellsOfCapsLock) {
  const auto block = yubico_block(kAesKey, kPrivateId, {0x8013, 17, 0x00c230});
  EXPECT_EQ(fields(sealed(), block), kFields);
}

TEST_F(HsmYubico, MatchesNoBlockOfAnotherKey) {
  EXPECT_EQ(fields(sealed(), yubico_block(kOtherAesKey, kPrivateId, {})), std::nullopt);
}

TEST_F(HsmYubico, MatchesNoBlockWithAnotherPrivateId) {
  EXPECT_EQ(fields(sealed(), yubico_block(kAesKey, kOtherPrivateId, {})), std::nullopt);
}

TEST_F(HsmYubico, MatchesNoChangedBlock) {
  for (std::size_t bit = 0; bit < 128; ++bit) {
    YubicoBlock changed = block();
    changed[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_EQ(fields(sealed(), changed), std::nullopt) << "bit " << bit;
  }
}

TEST_F(HsmYubico, CallsEveryDamagedSealedSecretCorrupt) {
  for (std::size_t bit = 0; bit < sealed().size() * 8; ++bit) {
    Bytes damaged = sealed();
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_EQ(failure(match(damaged)), ErrorCode::corrupt) << "bit " << bit;
  }
  for (std::size_t size = 0; size < sealed().size(); ++size) {
    EXPECT_EQ(failure(match(BytesView{sealed()}.first(size))), ErrorCode::corrupt) << size;
  }
  Bytes longer = sealed();
  longer.push_back(std::byte{0});
  EXPECT_EQ(failure(match(longer)), ErrorCode::corrupt);
  EXPECT_EQ(fields(sealed(), block()), kFields);
}

// Both are true, each in its own sealed secret: a private id belongs to one key.
TEST_F(HsmYubico, RefusesThePrivateIdOfAnotherSealedSecret) {
  const auto other = engine().seal_yubico(kOtherAesKey, kOtherPrivateId);
  ASSERT_TRUE(other);
  const auto own_parts = parse_sealed_with_note(sealed(), SecretKind::yubico);
  const auto other_parts = parse_sealed_with_note(*other, SecretKind::yubico);
  ASSERT_TRUE(own_parts && other_parts);
  const Bytes swapped_id = seal_bytes(SecretKind::yubico, {own_parts->key, other_parts->note});
  EXPECT_EQ(failure(match(swapped_id)), ErrorCode::corrupt);
  const Bytes swapped_key = seal_bytes(SecretKind::yubico, {other_parts->key, own_parts->note});
  EXPECT_EQ(failure(match(swapped_key)), ErrorCode::corrupt);
}

// The same key and the same id, sealed twice: still no part of one fits the other.
TEST_F(HsmYubico, NeverHidesTwoPrivateIdsUnderOneVector) {
  std::set<std::string> vectors;
  constexpr std::size_t kSealings = 200;
  for (std::size_t i = 0; i < kSealings; ++i) {
    const auto again = engine().seal_yubico(kAesKey, kPrivateId);
    ASSERT_TRUE(again);
    const auto parsed = parse_sealed_with_note(*again, SecretKind::yubico);
    ASSERT_TRUE(parsed);
    vectors.insert(test::to_hex(parsed->note.iv));
  }
  EXPECT_EQ(vectors.size(), kSealings);
}

TEST_F(HsmYubico, CallsASecretOfAnotherKindCorruptEvenWhenItIsUnwrapped) {
  const auto oath = engine().generate_oath(HashAlgorithm::sha1);
  const auto client = engine().generate_client();
  ASSERT_TRUE(oath && client);
  ASSERT_TRUE(engine().sign_for_client(client->sealed, {}));
  EXPECT_EQ(failure(match(oath->sealed)), ErrorCode::corrupt);
  EXPECT_EQ(failure(match(client->sealed)), ErrorCode::corrupt);

  ASSERT_TRUE(match(sealed()));
  constexpr std::uint64_t kCounter = 1;
  const MatchOath question{sealed(), HashAlgorithm::sha1, 6, {&kCounter, 1}, "287082"};
  EXPECT_EQ(failure(engine().match_oath(question)), ErrorCode::corrupt);
  EXPECT_EQ(failure(engine().sign_for_client(sealed(), {})), ErrorCode::corrupt);
}

TEST_F(HsmYubico, NeverSealsAnythingInClear) {
  const auto is_in = [this](const Bytes& part) {
    return !std::ranges::search(sealed(), part).empty();
  };
  EXPECT_FALSE(is_in(Bytes(kAesKey.begin(), kAesKey.begin() + 6)));
  EXPECT_FALSE(is_in(kPrivateId));
}

TEST_F(HsmYubico, RefusesToSealOtherLengths) {
  const Bytes longer(17);
  const BytesView view{longer};
  EXPECT_EQ(failure(engine().seal_yubico(view, kPrivateId)), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_yubico(view.first(15), kPrivateId)), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_yubico(kAesKey, view.first(7))), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_yubico(kAesKey, view.first(5))), ErrorCode::malformed);
}

TEST_F(HsmYubico, GeneratesAKeyThatAYubiKeyCanUse) {
  const auto made = engine().generate_yubico();
  const auto other = engine().generate_yubico();
  ASSERT_TRUE(made && other);
  const auto block = yubico_block(made->aes_key.expose(), made->private_id.expose(), {5, 6, 7});
  EXPECT_EQ(fields(made->sealed, block), (YubicoFields{5, 6, 7}));
  EXPECT_EQ(fields(other->sealed, block), std::nullopt);
}

TEST(HsmYubicoRestart, OpensWhatAnEarlierEngineSealed) {
  Bytes sealed;
  {
    auto first = Engine::open(HsmToken::shared().engine_settings());
    ASSERT_TRUE(first);
    auto made = first->seal_yubico(kAesKey, kPrivateId);
    ASSERT_TRUE(made);
    sealed = *std::move(made);
  }
  auto second = Engine::open(HsmToken::shared().engine_settings());
  ASSERT_TRUE(second);
  const auto block = yubico_block(kAesKey, kPrivateId, {19, 17, 0x00c230});
  const auto answer = second->match_yubico({sealed, block});
  ASSERT_TRUE(answer);
  EXPECT_EQ(*answer, kFields);
}

EngineSettings with_two_private_handles() {
  EngineSettings settings = HsmToken::shared().engine_settings();
  settings.handles_max = 2;
  settings.private_session_objects = true;
  return settings;
}

class HsmYubicoWithTwoHandles : public HsmYubico {
 protected:
  HsmYubicoWithTwoHandles() : HsmYubico{with_two_private_handles()} {}
};

TEST_F(HsmYubicoWithTwoHandles, SharesThemWithOathSecrets) {
  const auto oath = engine().seal_oath(HashAlgorithm::sha1, as_bytes("12345678901234567890"));
  const auto other = engine().seal_yubico(kOtherAesKey, kOtherPrivateId);
  ASSERT_TRUE(oath && other);
  constexpr std::uint64_t kCounter = 1;
  const MatchOath question{*oath, HashAlgorithm::sha1, 6, {&kCounter, 1}, "287082"};
  for (int round = 0; round < 5; ++round) {
    EXPECT_EQ(fields(sealed(), block()), kFields);
    EXPECT_EQ(fields(*other, block()), std::nullopt);
    const auto matched = engine().match_oath(question);
    ASSERT_TRUE(matched);
    EXPECT_EQ(*matched, kCounter);
    EXPECT_LE(engine().handles(), 2U);
  }
}

}  // namespace
}  // namespace countersign::hsm
