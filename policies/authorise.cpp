// SPDX-License-Identifier: Apache-2.0
#include "policies/authorise.hpp"

#include <algorithm>

namespace countersign::policies {
namespace {

// The sockets on which an operation may be asked for.
struct Sockets {
  bool verify = false;
  bool provision = false;
  bool admin = false;
  bool courier = false;
  bool enroll = false;
};

// The security team's socket answers everything but what only a gateway or the courier has a use
// for; no other socket answers more than its own trade.
constexpr Sockets sockets_of(Operation operation) {
  switch (operation) {
    case Operation::verify:
      return {.verify = true, .admin = true};
    case Operation::health:
      return {.verify = true, .provision = true, .admin = true, .courier = true, .enroll = true};
    case Operation::start_challenge:
    case Operation::answer_challenge:
      return {.verify = true, .provision = true, .admin = true, .enroll = true};
    case Operation::check_client:
    case Operation::sign_for_client:
      return {.verify = true};
    case Operation::create_subject:
    case Operation::get_subject:
    case Operation::suspend_subject:
    case Operation::resume_subject:
    case Operation::suspend_factor:
    case Operation::resume_factor:
    case Operation::enrol_yubico_otp:
    case Operation::enrol_challenge_response:
    case Operation::send_activation:
    case Operation::export_subject:
    case Operation::erase_subject:
      return {.provision = true, .admin = true};
    case Operation::enrol_oath:
    case Operation::confirm_factor:
    case Operation::list_factors:
    case Operation::rename_factor:
    case Operation::revoke_factor:
    case Operation::claim_token:
    case Operation::enrol_out_of_band:
    case Operation::get_profile:
    case Operation::change_profile:
      return {.provision = true, .admin = true, .enroll = true};
    case Operation::describe_realm:
    case Operation::request_link:
    case Operation::inspect_ticket:
    case Operation::open_ticket:
    case Operation::sign_in:
    case Operation::prove_factor:
    case Operation::reauthenticate:
    case Operation::get_session:
    case Operation::list_sessions:
    case Operation::end_session:
    case Operation::issue_hand_over:
    case Operation::set_password:
    case Operation::set_question:
    case Operation::get_question:
    case Operation::answer_question:
    case Operation::make_recovery_codes:
    case Operation::remember_device:
    case Operation::show_pending_secret:
      return {.enroll = true};
    case Operation::list_activity:
      return {.admin = true, .enroll = true};
    case Operation::redeem_hand_over:
      return {.verify = true};
    case Operation::unlock_subject:
    case Operation::resynchronise_factor:
    case Operation::import_tokens:
    case Operation::list_tokens:
    case Operation::assign_token:
    case Operation::discard_token:
    case Operation::add_client:
    case Operation::list_clients:
    case Operation::revoke_client:
    case Operation::check_store:
    case Operation::get_status:
    case Operation::get_courier_status:
    case Operation::send_test_message:
    case Operation::issue_temporary_code:
    case Operation::explain_policy:
    case Operation::read_journal:
      return {.admin = true};
    case Operation::take_messages:
    case Operation::report_messages:
      return {.courier = true};
  }
  return {};
}

constexpr bool answers(Role role, Operation operation) {
  const Sockets sockets = sockets_of(operation);
  switch (role) {
    case Role::verify:
      return sockets.verify;
    case Role::provision:
      return sockets.provision;
    case Role::admin:
      return sockets.admin;
    case Role::courier:
      return sockets.courier;
    case Role::enroll:
      return sockets.enroll;
  }
  return false;
}

// A rule without a user and a group would match everybody: it matches nobody.
bool applies(const PeerRule& rule, const Peer& peer) {
  if (!rule.uid && !rule.gid) return false;
  if (rule.uid && *rule.uid != peer.uid) return false;
  if (rule.gid && *rule.gid != peer.gid) return false;
  const auto role = static_cast<std::size_t>(peer.role);
  return role < kRoleCount && rule.roles[role];
}

bool grants(const PeerRule& rule, Operation operation) {
  switch (operation) {
    case Operation::verify:
    case Operation::health:
      return true;
    case Operation::check_client:
    case Operation::sign_for_client:
      return rule.public_id_only;
    default:
      return !rule.public_id_only;
  }
}

bool grants(const PeerRule& rule, Way way) {
  return rule.public_id_only == (way == Way::by_public_id);
}

bool covers(const PeerRule& rule, std::string_view realm) {
  return rule.realms.empty() || std::ranges::find(rule.realms, realm) != rule.realms.end();
}

}  // namespace

Status admit(const Policy& policy, const Peer& peer) {
  for (const PeerRule& rule : policy.peers) {
    if (applies(rule, peer)) return {};
  }
  return Error{ErrorCode::denied, "policy.peer"};
}

Status authorise(const Policy& policy, const Peer& peer, Operation operation) {
  const bool answered = answers(peer.role, operation);
  for (const PeerRule& rule : policy.peers) {
    if (answered && applies(rule, peer) && grants(rule, operation)) return {};
  }
  return Error{ErrorCode::denied, "policy.operation"};
}

Status authorise_way(const Policy& policy, const Peer& peer, Way way) {
  for (const PeerRule& rule : policy.peers) {
    if (applies(rule, peer) && grants(rule, way)) return {};
  }
  return Error{ErrorCode::denied, "policy.way"};
}

// Rules add up, but a rule's realms open only its own sockets and its own way.
Status authorise_realm(const Policy& policy, const Peer& peer, std::string_view realm, Way way) {
  for (const PeerRule& rule : policy.peers) {
    if (applies(rule, peer) && grants(rule, way) && covers(rule, realm)) return {};
  }
  return Error{ErrorCode::denied, "policy.realm"};
}

}  // namespace countersign::policies
