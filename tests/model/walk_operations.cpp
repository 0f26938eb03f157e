// SPDX-License-Identifier: Apache-2.0
// All that there is to do in a walk, and how often it is tried.
#include "tests/model/walk.hpp"

#include <algorithm>
#include <array>

namespace countersign::model {

const std::vector<Walk::Operation>& Walk::operations() {
  static const std::vector<Operation> all{
      {&Walk::pass_time, 30},
      {&Walk::create_subject, 3},
      {&Walk::send_activation, 3},
      {&Walk::suspend_subject, 2},
      {&Walk::resume_subject, 3},
      {&Walk::unlock_subject, 4},
      {&Walk::erase_subject, 4},
      {&Walk::export_subject, 3},
      {&Walk::suspend_factor, 2},
      {&Walk::resume_factor, 9},
      {&Walk::issue_temporary_code, 3},
      {&Walk::verify, 4},
      {&Walk::redeem_hand_over, 4},
      {&Walk::request_link, 8},
      {&Walk::inspect_ticket, 3},
      {&Walk::open_ticket, 12},
      {&Walk::sign_in, 8},
      {&Walk::prove_factor, 10},
      {&Walk::reauthenticate, 6},
      {&Walk::answer_question, 6},
      {&Walk::end_session, 2},
      {&Walk::issue_hand_over, 4},
      {&Walk::recover_by_code, 8},
      {&Walk::answer_as_stranger, 8},
      {&Walk::set_password, 8},
      {&Walk::set_question, 5},
      {&Walk::enrol_oath, 5},
      {&Walk::confirm_factor, 5},
      {&Walk::enrol_out_of_band, 7},
      {&Walk::start_challenge, 9},
      {&Walk::answer_challenge, 10},
      {&Walk::claim_token, 2},
      {&Walk::rename_factor, 2},
      {&Walk::revoke_factor, 4},
      {&Walk::make_recovery_codes, 3},
      {&Walk::remember_device, 3},
      {&Walk::change_profile, 2},
      {&Walk::get_session, 2},
      {&Walk::list_sessions, 2},
      {&Walk::list_factors, 2},
      {&Walk::get_profile, 2},
      {&Walk::list_activity, 1},
      {&Walk::get_question, 2},
      {&Walk::show_pending_secret, 3},
      {&Walk::describe_realm, 1},
      {&Walk::health, 1},
  };
  return all;
}

// As judge() is told them; what is counted besides has no refusals.
const std::vector<std::string>& Walk::names() {
  static const std::vector<std::string> all{"activate",
                                            "answer_challenge",
                                            "answer_question",
                                            "answer_reset_question",
                                            "change_profile",
                                            "claim_token",
                                            "confirm_factor",
                                            "create_subject",
                                            "describe_realm",
                                            "end_session",
                                            "enrol_oath",
                                            "enrol_out_of_band",
                                            "erase_subject",
                                            "export_subject",
                                            "get_profile",
                                            "get_question",
                                            "get_session",
                                            "health",
                                            "inspect_ticket",
                                            "issue_hand_over",
                                            "issue_temporary_code",
                                            "list_activity",
                                            "list_factors",
                                            "list_sessions",
                                            "make_recovery_codes",
                                            "open_ticket",
                                            "prove_factor",
                                            "reauthenticate",
                                            "recover_by_code",
                                            "redeem_hand_over",
                                            "remember_device",
                                            "rename_factor",
                                            "repudiate",
                                            "request_link",
                                            "reset_by_code",
                                            "reset_password",
                                            "resume_factor",
                                            "resume_subject",
                                            "revoke_factor",
                                            "send_activation",
                                            "set_first_password",
                                            "set_password",
                                            "set_question",
                                            "show_pending_secret",
                                            "sign_in",
                                            "sign_in_by_device",
                                            "start_challenge",
                                            "suspend_factor",
                                            "suspend_subject",
                                            "unlock_by_code",
                                            "unlock_subject",
                                            "verify"};
  return all;
}

bool Walk::can_be_refused(std::string_view name) {
  constexpr std::array<std::string_view, 4> kNever{"activate", "repudiate", "health",
                                                   "describe_realm"};
  return std::ranges::find(kNever, name) == kNever.end();
}

}  // namespace countersign::model
