// SPDX-License-Identifier: Apache-2.0
// What api/countersign.proto says above each operation: where it is answered, and to whom.
#pragma once

#include <fstream>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace countersign::test {

struct Promise {
  std::string operation;  // "sign_in"
  std::string comment;    // "on verify, enroll [ACCOUNT with a proof] -> Verdict; BUSY "
};

// In the order of the contract, which is that of the enum Operation.
inline std::vector<Promise> promises() {
  std::ifstream contract{CS_CONTRACT};
  const std::regex comment{R"(^    // (.*)$)"};
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
    found.push_back({match[1].str(), std::exchange(above, {})});
  }
  return found;
}

}  // namespace countersign::test
