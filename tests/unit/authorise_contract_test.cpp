// SPDX-License-Identifier: Apache-2.0
// What api/countersign.proto says of where each operation is answered is what is decided.
#include "policies/authorise.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace countersign::policies {
namespace {

constexpr std::size_t kOperations = static_cast<std::size_t>(Operation::read_journal) + 1;

struct Promise {
  std::string operation;
  std::set<std::string> sockets;
};

// "verify, admin, enroll [ACCOUNT with a proof] -> Verdict": without what stands in brackets, and
// behind the arrow.
std::set<std::string> sockets_in(std::string comment) {
  comment = comment.substr(0, comment.find("->"));
  comment = std::regex_replace(comment, std::regex{R"(\[[^\]]*\])"}, "");
  std::set<std::string> sockets;
  const std::regex word{R"([a-z]+)"};
  for (std::sregex_iterator at{comment.begin(), comment.end(), word}, end; at != end; ++at) {
    sockets.insert(at->str());
  }
  return sockets;
}

// The operations in the order of the contract, each with the comment above it.
std::vector<Promise> promises() {
  std::ifstream contract{CS_CONTRACT};
  const std::regex comment{R"(^    // (?:on )?(.*)$)"};
  const std::regex member{R"(^    \w+ (\w+) = \d+;$)"};
  std::vector<Promise> found;
  std::string line;
  while (std::getline(contract, line) && line != "  oneof operation {") {
  }
  std::string above;
  while (std::getline(contract, line) && line != "  }") {
    std::smatch match;
    if (std::regex_match(line, match, comment)) above += match[1].str() + " ";
    if (!std::regex_match(line, match, member)) continue;
    found.push_back({match[1].str(), sockets_in(std::exchange(above, {}))});
  }
  return found;
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
  const auto promised = promises();
  ASSERT_EQ(promised.size(), kOperations);
  for (std::size_t i = 0; i < kOperations; ++i) {
    EXPECT_EQ(answering(static_cast<Operation>(i)), promised[i].sockets) << promised[i].operation;
  }
}

}  // namespace
}  // namespace countersign::policies
