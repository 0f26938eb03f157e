// SPDX-License-Identifier: Apache-2.0
// The keys of the validation protocol's clients on SoftHSM2: they sign, and nothing else does.
#include "hsm/engine.hpp"
#include "hsm/seal.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/hmac.hpp"
#include "tests/support/hsm_token.hpp"

#include <gtest/gtest.h>

namespace countersign::hsm {
namespace {

using test::failure;
using test::from_hex;
using test::HsmToken;

constexpr std::string_view kText =
    "id=1&nonce=0123456789abcdef&otp=dteffujehknhfjbrjnlnldnhcujvddbikngjrtgh&timestamp=1";

class HsmClientKey : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(opened_) << opened_.error().operation.view(); }
  Engine& engine() { return *opened_; }
  Bytes sealed(BytesView api_key) {
    auto sealed = engine().seal_client(api_key);
    EXPECT_TRUE(sealed);
    return sealed ? *std::move(sealed) : Bytes{};
  }

 private:
  Result<Engine> opened_ = Engine::open(HsmToken::shared().engine_settings());
};

// Base64 in the protocol: key mG5be6ZJU1qBGz24yPh/ESM3UdU=, h=Fv9WiwNaGGC2FcpIL9pgsqa7wtk=.
TEST_F(HsmClientKey, SignsAsTheProtocolDoes) {
  const Bytes key = sealed(from_hex("986e5b7ba649535a811b3db8c8f87f11233751d5"));
  const auto signature = engine().sign_for_client(key, as_bytes(kText));
  ASSERT_TRUE(signature);
  EXPECT_EQ(test::to_hex(*signature), "16ff568b035a1860b615ca482fda60b2a6bbc2d9");
}

TEST_F(HsmClientKey, AgreesWithOpenSslForEveryLength) {
  for (std::size_t size = kApiKeyBytesMin; size <= kApiKeyBytesMax; ++size) {
    const Bytes api_key(size, static_cast<std::byte>(size));
    const Bytes key = sealed(api_key);
    for (const std::size_t length : {std::size_t{0}, size, kSignedTextBytesMax}) {
      const Bytes text(length, std::byte{'x'});
      const auto signature = engine().sign_for_client(key, text);
      ASSERT_TRUE(signature) << size;
      EXPECT_EQ(test::to_hex(*signature),
                test::to_hex(test::hmac(HashAlgorithm::sha1, api_key, text)));
    }
  }
}

TEST_F(HsmClientKey, BoundsKeysAndTexts) {
  const Bytes key = sealed(Bytes(kApiKeyBytesMin));
  const Bytes text(kSignedTextBytesMax + 1);
  EXPECT_EQ(failure(engine().sign_for_client(key, text)), ErrorCode::limit_exceeded);
  EXPECT_EQ(failure(engine().seal_client(Bytes(kApiKeyBytesMin - 1))), ErrorCode::malformed);
  EXPECT_EQ(failure(engine().seal_client(Bytes(kApiKeyBytesMax + 1))), ErrorCode::limit_exceeded);
}

TEST_F(HsmClientKey, GeneratesAKeyThatItsOwnerCanUse) {
  const auto made = engine().generate_client();
  ASSERT_TRUE(made);
  ASSERT_EQ(made->secret.size(), kFreshApiKeyBytes);
  const auto signature = engine().sign_for_client(made->sealed, as_bytes(kText));
  ASSERT_TRUE(signature);
  EXPECT_EQ(test::to_hex(*signature),
            test::to_hex(test::hmac(HashAlgorithm::sha1, made->secret.expose(), as_bytes(kText))));
}

TEST_F(HsmClientKey, CallsEveryDamagedSealedSecretCorrupt) {
  const Bytes whole = sealed(Bytes(kFreshApiKeyBytes));
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    EXPECT_EQ(failure(engine().sign_for_client(damaged, {})), ErrorCode::corrupt) << "bit " << bit;
  }
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const BytesView cut = BytesView{whole}.first(size);
    EXPECT_EQ(failure(engine().sign_for_client(cut, {})), ErrorCode::corrupt) << size << " bytes";
  }
  EXPECT_TRUE(engine().sign_for_client(whole, {}));
}

// HMAC-SHA-1 of a counter by an OATH secret is a code: whoever speaks to the worker, and may write
// whatever header they like, must not get one.
TEST_F(HsmClientKey, NeverSignsByAnOathSecret) {
  const auto oath = engine().generate_oath(HashAlgorithm::sha1);
  const auto client = engine().generate_client();
  ASSERT_TRUE(oath && client);
  EXPECT_EQ(failure(engine().sign_for_client(oath->sealed, {})), ErrorCode::corrupt);

  Bytes renamed = oath->sealed;
  renamed[1] = static_cast<std::byte>(SecretKind::client);
  EXPECT_EQ(failure(engine().sign_for_client(renamed, {})), ErrorCode::corrupt);

  const auto seed = parse_sealed(oath->sealed, SecretKind::oath, HashAlgorithm::sha1);
  const auto proper = parse_sealed_with_note(client->sealed, SecretKind::client);
  ASSERT_TRUE(seed && proper);
  const Bytes mended = seal_bytes(SecretKind::client, {*seed, proper->note});
  ASSERT_EQ(mended.size(), client->sealed.size());
  EXPECT_EQ(failure(engine().sign_for_client(mended, {})), ErrorCode::corrupt);
}

TEST_F(HsmClientKey, NeverSignsByTheNoteOfAYubiKey) {
  const auto client = engine().generate_client();
  const auto yubico = engine().generate_yubico();
  ASSERT_TRUE(client && yubico);
  const auto key = parse_sealed_with_note(client->sealed, SecretKind::client);
  const auto other = parse_sealed_with_note(yubico->sealed, SecretKind::yubico);
  ASSERT_TRUE(key && other);
  const Bytes mixed = seal_bytes(SecretKind::client, {key->key, other->note});
  EXPECT_EQ(failure(engine().sign_for_client(mixed, {})), ErrorCode::corrupt);
}

}  // namespace
}  // namespace countersign::hsm
