// SPDX-License-Identifier: Apache-2.0
// What api/countersign.proto says an operation needs on enroll.sock is what the gate asks for.
#include "daemon/service/gate/gate_rules.hpp"
#include "tests/unit/contract_promises.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>

namespace countersign {
namespace {

struct ScopeWord {
  std::string_view word;
  SessionScope scope;
};
constexpr std::array<ScopeWord, 4> kScopes{{{"ACTIVATION", SessionScope::activation},
                                            {"SIGN_IN", SessionScope::sign_in},
                                            {"RESET", SessionScope::reset},
                                            {"ACCOUNT", SessionScope::account}}};

// What stands in brackets behind "enroll"; empty where it is not answered there.
std::string needs_in(const std::string& comment) {
  std::smatch match;
  const bool found = std::regex_search(comment, match, std::regex{R"(enroll \[([^\]]*)\])"});
  return found ? match[1].str() : "";
}

SessionScopes scopes_in(const std::string& needs) {
  SessionScopes scopes = 0;
  for (const auto& [word, scope] : kScopes) {
    if (needs == "any" || needs.find(word) != std::string::npos) scopes |= bit_of(scope);
  }
  return scopes;
}

TEST(GateContract, AsksForWhatTheContractSays) {
  const auto promised = test::promises();
  ASSERT_EQ(promised.size(), static_cast<std::size_t>(Operation::read_journal) + 1);
  for (std::size_t i = 0; i < promised.size(); ++i) {
    const std::string needs = needs_in(promised[i].comment);
    const Entrance entrance = entrance_of(static_cast<Operation>(i));
    EXPECT_EQ(entrance.without_session, needs.starts_with("nothing")) << promised[i].operation;
    EXPECT_EQ(entrance.scopes, scopes_in(needs)) << promised[i].operation;
    EXPECT_EQ(entrance.needs_proof, needs.find("ACCOUNT with a proof") != std::string::npos)
        << promised[i].operation;
    EXPECT_EQ(entrance.after_password, needs.find("after the password") != std::string::npos)
        << promised[i].operation;
  }
}

}  // namespace
}  // namespace countersign
