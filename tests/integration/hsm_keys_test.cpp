// SPDX-License-Identifier: Apache-2.0
// Somebody has the service PIN and speaks PKCS#11 to the token: one attack a test, and it is the
// token that refuses it. What they can do is what a worker can do: ask for codes.
#include "tests/integration/hsm_attack.hpp"

namespace countersign::hsm {
namespace {

constexpr CK_OBJECT_CLASS kData = CKO_DATA;

// Every attack below is told apart from a call that never works: this is the one that does.
TEST_F(HsmAttack, TheProductsOwnTemplateUnwraps) {
  EXPECT_TRUE(session().unwrap(seal(), sealed(), oath_key_attributes(false)));
}

TEST_F(HsmAttack, UnwrappingASeedAsExtractableIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), seed_template_but(CKA_EXTRACTABLE, true)));
}

TEST_F(HsmAttack, UnwrappingASeedAsReadableIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), seed_template_but(CKA_SENSITIVE, false)));
}

TEST_F(HsmAttack, UnwrappingASeedWithTheTokensDefaultsIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), bare(CKO_SECRET_KEY, CKK_GENERIC_SECRET)));
}

TEST_F(HsmAttack, UnwrappingASeedAsAnAesKeyIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), bare(CKO_SECRET_KEY, CKK_AES)));
  Attributes proper_but_aes = bare(CKO_SECRET_KEY, CKK_AES);
  proper_but_aes.flag(CKA_SENSITIVE, true).flag(CKA_EXTRACTABLE, false).flag(CKA_SIGN, true);
  EXPECT_FALSE(session().unwrap(seal(), sealed(), proper_but_aes));
}

TEST_F(HsmAttack, UnwrappingASeedAsAnotherClassIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), bare(CKO_PRIVATE_KEY, CKK_EC)));
  EXPECT_FALSE(session().unwrap(seal(), sealed(), bare(kData, CKK_GENERIC_SECRET)));
}

TEST_F(HsmAttack, UnwrappingASeedForTheTokenToKeepIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), seed_template_but(CKA_TOKEN, true)));
}

class HsmAttackByUsage : public HsmAttack, public testing::WithParamInterface<CK_ATTRIBUTE_TYPE> {};

TEST_P(HsmAttackByUsage, UnwrappingASeedForItIsRefused) {
  EXPECT_FALSE(session().unwrap(seal(), sealed(), seed_template_but(GetParam(), true)));
}

TEST_P(HsmAttackByUsage, AllowingItToAnUnwrappedSeedIsRefused) {
  Attributes wish;
  wish.flag(GetParam(), true);
  EXPECT_FALSE(session().set(seed(), wish));
}

TEST_P(HsmAttackByUsage, AllowingItToTheSealKeyIsRefused) {
  Attributes wish;
  wish.flag(GetParam(), true);
  EXPECT_FALSE(session().set(seal(), wish));
}

INSTANTIATE_TEST_SUITE_P(Usage, HsmAttackByUsage,
                         testing::Values(CKA_ENCRYPT, CKA_DECRYPT, CKA_WRAP, CKA_UNWRAP, CKA_VERIFY,
                                         CKA_DERIVE, CKA_EXTRACTABLE, CKA_COPYABLE,
                                         CKA_MODIFIABLE));

class HsmAttackByKey : public HsmAttack, public testing::WithParamInterface<KeyRole> {};

TEST_P(HsmAttackByKey, MakingItExtractableIsRefused) {
  Attributes wish;
  wish.flag(CKA_EXTRACTABLE, true);
  EXPECT_FALSE(session().set(key(GetParam()), wish));
}

TEST_P(HsmAttackByKey, MakingItReadableIsRefused) {
  Attributes wish;
  wish.flag(CKA_SENSITIVE, false);
  EXPECT_FALSE(session().set(key(GetParam()), wish));
}

TEST_P(HsmAttackByKey, LettingItDecryptIsRefused) {
  Attributes wish;
  wish.flag(CKA_DECRYPT, true);
  EXPECT_FALSE(session().set(key(GetParam()), wish));
}

TEST_P(HsmAttackByKey, MakingItModifiableIsRefused) {
  Attributes wish;
  wish.flag(CKA_MODIFIABLE, true);
  EXPECT_FALSE(session().set(key(GetParam()), wish));
}

TEST_P(HsmAttackByKey, ReplacingItsUnwrapTemplateIsRefused) {
  Attributes anything;
  anything.flag(CKA_EXTRACTABLE, true);
  Attributes wish;
  wish.inner(CKA_UNWRAP_TEMPLATE, anything);
  EXPECT_FALSE(session().set(key(GetParam()), wish));
  Attributes empty;
  empty.bytes(CKA_UNWRAP_TEMPLATE, {});
  EXPECT_FALSE(session().set(key(GetParam()), empty));
}

TEST_P(HsmAttackByKey, AllowingItMoreMechanismsIsRefused) {
  constexpr std::array<CK_MECHANISM_TYPE, 2> kMore{CKM_AES_KEY_WRAP, CKM_AES_ECB};
  Attributes wish;
  wish.mechanisms(kMore);
  EXPECT_FALSE(session().set(key(GetParam()), wish));
}

TEST_P(HsmAttackByKey, CopyingItIsRefused) {
  Attributes weaker;
  weaker.flag(CKA_TOKEN, false).flag(CKA_EXTRACTABLE, true).flag(CKA_DECRYPT, true);
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  const CK_SESSION_HANDLE other = raw_session();
  EXPECT_NE(raw().C_CopyObject(other, key(GetParam()), weaker.data(), weaker.size(), &copy),
            CKR_OK);
  Attributes same;
  same.flag(CKA_TOKEN, false);
  EXPECT_NE(raw().C_CopyObject(other, key(GetParam()), same.data(), same.size(), &copy), CKR_OK);
}

