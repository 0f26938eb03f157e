// SPDX-License-Identifier: Apache-2.0
// Somebody who has the service PIN and speaks PKCS#11 to the token, for tests of what they cannot
// do.
#pragma once

#include "hsm/factor_key.hpp"
#include "hsm/key_set.hpp"
#include "hsm/pin.hpp"
#include "tests/support/hsm_token.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace countersign::hsm {

class HsmAttack : public testing::Test {
 protected:
  void SetUp() override {
    const auto settings = test::HsmToken::shared().engine_settings();
    auto module = Module::load(settings.module_path);
    ASSERT_TRUE(module);
    module_.emplace(*std::move(module));
    const auto slot = module_->slot_of(settings.token_label);
    ASSERT_TRUE(slot);
    auto session = Session::open(*module_, *slot, Access::read_write);
    ASSERT_TRUE(session);
    session_.emplace(*std::move(session));
    const auto pin = read_pin(settings.pin_file);
    ASSERT_TRUE(pin);
    ASSERT_TRUE(session_->login(CKU_USER, *pin));
    auto keys = KeySet::open(*session_);
    ASSERT_TRUE(keys);
    keys_.emplace(*std::move(keys));

    auto sealed = wrap_secret(*session_, seal(), SecretBytes{as_bytes("12345678901234567890abcd")});
    ASSERT_TRUE(sealed);
    sealed_ = *std::move(sealed);
    const auto unwrapped = session_->unwrap(seal(), sealed_, oath_key_attributes(false));
    ASSERT_TRUE(unwrapped);
    seed_ = *unwrapped;
  }

  Session& session() { return *session_; }
  CK_FUNCTION_LIST& raw() { return module_->functions(); }
  CK_OBJECT_HANDLE seal() { return keys_->newest(KeyRole::seal).handle; }
  CK_OBJECT_HANDLE key(KeyRole role) { return keys_->newest(role).handle; }
  CK_OBJECT_HANDLE seed() const { return seed_; }
  BytesView sealed() const { return sealed_; }

  // Raw handles are for calls that the product itself has no verb for.
  CK_SESSION_HANDLE raw_session() {
    CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
    const auto slot = module_->slot_of(test::HsmToken::shared().engine_settings().token_label);
    raw().C_OpenSession(*slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &handle);
    return handle;
  }

  // The template that the product uses, with some attributes said otherwise.
  static Attributes seed_template_but(CK_ATTRIBUTE_TYPE type, bool value) {
    return but(oath_key_attributes(false), type, value);
  }
  static Attributes but(const Attributes& proper, CK_ATTRIBUTE_TYPE type, bool value) {
    Attributes changed;
    for (const CK_ATTRIBUTE& attribute : proper.view()) {
      const BytesView bytes{static_cast<const std::byte*>(attribute.pValue), attribute.ulValueLen};
      if (attribute.type == type) {
        changed.flag(type, value);
      } else if (attribute.ulValueLen == sizeof(CK_ULONG)) {
        CK_ULONG number = 0;
        std::memcpy(&number, bytes.data(), sizeof number);
        changed.number(attribute.type, number);
      } else {
        changed.flag(attribute.type, bytes.front() != std::byte{0});
      }
    }
    return changed;
  }

  static Attributes bare(CK_OBJECT_CLASS object_class, CK_KEY_TYPE type) {
    Attributes list;
    list.number(CKA_CLASS, object_class).number(CKA_KEY_TYPE, type).flag(CKA_TOKEN, false);
    return list;
  }

 private:
  std::optional<Module> module_;
  std::optional<Session> session_;
  std::optional<KeySet> keys_;
  Bytes sealed_;
  CK_OBJECT_HANDLE seed_ = CK_INVALID_HANDLE;
};

}  // namespace countersign::hsm
