// SPDX-License-Identifier: Apache-2.0
// Challenge-response keys on SoftHSM2: they say yes to the right response, and nothing else.
#include "hsm/engine.hpp"
#include "hsm/seal.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/hsm_token.hpp"

#include <gtest/gtest.h>

#include <set>

namespace countersign::hsm {
namespace {

using test::failure;
using test::from_hex;
using test::HsmToken;

const Bytes kChallenge(32, std::byte{0x7e});

class HsmChallengeResponse : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(opened_) << opened_.error().operation.view(); }
  Engine& engine() { return *opened_; }
  Bytes sealed(BytesView key) {
    auto sealed = engine().seal_response_key(key);
    EXPECT_TRUE(sealed);
    return sealed ? *std::move(sealed) : Bytes{};
  }
  Result<bool> match(BytesView key, BytesView challenge, BytesView response) {
    return engine().match_response({key, challenge, response});
  }

 private:
  Result<Engine> opened_ = Engine::open(HsmToken::shared().engine_settings());
};

// RFC 2202, the first of its cases: the key has the length that a YubiKey's has.
TEST_F(HsmChallengeResponse, AgreesWithThePrintedVector) {
  const Bytes key = sealed(Bytes(kResponseKeyBytes, std::byte{0x0b}));
  const auto yes =
      match(key, as_bytes("Hi There"), from_hex("b617318655057264e28bc0b6fb378c8ef146be00"));
  ASSERT_TRUE(yes);
  EXPECT_TRUE(*yes);
}

TEST_F(HsmChallengeResponse, AgreesWithOpenSslForEveryLengthOfAChallenge) {
  const Bytes secret = from_hex("303132333435363738396162636465666768696a");
  const Bytes key = sealed(secret);
  for (std::size_t size = 1; size <= kChallengeBytesMax; ++size) {
    const Bytes challenge(size, static_cast<std::byte>(size));
    Bytes response = test::hmac(HashAlgorithm::sha1, secret, challenge);
    EXPECT_TRUE(*match(key, challenge, response)) << size;
    response[size % response.size()] ^= std::byte{1};
    EXPECT_FALSE(*match(key, challenge, response)) << size;
  }
}

TEST_F(HsmChallengeResponse, AResponseOfAnotherLengthMatchesNothing) {
  const Bytes secret(kResponseKeyBytes, std::byte{1});
  const Bytes key = sealed(secret);
  Bytes response = test::hmac(HashAlgorithm::sha1, secret, kChallenge);
  EXPECT_FALSE(*match(key, kChallenge, {}));
  EXPECT_FALSE(*match(key, kChallenge, BytesView{response}.first(19)));
  response.push_back(std::byte{0});
  EXPECT_FALSE(*match(key, kChallenge, response));
}

TEST_F(HsmChallengeResponse, BoundsKeysAndChallenges) {
  const Bytes key = sealed(Bytes(kResponseKeyBytes));
  EXPECT_EQ(failure(match(key, {}, {})), ErrorCode::malformed);
  EXPECT_EQ(failure(match(key, Bytes(kChallengeBytesMax + 1), {})), ErrorCode::limit_exceeded);
  for (const std::size_t size : {std::size_t{0}, kResponseKeyBytes - 1, kResponseKeyBytes + 1}) {
    EXPECT_EQ(failure(engine().seal_response_key(Bytes(size))), ErrorCode::malformed) << size;
  }
}

TEST_F(HsmChallengeResponse, GeneratesAKeyThatItsOwnerCanUse) {
  const auto made = engine().generate_response_key();
  ASSERT_TRUE(made);
  ASSERT_EQ(made->secret.size(), kResponseKeyBytes);
  const Bytes response = test::hmac(HashAlgorithm::sha1, made->secret.expose(), kChallenge);
  EXPECT_TRUE(*match(made->sealed, kChallenge, response));
}

TEST_F(HsmChallengeResponse, CallsEveryDamagedSealedSecretCorrupt) {
  const Bytes whole = sealed(Bytes(kResponseKeyBytes));
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_EQ(failure(match(damaged, kChallenge, {})), ErrorCode::corrupt) << "bit " << bit;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const BytesView cut = BytesView{whole}.first(size);
    EXPECT_EQ(failure(match(cut, kChallenge, {})), ErrorCode::corrupt) << size << " bytes";
  }
  EXPECT_TRUE(match(whole, kChallenge, {}));
}

// Whoever speaks to the worker may write whatever header they like.
TEST_F(HsmChallengeResponse, TakesNoSecretOfAnotherKind) {
  const auto oath = engine().generate_oath(HashAlgorithm::sha1);
  const auto client = engine().generate_client();
  const auto yubico = engine().generate_yubico();
  ASSERT_TRUE(oath && client && yubico);
  for (Bytes other : {oath->sealed, client->sealed, yubico->sealed}) {
    EXPECT_EQ(failure(match(other, kChallenge, {})), ErrorCode::corrupt);
    other[1] = static_cast<std::byte>(SecretKind::challenge_response);
    EXPECT_EQ(failure(match(other, kChallenge, {})), ErrorCode::corrupt);
  }
}

TEST_F(HsmChallengeResponse, GivesNoSignatureAndNoCodeByItsKeys) {
  const auto made = engine().generate_response_key();
  ASSERT_TRUE(made);
  EXPECT_EQ(failure(engine().sign_for_client(made->sealed, {})), ErrorCode::corrupt);
  Bytes renamed = made->sealed;
  renamed[1] = static_cast<std::byte>(SecretKind::client);
  EXPECT_EQ(failure(engine().sign_for_client(renamed, {})), ErrorCode::corrupt);
  renamed[1] = static_cast<std::byte>(SecretKind::oath);
  const std::array<std::uint64_t, 1> counter{1};
  EXPECT_EQ(failure(engine().match_oath({renamed, HashAlgorithm::sha1, 6, counter, "123456"})),
            ErrorCode::corrupt);
}

TEST_F(HsmChallengeResponse, GivesRandomBytesOfEveryLength) {
  std::set<std::string> seen;
  for (std::size_t size = 8; size <= kRandomBytesMax; ++size) {
    const auto random = engine().random(size);
    ASSERT_TRUE(random);
    ASSERT_EQ(random->size(), size);
    EXPECT_TRUE(seen.insert(test::to_hex(random->expose().first(8))).second);
  }
  EXPECT_EQ(failure(engine().random(0)), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().random(kRandomBytesMax + 1)), ErrorCode::malformed);
}

}  // namespace
}  // namespace countersign::hsm