TEST_P(HsmAttackByKey, ReadingItsValueIsRefused) {
  EXPECT_FALSE(session().attribute(key(GetParam()), CKA_VALUE));
}

TEST_P(HsmAttackByKey, WrappingItIsRefused) {
  EXPECT_FALSE(session().wrap(seal(), key(GetParam())));
  // By a key of the attacker's own, whose value they know.
  const SecretBytes known{as_bytes("0123456789abcdef0123456789abcdef")};
  Attributes own = bare(CKO_SECRET_KEY, CKK_AES);
  own.flag(CKA_WRAP, true).bytes(CKA_VALUE, known.expose());
  const auto own_key = session().create(own);
  ASSERT_TRUE(own_key);
  EXPECT_FALSE(session().wrap(*own_key, key(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(Keys, HsmAttackByKey,
                         testing::Values(KeyRole::seal, KeyRole::seal_aes, KeyRole::envelope,
                                         KeyRole::record, KeyRole::pepper, KeyRole::journal),
                         [](const auto& role) {
                           std::string name{spec_of(role.param).name};
                           std::erase(name, '-');
                           return name;
                         });

TEST_F(HsmAttack, ReadingAnUnwrappedSeedIsRefused) {
  EXPECT_FALSE(session().attribute(seed(), CKA_VALUE));
}

TEST_F(HsmAttack, WrappingAnUnwrappedSeedAgainIsRefused) {
  EXPECT_FALSE(session().wrap(seal(), seed()));
  const SecretBytes known{as_bytes("0123456789abcdef0123456789abcdef")};
  Attributes own = bare(CKO_SECRET_KEY, CKK_AES);
  own.flag(CKA_WRAP, true).bytes(CKA_VALUE, known.expose());
  const auto own_key = session().create(own);
  ASSERT_TRUE(own_key);
  EXPECT_FALSE(session().wrap(*own_key, seed()));
}

TEST_F(HsmAttack, CopyingAnUnwrappedSeedAsExtractableIsRefused) {
  Attributes weaker;
  weaker.flag(CKA_EXTRACTABLE, true);
  CK_OBJECT_HANDLE copy = CK_INVALID_HANDLE;
  EXPECT_NE(raw().C_CopyObject(raw_session(), seed(), weaker.data(), weaker.size(), &copy), CKR_OK);
}

TEST_F(HsmAttack, DecryptingASealedSeedWithTheSealKeyIsRefused) {
  for (const CK_MECHANISM_TYPE mechanism : {CKM_AES_ECB, CKM_AES_CBC, CKM_AES_KEY_WRAP}) {
    std::array<CK_BYTE, 16> vector{};
    CK_MECHANISM how{mechanism, nullptr, 0};
    if (mechanism == CKM_AES_CBC) how = {mechanism, vector.data(), vector.size()};
    EXPECT_NE(raw().C_DecryptInit(raw_session(), &how, seal()), CKR_OK) << mechanism;
    EXPECT_NE(raw().C_EncryptInit(raw_session(), &how, seal()), CKR_OK) << mechanism;
  }
}

TEST_F(HsmAttack, UsingTheSealKeyWithAnotherMechanismIsRefused) {
  constexpr CK_MECHANISM_TYPE kKeyWrapPad = 0x210a;
  CK_MECHANISM how{kKeyWrapPad, nullptr, 0};
  const Attributes as = oath_key_attributes(false);
  auto* wrapped = const_cast<CK_BYTE*>(reinterpret_cast<const CK_BYTE*>(sealed().data()));
  CK_OBJECT_HANDLE out = CK_INVALID_HANDLE;
  EXPECT_NE(raw().C_UnwrapKey(raw_session(), &how, seal(), wrapped, sealed().size(), as.data(),
                              as.size(), &out),
            CKR_OK);
}

TEST_F(HsmAttack, DerivingFromTheSealKeyIsRefused) {
  std::array<CK_BYTE, 16> block{};
  CK_KEY_DERIVATION_STRING_DATA data{block.data(), block.size()};
  CK_MECHANISM how{CKM_AES_ECB_ENCRYPT_DATA, &data, sizeof data};
  Attributes as = bare(CKO_SECRET_KEY, CKK_GENERIC_SECRET);
  as.number(CKA_VALUE_LEN, block.size()).flag(CKA_SENSITIVE, false).flag(CKA_EXTRACTABLE, true);
  CK_OBJECT_HANDLE out = CK_INVALID_HANDLE;
  EXPECT_NE(raw().C_DeriveKey(raw_session(), &how, seal(), as.data(), as.size(), &out), CKR_OK);
}

TEST_F(HsmAttack, UnwrappingASeedByTheOtherSealKeyIsRefused) {
  EXPECT_FALSE(session().unwrap(key(KeyRole::seal_aes), sealed(), oath_key_attributes(false)));
}

TEST_F(HsmAttack, UsingTheRecordKeyForAnotherHashIsRefused) {
  std::array<std::byte, 64> mac{};
  EXPECT_TRUE(session().sign(key(KeyRole::record), CKM_SHA256_HMAC, as_bytes("row"), mac));
  EXPECT_FALSE(session().sign(key(KeyRole::record), CKM_SHA512_HMAC, as_bytes("row"), mac));
}

}  // namespace
}  // namespace countersign::hsm
