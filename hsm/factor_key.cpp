// SPDX-License-Identifier: Apache-2.0
#include "hsm/factor_key.hpp"

#include "hsm/key_set.hpp"

namespace countersign::hsm {

namespace {

Attributes factor_key_attributes(KeyRole role, bool private_session_objects) {
  Attributes key;
  key.flag(CKA_PRIVATE, private_session_objects);
  // Behind it, because MODIFIABLE is the last of them.
  return child_attributes(role, std::move(key));
}

}  // namespace

Attributes oath_key_attributes(bool private_session_objects) {
  return factor_key_attributes(KeyRole::seal, private_session_objects);
}

Attributes yubico_key_attributes(bool private_session_objects) {
  return factor_key_attributes(KeyRole::seal_aes, private_session_objects);
}

Result<Bytes> wrap_secret(Session& session, CK_OBJECT_HANDLE seal_key, const SecretBytes& prepared,
                          CK_KEY_TYPE type) {
  Attributes fresh;
  fresh.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, type)
      .flag(CKA_TOKEN, false)
      .flag(CKA_PRIVATE, true)
      .flag(CKA_SENSITIVE, true)
      .flag(CKA_EXTRACTABLE, true)
      .bytes(CKA_VALUE, prepared.expose());
  CS_TRY(const CK_OBJECT_HANDLE key, session.create(fresh));
  auto wrapped = session.wrap(seal_key, key);
  CS_CHECK(session.destroy(key));
  return wrapped;
}

}  // namespace countersign::hsm
