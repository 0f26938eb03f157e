// SPDX-License-Identifier: Apache-2.0
// The table of what enroll.sock asks of each operation, against the documents' own.
#include "daemon/service/gate/gate_rules.hpp"

#include "policies/authorise.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign {
namespace {

using namespace std::chrono_literals;

constexpr Operation kLast = Operation::read_journal;
constexpr Peer kCompanion{.uid = 1000, .gid = 1000, .role = Role::enroll};

std::vector<Operation> all_operations() {
  std::vector<Operation> all;
  for (unsigned i = 0; i <= static_cast<unsigned>(kLast); ++i) {
    all.push_back(static_cast<Operation>(i));
  }
  return all;
}

bool is_closed(const Entrance& entrance) {
  return !entrance.without_session && entrance.scopes == 0;
}

// What the socket answers has an entrance, and nothing else has.
TEST(GateRules, OpenWhatTheSocketAnswersAndNothingElse) {
  policies::Policy policy;
  policy.peers.push_back({.name = "companion", .uid = 1000});
  policy.peers.back().roles[static_cast<std::size_t>(Role::enroll)] = true;
  for (const Operation operation : all_operations()) {
    const bool answered{policies::authorise(policy, kCompanion, operation)};
    EXPECT_EQ(!is_closed(entrance_of(operation)), answered) << static_cast<int>(operation);
  }
}

struct Row {
  Operation operation;
  // "-": nothing; else a letter for each scope that may, "p" for what comes after the password, and
  // "!" for a proof.
  const char* needs;
};

std::string written(const Entrance& entrance) {
  std::string text = entrance.without_session ? "-" : "";
  constexpr std::pair<SessionScope, char> kLetters[] = {{SessionScope::activation, 'a'},
                                                        {SessionScope::sign_in, 's'},
                                                        {SessionScope::reset, 'r'},
                                                        {SessionScope::account, 'A'}};
  for (const auto& [scope, letter] : kLetters) {
    if ((entrance.scopes & bit_of(scope)) != 0) text += letter;
  }
  if (entrance.after_password) text += 'p';
  return entrance.needs_proof ? text + "!" : text;
}

// As api/countersign.proto has it in brackets.
TEST(GateRules, AskOfEachOperationWhatItsContractSays) {
  constexpr Row kRows[] = {
      {Operation::health, "-"},
      {Operation::describe_realm, "-"},
      {Operation::request_link, "-"},
      {Operation::inspect_ticket, "-"},
      {Operation::open_ticket, "-"},
      {Operation::sign_in, "-"},
      {Operation::start_challenge, "-asAp"},
      {Operation::answer_challenge, "-asAp"},
      {Operation::get_session, "asrA"},
      {Operation::end_session, "asrA"},
      {Operation::list_factors, "asA"},
      {Operation::prove_factor, "sA"},
      {Operation::get_question, "srA"},
      {Operation::answer_question, "srA"},
      {Operation::confirm_factor, "aAp"},
      {Operation::show_pending_secret, "aA"},
      {Operation::get_profile, "aA"},
      {Operation::reauthenticate, "A"},
      {Operation::list_sessions, "A"},
      {Operation::issue_hand_over, "A"},
      {Operation::list_activity, "A"},
      {Operation::set_password, "arA!"},
      {Operation::set_question, "aA!"},
      {Operation::enrol_oath, "aAp!"},
      {Operation::enrol_out_of_band, "aAp!"},
      {Operation::claim_token, "aAp!"},
      {Operation::make_recovery_codes, "A!"},
      {Operation::remember_device, "A!"},
      {Operation::change_profile, "A!"},
      {Operation::rename_factor, "A!"},
      {Operation::revoke_factor, "A!"},
  };
  std::size_t open = 0;
  for (const Operation operation : all_operations()) {
    if (!is_closed(entrance_of(operation))) ++open;
  }
  EXPECT_EQ(open, std::size(kRows)) << "each of them stands here";
  for (const Row& row : kRows) {
    EXPECT_EQ(written(entrance_of(row.operation)), row.needs) << static_cast<int>(row.operation);
  }
}

TEST(GateRules, AllowChallengesForWhatASessionIsFor) {
  const auto allowed = [](std::optional<SessionScope> scope) {
    std::vector<Purpose> purposes;
    for (const Purpose purpose : {Purpose::sign_in, Purpose::confirmation, Purpose::reset,
                                  Purpose::unlock, Purpose::transaction, Purpose::address}) {
      if (may_be_challenged(scope, purpose)) purposes.push_back(purpose);
    }
    return purposes;
  };
  using Purposes = std::vector<Purpose>;
  EXPECT_EQ(allowed(std::nullopt), (Purposes{Purpose::reset, Purpose::unlock}));
  EXPECT_EQ(allowed(SessionScope::activation), Purposes{Purpose::confirmation});
  EXPECT_EQ(allowed(SessionScope::sign_in), Purposes{Purpose::sign_in});
  EXPECT_EQ(allowed(SessionScope::reset), Purposes{});
  EXPECT_EQ(allowed(SessionScope::account), (Purposes{Purpose::sign_in, Purpose::confirmation}));
}

class Proofs : public testing::Test {
 protected:
  // "" when nothing is missing.
  [[nodiscard]] std::string missing(Time password_at, Time factor_at,
                                    bool has_factor = true) const {
    const SessionProof proof{.password_at = password_at, .factor_at = factor_at};
    const Status status = check_proof(proof, has_factor, rules_, kNow);
    if (status) return "";
    EXPECT_EQ(status.error().code, ErrorCode::proof_required);
    return std::string{status.error().operation.view()};
  }

  static constexpr Time kNow = from_milliseconds(1'800'000'000'000);
  policies::Sessions rules_{.password_proof = 300s, .factor_proof = 600s};
};

TEST_F(Proofs, OfALaterClockAreNone) {
  EXPECT_EQ(missing(kNow + 1ms, kNow), "proof.password");
  EXPECT_EQ(missing(kNow, kNow + 1ms), "proof.factor");
}

TEST_F(Proofs, AgeToTheMillisecond) {
  EXPECT_EQ(missing(kNow - 300s, kNow), "");
  EXPECT_EQ(missing(kNow - 300s - 1ms, kNow), "proof.password");
  EXPECT_EQ(missing(kNow, kNow - 600s), "");
  EXPECT_EQ(missing(kNow, kNow - 600s - 1ms), "proof.factor");
  EXPECT_EQ(missing(kNow - 301s, kNow - 601s), "proof.both");
}

TEST_F(Proofs, ThatWereNeverGivenAreMissing) { EXPECT_EQ(missing(Time{}, Time{}), "proof.both"); }

TEST_F(Proofs, OfAFactorAreAskedOfWhoeverHasOne) {
  EXPECT_EQ(missing(kNow, Time{}, true), "proof.factor");
  EXPECT_EQ(missing(kNow, Time{}, false), "");
  EXPECT_EQ(missing(Time{}, Time{}, false), "proof.password");
}

}  // namespace
}  // namespace countersign
