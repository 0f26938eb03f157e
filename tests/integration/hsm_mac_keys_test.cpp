// SPDX-License-Identifier: Apache-2.0
// The copies of `record` and `pepper`: the same MACs with them and without; a wrong one is noticed
// before it is used.
#include "hsm/ceremony.hpp"
#include "hsm/explain.hpp"
#include "hsm/factor_key.hpp"
#include "hsm/mac_keys.hpp"
#include "hsm/seal.hpp"
#include "hsm/token.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/hsm_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace countersign::hsm {
namespace {

using test::failure;
using test::HsmToken;

class HsmCopies : public testing::Test {
 protected:
  // One process has one engine, or one session of a test, at a time.
  Result<Mac> mac_of_engine(MacKey key) {
    CS_TRY(Engine engine, Engine::open(token_.engine_settings()));
    return engine.mac(key, as_bytes("row"));
  }
  void with_session(const std::function<void(Session&)>& work) {
    const auto settings = token_.ceremony_settings();
    const auto module = Module::load(settings.module_path);
    ASSERT_TRUE(module);
    auto session = prepare_token(*module, settings.service);
    ASSERT_TRUE(session);
    work(*session);
  }
  static Bytes value(Session& session, const FoundKey& copy) {
    const auto value = session.attribute(copy.handle, CKA_VALUE);
    EXPECT_TRUE(value);
    return value ? *value : Bytes{};
  }
  static FoundKey copy_of(Session& session, KeyRole role) {
    const auto copies = find_copies(session);
    EXPECT_TRUE(copies);
    for (const FoundKey& copy : *copies) {
      if (copy.name.role == role) return copy;
    }
    ADD_FAILURE() << "no copy";
    return {};
  }
  static void leave(Session& session, KeyRole role, BytesView value) {
    const std::string label = copy_label_of(spec_of(role), 1);
    Attributes data;
    data.number(CKA_CLASS, CKO_DATA).text(CKA_LABEL, label).flag(CKA_TOKEN, true);
    data.flag(CKA_PRIVATE, true).bytes(CKA_VALUE, value);
    ASSERT_TRUE(session.create(data));
  }
  static void replace(Session& session, KeyRole role, BytesView value) {
    ASSERT_TRUE(session.destroy(copy_of(session, role).handle));
    leave(session, role, value);
  }
  void is_refused(ErrorCode code, std::string_view operation) {
    const auto opened = Engine::open(token_.engine_settings());
    ASSERT_EQ(failure(opened), code);
    EXPECT_EQ(opened.error().operation.view(), operation);
    EXPECT_THAT(explain(opened.error()), testing::HasSubstr("copy of the key `record`"));
  }

  HsmToken token_;
};

TEST_F(HsmCopies, AreLeftByTheCeremonyForTheTwoKeysThatSignRows) {
  with_session([](Session& session) {
    const auto copies = find_copies(session);
    ASSERT_TRUE(copies);
    EXPECT_EQ(copies->size(), 2U);
    copy_of(session, KeyRole::record);
    copy_of(session, KeyRole::pepper);
  });
}

TEST_F(HsmCopies, ComputeWhatTheKeysCompute) {
  const auto record = mac_of_engine(MacKey::record);
  const auto pepper = mac_of_engine(MacKey::pepper);
  ASSERT_TRUE(record && pepper);
  with_session([&](Session& session) {
    const auto keys = KeySet::open(session);
    ASSERT_TRUE(keys);
    Mac mac{};
    ASSERT_TRUE(
        session.sign(keys->newest(KeyRole::record).handle, CKM_SHA256_HMAC, as_bytes("row"), mac));
    EXPECT_EQ(mac, *record);
    ASSERT_TRUE(
        session.sign(keys->newest(KeyRole::pepper).handle, CKM_SHA256_HMAC, as_bytes("row"), mac));
    EXPECT_EQ(mac, *pepper);
  });
}

TEST_F(HsmCopies, AreNotNeeded) {
  const auto before = mac_of_engine(MacKey::record);
  with_session([](Session& session) {
    for (const KeyRole role : {KeyRole::record, KeyRole::pepper}) {
      ASSERT_TRUE(session.destroy(copy_of(session, role).handle));
    }
  });
  const auto after = mac_of_engine(MacKey::record);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(*before, *after);
}

TEST_F(HsmCopies, OfAnotherKeyAreRefused) {
  with_session([](Session& session) {
    replace(session, KeyRole::record, value(session, copy_of(session, KeyRole::pepper)));
  });
  is_refused(ErrorCode::corrupt, "keys.record.copy");
}

TEST_F(HsmCopies, ThatAreDamagedAreRefused) {
  with_session([](Session& session) {
    Bytes damaged = value(session, copy_of(session, KeyRole::record));
    damaged.back() ^= std::byte{1};
    replace(session, KeyRole::record, damaged);
  });
  is_refused(ErrorCode::corrupt, "keys.record.copy");
}

// An OATH secret of somebody's choice, sealed by a worker, must not become the key of all rows.
TEST_F(HsmCopies, ThatWereSealedAsOathSecretsAreRefused) {
  Bytes sealed;
  {
    auto engine = Engine::open(token_.engine_settings());
    ASSERT_TRUE(engine);
    auto made = engine->generate_oath(HashAlgorithm::sha256);
    ASSERT_TRUE(made);
    sealed = made->sealed;
  }
  with_session([&](Session& session) { replace(session, KeyRole::record, sealed); });
  is_refused(ErrorCode::corrupt, "keys.record.copy");
  sealed[1] = static_cast<std::byte>(SecretKind::mac_key);
  with_session([&](Session& session) { replace(session, KeyRole::record, sealed); });
  is_refused(ErrorCode::corrupt, "keys.record.copy");
}

TEST_F(HsmCopies, ThatAreThereTwiceAreRefused) {
  with_session([](Session& session) {
    leave(session, KeyRole::record, value(session, copy_of(session, KeyRole::record)));
  });
  is_refused(ErrorCode::conflict, "keys.record.duplicate_copy");
}

TEST_F(HsmCopies, OpenForNothingButSigning) {
  with_session([](Session& session) {
    const auto keys = KeySet::open(session);
    ASSERT_TRUE(keys);
    const Bytes sealed = value(session, copy_of(session, KeyRole::record));
    const auto parsed = parse_sealed(sealed, SecretKind::mac_key, HashAlgorithm::sha256);
    ASSERT_TRUE(parsed);
    const CK_OBJECT_HANDLE seal = keys->newest(KeyRole::seal).handle;
    const auto copy = session.unwrap(seal, parsed->wrap, oath_key_attributes(false));
    ASSERT_TRUE(copy);
    EXPECT_FALSE(session.attribute(*copy, CKA_VALUE));
    EXPECT_FALSE(session.wrap(seal, *copy));
    EXPECT_FALSE(session.unwrap(seal, parsed->wrap, yubico_key_attributes(false)));
  });
}

TEST_F(HsmCopies, AreNotSeenWithoutThePin) {
  const auto settings = token_.ceremony_settings();
  const auto module = Module::load(settings.module_path);
  ASSERT_TRUE(module);
  const auto slot = module->slot_of(settings.service.label);
  ASSERT_TRUE(slot);
  auto session = Session::open(*module, *slot, Access::read_only);
  ASSERT_TRUE(session);
  const auto copies = find_copies(*session);
  ASSERT_TRUE(copies);
  EXPECT_TRUE(copies->empty());
}

}  // namespace
}  // namespace countersign::hsm
