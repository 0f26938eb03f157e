// SPDX-License-Identifier: Apache-2.0
#include "daemon/wire/account_secrets.hpp"

#include "daemon/wire/subject_answers.hpp"
#include "daemon/wire/wipe.hpp"

#include "api/countersign.pb.h"

namespace countersign::wire {
namespace {

void forget(v1::SignInReport& message) {
  wipe(*message.mutable_session());
  wipe(*message.mutable_device());
}

void forget(v1::Profile& message) {
  wipe(*message.mutable_first_name());
  wipe(*message.mutable_last_name());
  for (v1::Contact& contact : *message.mutable_contacts()) wipe(*contact.mutable_destination());
}

void forget(v1::RecoveryCodes& message) {
  for (std::string& code : *message.mutable_codes()) wipe(code);
}

}  // namespace

void wipe_account_secrets(v1::Reply& message) {
  switch (message.outcome_case()) {
    case v1::Reply::kTicketOpened:
      return wipe_secrets(*message.mutable_ticket_opened()->mutable_verdict());
    case v1::Reply::kSignInReport:
      return forget(*message.mutable_sign_in_report());
    case v1::Reply::kHandOver:
      return wipe(*message.mutable_hand_over()->mutable_ticket());
    case v1::Reply::kPasswordReport:
      return wipe(*message.mutable_password_report()->mutable_session());
    case v1::Reply::kQuestion:
      return wipe(*message.mutable_question()->mutable_text());
    case v1::Reply::kRecoveryCodes:
      return forget(*message.mutable_recovery_codes());
    case v1::Reply::kTemporaryCode:
      return wipe(*message.mutable_temporary_code()->mutable_code());
    case v1::Reply::kRememberedDevice:
      return wipe(*message.mutable_remembered_device()->mutable_device());
    case v1::Reply::kProfile:
      return forget(*message.mutable_profile());
    case v1::Reply::kSubjectExport:
      forget(*message.mutable_subject_export()->mutable_profile());
      wipe(*message.mutable_subject_export()->mutable_reset_question()->mutable_text());
      return wipe(*message.mutable_subject_export()->mutable_question()->mutable_text());
    default:
      return;
  }
}

}  // namespace countersign::wire
