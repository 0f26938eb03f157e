// SPDX-License-Identifier: Apache-2.0
// Somebody has the service PIN and wants a YubiKey's AES key, or codes made by it: the token
// refuses.
#include "tests/integration/hsm_attack.hpp"

namespace countersign::hsm {
namespace {

class HsmYubicoAttack : public HsmAttack {
 protected:
  void SetUp() override {
    HsmAttack::SetUp();
    const SecretBytes value{as_bytes("0123456789abcdef")};
    auto wrap = wrap_secret(session(), seal_aes(), value, CKK_AES);
    ASSERT_TRUE(wrap);
    wrap_ = *std::move(wrap);
    const auto unwrapped = session().unwrap(seal_aes(), wrap_, yubico_key_attributes(false));
    ASSERT_TRUE(unwrapped);
    aes_key_ = *unwrapped;
  }
  CK_OBJECT_HANDLE seal_aes() { return key(KeyRole::seal_aes); }
  CK_OBJECT_HANDLE aes_key() const { return aes_key_; }
  bool unwraps(const Attributes& as) { return session().unwrap(seal_aes(), wrap_, as).has_value(); }
  static Attributes but(CK_ATTRIBUTE_TYPE type, bool value) {
    return HsmAttack::but(yubico_key_attributes(false), type, value);
  }

 private:
  Bytes wrap_;
  CK_OBJECT_HANDLE aes_key_ = CK_INVALID_HANDLE;
};

TEST_F(HsmYubicoAttack, TheProductsOwnTemplateUnwraps) {
  EXPECT_TRUE(unwraps(yubico_key_attributes(false)));
  EXPECT_TRUE(unwraps(yubico_key_attributes(true)));
}

TEST_F(HsmYubicoAttack, UnwrappingItAsExtractableReadableOrForTheTokenToKeepIsRefused) {
  EXPECT_FALSE(unwraps(but(CKA_EXTRACTABLE, true)));
  EXPECT_FALSE(unwraps(but(CKA_SENSITIVE, false)));
  EXPECT_FALSE(unwraps(but(CKA_TOKEN, true)));
  EXPECT_FALSE(unwraps(bare(CKO_SECRET_KEY, CKK_AES)));
  EXPECT_FALSE(unwraps(bare(CKO_SECRET_KEY, CKK_GENERIC_SECRET)));
  EXPECT_FALSE(unwraps(oath_key_attributes(false)));
}

TEST_F(HsmYubicoAttack, ReadingOrWrappingAnUnwrappedKeyIsRefused) {
  EXPECT_FALSE(session().attribute(aes_key(), CKA_VALUE));
  EXPECT_FALSE(session().wrap(seal_aes(), aes_key()));
  EXPECT_FALSE(session().wrap(seal(), aes_key()));
}

// Whoever could encrypt would make codes, for ever.
TEST_F(HsmYubicoAttack, EncryptingWithAnUnwrappedKeyIsRefused) {
  CK_MECHANISM how{CKM_AES_ECB, nullptr, 0};
  EXPECT_EQ(raw().C_DecryptInit(raw_session(), &how, aes_key()), CKR_OK);
  EXPECT_NE(raw().C_EncryptInit(raw_session(), &how, aes_key()), CKR_OK);
}

class HsmYubicoAttackByUsage : public HsmYubicoAttack,
                               public testing::WithParamInterface<CK_ATTRIBUTE_TYPE> {};

TEST_P(HsmYubicoAttackByUsage, UnwrappingItForThatIsRefused) {
  EXPECT_FALSE(unwraps(but(GetParam(), true)));
}

TEST_P(HsmYubicoAttackByUsage, AllowingThatToAnUnwrappedKeyIsRefused) {
  Attributes wish;
  wish.flag(GetParam(), true);
  EXPECT_FALSE(session().set(aes_key(), wish));
}

INSTANTIATE_TEST_SUITE_P(Usage, HsmYubicoAttackByUsage,
                         testing::Values(CKA_ENCRYPT, CKA_SIGN, CKA_WRAP, CKA_UNWRAP, CKA_VERIFY,
                                         CKA_DERIVE, CKA_EXTRACTABLE, CKA_COPYABLE,
                                         CKA_MODIFIABLE));

}  // namespace
}  // namespace countersign::hsm
