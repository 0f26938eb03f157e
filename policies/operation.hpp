// SPDX-License-Identifier: Apache-2.0
// Who asks, through which door, for what.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace countersign {

// One socket a role; the numbers index arrays.
enum class Role : std::uint8_t { verify, provision, admin, courier, enroll };
inline constexpr std::size_t kRoleCount = 5;
// As policy files and sockets' names have them.
inline constexpr std::array<std::string_view, kRoleCount> kRoleNames{"verify", "provision", "admin",
                                                                     "courier", "enroll"};

// In the order of api/countersign.proto.
enum class Operation : std::uint8_t {
  verify,
  health,
  check_client,
  sign_for_client,
  start_challenge,
  answer_challenge,
  create_subject,
  get_subject,
  suspend_subject,
  resume_subject,
  unlock_subject,
  enrol_oath,
  confirm_factor,
  list_factors,
  rename_factor,
  suspend_factor,
  resume_factor,
  revoke_factor,
  resynchronise_factor,
  enrol_yubico_otp,
  enrol_challenge_response,
  import_tokens,
  list_tokens,
  assign_token,
  claim_token,
  discard_token,
  add_client,
  list_clients,
  revoke_client,
  enrol_out_of_band,
  check_store,
  get_status,
  take_messages,
  report_messages,
  get_courier_status,
  send_test_message,
  describe_realm,
  request_link,
  inspect_ticket,
  open_ticket,
  sign_in,
  prove_factor,
  reauthenticate,
  get_session,
  list_sessions,
  end_session,
  issue_hand_over,
  redeem_hand_over,
  set_password,
  set_question,
  get_question,
  answer_question,
  make_recovery_codes,
  issue_temporary_code,
  remember_device,
  show_pending_secret,
  get_profile,
  change_profile,
  list_activity,
  send_activation,
  export_subject,
  erase_subject,
  explain_policy,
  read_journal,
};

// As the schema has them, in the same order.
inline constexpr auto kOperationNames = std::to_array<std::string_view>({"verify",
                                                                         "health",
                                                                         "check_client",
                                                                         "sign_for_client",
                                                                         "start_challenge",
                                                                         "answer_challenge",
                                                                         "create_subject",
                                                                         "get_subject",
                                                                         "suspend_subject",
                                                                         "resume_subject",
                                                                         "unlock_subject",
                                                                         "enrol_oath",
                                                                         "confirm_factor",
                                                                         "list_factors",
                                                                         "rename_factor",
                                                                         "suspend_factor",
                                                                         "resume_factor",
                                                                         "revoke_factor",
                                                                         "resynchronise_factor",
                                                                         "enrol_yubico_otp",
                                                                         "enrol_challenge_response",
                                                                         "import_tokens",
                                                                         "list_tokens",
                                                                         "assign_token",
                                                                         "claim_token",
                                                                         "discard_token",
                                                                         "add_client",
                                                                         "list_clients",
                                                                         "revoke_client",
                                                                         "enrol_out_of_band",
                                                                         "check_store",
                                                                         "get_status",
                                                                         "take_messages",
                                                                         "report_messages",
                                                                         "get_courier_status",
                                                                         "send_test_message",
                                                                         "describe_realm",
                                                                         "request_link",
                                                                         "inspect_ticket",
                                                                         "open_ticket",
                                                                         "sign_in",
                                                                         "prove_factor",
                                                                         "reauthenticate",
                                                                         "get_session",
                                                                         "list_sessions",
                                                                         "end_session",
                                                                         "issue_hand_over",
                                                                         "redeem_hand_over",
                                                                         "set_password",
                                                                         "set_question",
                                                                         "get_question",
                                                                         "answer_question",
                                                                         "make_recovery_codes",
                                                                         "issue_temporary_code",
                                                                         "remember_device",
                                                                         "show_pending_secret",
                                                                         "get_profile",
                                                                         "change_profile",
                                                                         "list_activity",
                                                                         "send_activation",
                                                                         "export_subject",
                                                                         "erase_subject",
                                                                         "explain_policy",
                                                                         "read_journal"});
static_assert(kOperationNames.size() == static_cast<std::size_t>(Operation::read_journal) + 1);

// A process on a socket, as the kernel describes it (SO_PEERCRED).
struct Peer {
  uid_t uid{};
  gid_t gid{};
  Role role{};
};

}  // namespace countersign
