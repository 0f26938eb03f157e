// SPDX-License-Identifier: Apache-2.0
#include "hsm/factor_key.hpp"

#include "hsm/key_set.hpp"

namespace countersign::hsm {

Attributes oath_key_attributes(bool private_session_objects) {
  Attributes key;
  key.flag(CKA_PRIVATE, private_session_objects);
  // Behind it, because MODIFIABLE is the last of them.
  return child_attributes(KeyRole::seal, std::move(key));
}

Result<Bytes> wrap_secret(Session& session, CK_OBJECT_HANDLE seal_key,
                          const SecretBytes& prepared) {
  Attributes fresh;
  fresh.number(CKA_CLASS, CKO_SECRET_KEY)
      .number(CKA_KEY_TYPE, CKK_GENERIC_SECRET)
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
