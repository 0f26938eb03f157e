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
enum class Role : std::uint8_t { verify, provision, admin, courier };
inline constexpr std::size_t kRoleCount = 4;
// As policy files and sockets' names have them.
inline constexpr std::array<std::string_view, kRoleCount> kRoleNames{"verify", "provision", "admin",
                                                                     "courier"};

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
};

// A process on a socket, as the kernel describes it (SO_PEERCRED).
struct Peer {
  uid_t uid{};
  gid_t gid{};
  Role role{};
};

}  // namespace countersign
