// SPDX-License-Identifier: Apache-2.0
#include "hsm/login.hpp"

#include "hsm/pin.hpp"

namespace countersign::hsm {

Status log_in_once(const Module& module, CK_SLOT_ID slot, Session& session,
                   const std::string& pin_file, const std::string& refused_pin_file) {
  if (refused_pin_file.empty()) return Error{ErrorCode::malformed, "settings.refused_pin_file"};
  CS_TRY(const SecretBytes pin, read_pin(pin_file));
  CS_CHECK(check_not_refused(refused_pin_file, pin));
  CS_TRY(const CK_TOKEN_INFO info, module.token_info(slot));
  if ((info.flags & CKF_USER_PIN_LOCKED) != 0) return Error{ErrorCode::denied, "pin.locked"};
  if ((info.flags & CKF_USER_PIN_FINAL_TRY) != 0) return Error{ErrorCode::denied, "pin.final_try"};

  const Status outcome = session.login(CKU_USER, pin);
  if (!outcome && outcome.error().code == ErrorCode::denied) {
    // If even this fails, the refusal is what must be answered: it keeps the service from trying
    // again at once.
    (void)remember_refused(refused_pin_file, pin);
  }
  return outcome;
}

}  // namespace countersign::hsm
