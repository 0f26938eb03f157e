// SPDX-License-Identifier: Apache-2.0
#include "policies/authorise.hpp"

#include <algorithm>
#include <array>

namespace countersign::policies {
namespace {

// A bit for each socket.
using Sockets = std::uint8_t;
static_assert(kRoleCount <= 8);

template <class... Roles>
constexpr Sockets on(Roles... roles) {
  return static_cast<Sockets>(((1U << static_cast<unsigned>(roles)) | ...));
}

struct Row {
  Operation operation{};
  Sockets sockets = 0;
};

// The sockets on which an operation may be asked for. The security team's socket answers everything
// but what only a gateway, the courier or a person has a use for; no other socket answers more than
// its own trade.
constexpr auto kRows = std::to_array<Row>({
    {Operation::verify, on(Role::verify, Role::admin)},
    {Operation::health,
     on(Role::verify, Role::provision, Role::admin, Role::courier, Role::enroll)},
    {Operation::check_client, on(Role::verify)},
    {Operation::sign_for_client, on(Role::verify)},
    {Operation::start_challenge, on(Role::verify, Role::provision, Role::admin, Role::enroll)},
    {Operation::answer_challenge, on(Role::verify, Role::provision, Role::admin, Role::enroll)},
    {Operation::create_subject, on(Role::provision, Role::admin)},
    {Operation::get_subject, on(Role::provision, Role::admin)},
    {Operation::suspend_subject, on(Role::provision, Role::admin)},
    {Operation::resume_subject, on(Role::provision, Role::admin)},
    {Operation::unlock_subject, on(Role::admin)},
    {Operation::enrol_oath, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::confirm_factor, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::list_factors, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::rename_factor, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::suspend_factor, on(Role::provision, Role::admin)},
    {Operation::resume_factor, on(Role::provision, Role::admin)},
    {Operation::revoke_factor, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::resynchronise_factor, on(Role::admin)},
    {Operation::enrol_yubico_otp, on(Role::provision, Role::admin)},
    {Operation::enrol_challenge_response, on(Role::provision, Role::admin)},
    {Operation::import_tokens, on(Role::admin)},
    {Operation::list_tokens, on(Role::admin)},
    {Operation::assign_token, on(Role::admin)},
    {Operation::claim_token, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::discard_token, on(Role::admin)},
    {Operation::add_client, on(Role::admin)},
    {Operation::list_clients, on(Role::admin)},
    {Operation::revoke_client, on(Role::admin)},
    {Operation::enrol_out_of_band, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::check_store, on(Role::admin)},
    {Operation::get_status, on(Role::admin)},
    {Operation::take_messages, on(Role::courier)},
    {Operation::report_messages, on(Role::courier)},
    {Operation::get_courier_status, on(Role::admin)},
    {Operation::send_test_message, on(Role::admin)},
    {Operation::describe_realm, on(Role::enroll)},
    {Operation::request_link, on(Role::enroll)},
    {Operation::inspect_ticket, on(Role::enroll)},
    {Operation::open_ticket, on(Role::enroll)},
    {Operation::sign_in, on(Role::enroll)},
    {Operation::prove_factor, on(Role::enroll)},
    {Operation::reauthenticate, on(Role::enroll)},
    {Operation::get_session, on(Role::enroll)},
    {Operation::list_sessions, on(Role::enroll)},
    {Operation::end_session, on(Role::enroll)},
    {Operation::issue_hand_over, on(Role::enroll)},
    {Operation::redeem_hand_over, on(Role::verify)},
    {Operation::set_password, on(Role::enroll)},
    {Operation::set_question, on(Role::enroll)},
    {Operation::get_question, on(Role::enroll)},
    {Operation::answer_question, on(Role::enroll)},
    {Operation::make_recovery_codes, on(Role::enroll)},
    {Operation::issue_temporary_code, on(Role::admin)},
    {Operation::remember_device, on(Role::enroll)},
    {Operation::show_pending_secret, on(Role::enroll)},
    {Operation::get_profile, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::change_profile, on(Role::provision, Role::admin, Role::enroll)},
    {Operation::list_activity, on(Role::admin, Role::enroll)},
    {Operation::send_activation, on(Role::provision, Role::admin)},
    {Operation::export_subject, on(Role::provision, Role::admin)},
    {Operation::erase_subject, on(Role::provision, Role::admin)},
    {Operation::explain_policy, on(Role::admin)},
    {Operation::read_journal, on(Role::admin)},
});

constexpr bool is_in_order() {
  for (std::size_t i = 0; i < kRows.size(); ++i) {
    if (static_cast<std::size_t>(kRows[i].operation) != i) return false;
  }
  return true;
}
static_assert(is_in_order());

constexpr bool answers(Role role, Operation operation) {
  const auto row = static_cast<std::size_t>(operation);
  const bool known = row < kRows.size() && static_cast<std::size_t>(role) < kRoleCount;
  return known && (kRows[row].sockets & on(role)) != 0;
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
