// SPDX-License-Identifier: Apache-2.0
// The whole service in the World, with all its peers, and what its courier delivers.
#pragma once

#include "daemon/service/service.hpp"
#include "tests/support/world.hpp"

#include <string>
#include <vector>

namespace countersign::model {

inline constexpr std::string_view kStaff = "staff";

struct Letter {
  std::string to;
  MessageKind kind{};
  std::string code;
  std::string link;  // the ticket in it; here and below empty where there is none
  std::string not_me;
};

class Stage {
 public:
  // Who asks: somebody for every realm, or for the staff's alone.
  static constexpr uid_t kEverywhere = 1000;
  static constexpr uid_t kStaffOnly = 1002;

  Stage();

  Result<Answer> ask(Ask ask, Role role, const std::string& session = {}, uid_t uid = kEverywhere);
  // What was sent since the last time.
  std::vector<Letter> letters();

  test::World world;

 private:
  Service service_;
  int next_request_ = 1;
};

[[nodiscard]] std::string text_of(const SecretBytes& secret);
[[nodiscard]] SecretBytes secret_of(std::string_view text);

}  // namespace countersign::model
