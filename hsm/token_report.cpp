// SPDX-License-Identifier: Apache-2.0
#include "hsm/token_report.hpp"

#include "hsm/explain.hpp"
#include "hsm/key_set.hpp"
#include "hsm/pin.hpp"

#include <algorithm>

namespace countersign::hsm {
namespace {

TokenReport describe(const CK_TOKEN_INFO& info) {
  TokenReport report;
  report.label = unpadded(info.label);
  report.manufacturer = unpadded(info.manufacturerID);
  report.model = unpadded(info.model);
  report.serial = unpadded(info.serialNumber);
  report.has_user_pin = (info.flags & CKF_USER_PIN_INITIALIZED) != 0;
  report.is_pin_count_low = (info.flags & CKF_USER_PIN_COUNT_LOW) != 0;
  report.is_pin_final_try = (info.flags & CKF_USER_PIN_FINAL_TRY) != 0;
  report.is_pin_locked = (info.flags & CKF_USER_PIN_LOCKED) != 0;
  return report;
}

KeyReport describe(Session& session, const FoundKey& key, TokenPurpose purpose) {
  const KeySpec& spec = spec_of(key.name.role);
  KeyReport report{label_of(spec, key.name.version), false, {}};
  if ((spec.role == KeyRole::escrow) != (purpose == TokenPurpose::custody)) {
    report.problem = "it does not belong on this token";
    return report;
  }
  const Status checked = check_key(session, key.handle, spec, key.name.version);
  report.is_good = checked.has_value();
  if (!checked) report.problem = explain(checked.error());
  return report;
}

std::span<const KeySpec> expected_keys(TokenPurpose purpose) {
  if (purpose == TokenPurpose::custody) return {&spec_of(KeyRole::escrow), 1};
  return service_keys();
}

}  // namespace

Result<TokenReport> report_token(const std::string& module_path, const std::string& token_label,
                                 const std::string& pin_file, TokenPurpose purpose) {
  CS_TRY(const Module module, Module::load(module_path));
  CS_TRY(const CK_SLOT_ID slot, module.slot_of(token_label));
  CS_TRY(const CK_TOKEN_INFO info, module.token_info(slot));
  TokenReport report = describe(info);
  if (report.is_pin_locked) return Error{ErrorCode::denied, "pin.locked"};
  if (report.is_pin_final_try) return Error{ErrorCode::denied, "pin.final_try"};

  CS_TRY(const SecretBytes pin, read_pin(pin_file));
  CS_TRY(Session session, Session::open(module, slot, Access::read_only));
  CS_CHECK(session.login(CKU_USER, pin));
  CS_TRY(const auto keys, find_keys(session));
  for (const FoundKey& key : keys) report.keys.push_back(describe(session, key, purpose));
  for (const KeySpec& spec : expected_keys(purpose)) {
    const bool is_there =
        std::ranges::any_of(keys, [&](const FoundKey& key) { return key.name.role == spec.role; });
    if (!is_there) report.missing.emplace_back(spec.name);
  }
  return report;
}

}  // namespace countersign::hsm
