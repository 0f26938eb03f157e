// SPDX-License-Identifier: Apache-2.0
// What api/countersign.proto says of where each operation is answered is what is decided.
#include "policies/authorise.hpp"
#include "tests/unit/contract_promises.hpp"

#include <gtest/gtest.h>

#include <set>

namespace countersign::policies {
namespace {

constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::read_journal) + 1;

// "on verify, enroll [ACCOUNT with a proof] -> Verdict": verify and enroll.
std::set<std::string> sockets_in(std::string comment) {
  comment = comment.substr(0, comment.find("->"));
  comment = std::regex_replace(comment, std::regex{R"(^on |\[[^\]]*\])"}, "");
  std::set<std::string> sockets;
  const std::regex word{R"([a-z]+)"};
  for (std::sregex_iterator at{comment.begin(), comment.end(), word}, end; at != end; ++at) {
    sockets.insert(at->str());
  }
  return sockets;
}

std::set<std::string> answering(Operation operation) {
  Policy everything;
  everything.peers = {{.name = "all", .uid = 1000, .roles = {true, true, true, true, true}},
                      {.name = "gateway", .uid = 1000, .roles = {true}, .public_id_only = true}};
  std::set<std::string> sockets;
  for (std::size_t role = 0; role < kRoleCount; ++role) {
    const Peer peer{1000, 1000, static_cast<Role>(role)};
    if (authorise(everything, peer, operation)) sockets.emplace(kRoleNames[role]);
  }
  return sockets;
}

TEST(AuthoriseContract, AnswersWhereTheContractSays) {
  const auto promised = test::promises();
  ASSERT_EQ(promised.size(), kOperations);
  for (std::size_t i = 0; i < kOperations; ++i) {
    EXPECT_EQ(answering(static_cast<Operation>(i)), sockets_in(promised[i].comment))
        << promised[i].operation;
  }
}

}  // namespace
}  // namespace countersign::policies
