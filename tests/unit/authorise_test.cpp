// SPDX-License-Identifier: Apache-2.0
// Every socket answers its own trade and nothing else, to its own peers and nobody else.
#include "policies/authorise.hpp"

#include "tests/support/failure.hpp"

#include <gtest/gtest.h>

#include <set>

namespace countersign::policies {
namespace {

using test::failure;

constexpr auto kOperationLast = Operation::read_journal;
constexpr std::array kRoles{Role::verify, Role::provision, Role::admin, Role::courier,
                            Role::enroll};
constexpr std::array<bool, kRoleCount> kEverySocket{true, true, true, true, true};

PeerRule gateway(uid_t uid, std::vector<std::string> realms = {}) {
  return {.name = "gateway",
          .uid = uid,
          .roles = {true, false, false},
          .realms = std::move(realms),
          .public_id_only = true};
}

PeerRule rule(std::optional<uid_t> uid, std::optional<gid_t> gid,
              std::array<bool, kRoleCount> roles, std::vector<std::string> realms = {}) {
  return {.name = "rule", .uid = uid, .gid = gid, .roles = roles, .realms = std::move(realms)};
}

Policy policy(std::vector<PeerRule> rules) {
  Policy made;
  made.peers = std::move(rules);
  return made;
}

std::set<Operation> answered(Role role) {
  const Policy everything = policy({rule(1000, std::nullopt, kEverySocket)});
  std::set<Operation> operations;
  for (int i = 0; i <= static_cast<int>(kOperationLast); ++i) {
    const auto operation = static_cast<Operation>(i);
    if (authorise(everything, {1000, 1000, role}, operation)) operations.insert(operation);
  }
  return operations;
}

TEST(Authorise, VerifySocketAnswersVerifications) {
  EXPECT_EQ(answered(Role::verify),
            (std::set{Operation::verify, Operation::health, Operation::start_challenge,
                      Operation::answer_challenge, Operation::redeem_hand_over}));
}

TEST(Authorise, ProvisionSocketLooksAfterSubjectsAndFactors) {
  EXPECT_EQ(answered(Role::provision),
            (std::set{Operation::health,           Operation::start_challenge,
                      Operation::answer_challenge, Operation::create_subject,
                      Operation::get_subject,      Operation::suspend_subject,
                      Operation::resume_subject,   Operation::enrol_oath,
                      Operation::confirm_factor,   Operation::list_factors,
                      Operation::rename_factor,    Operation::suspend_factor,
                      Operation::resume_factor,    Operation::revoke_factor,
                      Operation::enrol_yubico_otp, Operation::enrol_challenge_response,
                      Operation::claim_token,      Operation::enrol_out_of_band,
                      Operation::get_profile,      Operation::change_profile,
                      Operation::send_activation,  Operation::export_subject,
                      Operation::erase_subject}));
}

TEST(Authorise, AdminSocketAnswersEverythingButWhatIsForGatewaysTheCourierAndPeople) {
  std::set<Operation> others;
  const auto operations = answered(Role::admin);
  for (int i = 0; i <= static_cast<int>(kOperationLast); ++i) {
    const auto operation = static_cast<Operation>(i);
    if (!operations.contains(operation)) others.insert(operation);
  }
  EXPECT_EQ(
      others,
      (std::set{
          Operation::check_client,    Operation::sign_for_client,    Operation::take_messages,
          Operation::report_messages, Operation::redeem_hand_over,   Operation::describe_realm,
          Operation::request_link,    Operation::inspect_ticket,     Operation::open_ticket,
          Operation::sign_in,         Operation::prove_factor,       Operation::reauthenticate,
          Operation::get_session,     Operation::list_sessions,      Operation::end_session,
          Operation::issue_hand_over, Operation::set_password,       Operation::set_question,
          Operation::get_question,    Operation::answer_question,    Operation::make_recovery_codes,
          Operation::remember_device, Operation::show_pending_secret}));
}

TEST(Authorise, NobodyButItsOwnerTouchesAnAccountOnTheEnrollSocket) {
  const auto operations = answered(Role::enroll);
  for (const Operation operation :
       {Operation::verify, Operation::create_subject, Operation::get_subject,
        Operation::suspend_subject, Operation::unlock_subject, Operation::suspend_factor,
        Operation::resume_factor, Operation::enrol_yubico_otp, Operation::issue_temporary_code,
        Operation::export_subject, Operation::erase_subject, Operation::redeem_hand_over,
        Operation::read_journal, Operation::explain_policy, Operation::take_messages}) {
    EXPECT_FALSE(operations.contains(operation)) << static_cast<int>(operation);
  }
  for (const Operation operation :
       {Operation::sign_in, Operation::set_password, Operation::enrol_oath,
        Operation::enrol_out_of_band, Operation::start_challenge, Operation::get_profile}) {
    EXPECT_TRUE(operations.contains(operation)) << static_cast<int>(operation);
  }
}

TEST(Authorise, CourierSocketHandsOutMessagesAndNothingElse) {
  EXPECT_EQ(answered(Role::courier),
            (std::set{Operation::health, Operation::take_messages, Operation::report_messages}));
}

TEST(Authorise, AGatewayVerifiesAsksForItsClientsAndNothingElse) {
  const Policy one = policy({gateway(1000)});
  const std::set allowed{Operation::verify, Operation::health, Operation::check_client,
                         Operation::sign_for_client};
  for (int i = 0; i <= static_cast<int>(kOperationLast); ++i) {
    const auto operation = static_cast<Operation>(i);
    const bool may = !failure(authorise(one, {1000, 1000, Role::verify}, operation));
    EXPECT_EQ(may, allowed.contains(operation)) << i;
    EXPECT_TRUE(failure(authorise(one, {1000, 1000, Role::admin}, operation))) << i;
  }
}

TEST(Authorise, AGatewayNamesNobodyAndEverybodyElseNamesSomebody) {
  const Policy two = policy({gateway(1000, {"shop"}), rule(1001, std::nullopt, kEverySocket)});
  const Peer door{1000, 1, Role::verify};
  const Peer portal{1001, 1, Role::verify};
  EXPECT_FALSE(failure(authorise_way(two, door, Way::by_public_id)));
  EXPECT_EQ(failure(authorise_way(two, door, Way::by_name)), ErrorCode::denied);
  EXPECT_FALSE(failure(authorise_way(two, portal, Way::by_name)));
  EXPECT_EQ(failure(authorise_way(two, portal, Way::by_public_id)), ErrorCode::denied);
  EXPECT_FALSE(failure(authorise_realm(two, door, "shop", Way::by_public_id)));
  EXPECT_EQ(failure(authorise_realm(two, door, "bank", Way::by_public_id)), ErrorCode::denied);
  EXPECT_EQ(failure(authorise_realm(two, door, "shop")), ErrorCode::denied);
  EXPECT_EQ(failure(authorise_realm(two, portal, "shop", Way::by_public_id)), ErrorCode::denied);
}

TEST(Authorise, RefusesWhatItDoesNotKnow) {
  const Policy everything = policy({rule(1000, std::nullopt, kEverySocket)});
  EXPECT_EQ(failure(authorise(everything, {1000, 1000, Role::admin}, static_cast<Operation>(200))),
            ErrorCode::denied);
  EXPECT_EQ(failure(authorise(everything, {1000, 1000, static_cast<Role>(kRoleCount)},
                              Operation::health)),
            ErrorCode::denied);
  EXPECT_EQ(failure(admit(everything, {1000, 1000, static_cast<Role>(kRoleCount)})),
            ErrorCode::denied);
}

TEST(Authorise, AStrangerGetsNowhere) {
  const Policy one = policy({rule(1000, std::nullopt, kEverySocket)});
  for (const Role role : kRoles) {
    EXPECT_EQ(failure(admit(one, {1001, 1000, role})), ErrorCode::denied);
    EXPECT_EQ(failure(authorise(one, {1001, 1000, role}, Operation::health)), ErrorCode::denied);
    EXPECT_EQ(failure(authorise_realm(one, {1001, 1000, role}, "default")), ErrorCode::denied);
  }
  // Not even root, where the policy does not name it.
  EXPECT_EQ(failure(admit(one, {0, 0, Role::admin})), ErrorCode::denied);
  EXPECT_EQ(failure(admit(policy({}), {0, 0, Role::admin})), ErrorCode::denied);
}

TEST(Authorise, APeerGetsOnlyItsOwnSockets) {
  const Policy portal = policy({rule(1000, std::nullopt, {true, false, false})});
  EXPECT_FALSE(failure(admit(portal, {1000, 5, Role::verify})));
  EXPECT_EQ(failure(admit(portal, {1000, 5, Role::provision})), ErrorCode::denied);
  EXPECT_EQ(failure(authorise(portal, {1000, 5, Role::admin}, Operation::verify)),
            ErrorCode::denied);
}

TEST(Authorise, UserAndGroupMustBothMatch) {
  const Policy both = policy({rule(1000, 2000, {true, false, false})});
  EXPECT_FALSE(failure(admit(both, {1000, 2000, Role::verify})));
  EXPECT_EQ(failure(admit(both, {1000, 2001, Role::verify})), ErrorCode::denied);
  EXPECT_EQ(failure(admit(both, {1001, 2000, Role::verify})), ErrorCode::denied);
  const Policy group = policy({rule(std::nullopt, 2000, {true, false, false})});
  EXPECT_FALSE(failure(admit(group, {77, 2000, Role::verify})));
}

TEST(Authorise, ARuleThatNamesNobodyMatchesNobody) {
  const Policy nobody = policy({rule(std::nullopt, std::nullopt, kEverySocket)});
  EXPECT_EQ(failure(admit(nobody, {0, 0, Role::verify})), ErrorCode::denied);
}

TEST(Authorise, RealmsBelongToTheRuleThatNamesThem) {
  const Policy two = policy({rule(1000, std::nullopt, {true, false, false}, {"shop", "bank"}),
                             rule(1000, std::nullopt, {false, true, false}, {"shop"}),
                             rule(1001, std::nullopt, {true, false, false})});
  EXPECT_FALSE(failure(authorise_realm(two, {1000, 1, Role::verify}, "bank")));
  EXPECT_EQ(failure(authorise_realm(two, {1000, 1, Role::verify}, "other")), ErrorCode::denied);
  EXPECT_EQ(failure(authorise_realm(two, {1000, 1, Role::verify}, "")), ErrorCode::denied);
  EXPECT_FALSE(failure(authorise_realm(two, {1000, 1, Role::provision}, "shop")));
  EXPECT_EQ(failure(authorise_realm(two, {1000, 1, Role::provision}, "bank")), ErrorCode::denied);
  EXPECT_FALSE(failure(authorise_realm(two, {1001, 1, Role::verify}, "any")));
}

}  // namespace
}  // namespace countersign::policies
