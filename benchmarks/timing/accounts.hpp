// SPDX-License-Identifier: Apache-2.0
// The accounts whose names are compared with those of nobody: people, who have a password, an
// address and a token, and guests, whose account is to be activated yet.
#pragma once

#include "benchmarks/timing/letters.hpp"
#include "clients/cpp/countersign_client.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace countersign::bench {

inline constexpr const char* kPeoplesPassword = "Correct-Horse-42-Battery";

enum class Who : std::uint8_t { person, guest, nobody };

// All of one form and length, and no order in them: where a name lies in an index says nothing of
// whose it is.
[[nodiscard]] std::string name_of(Who who, std::size_t index);

class Accounts {
 public:
  Accounts(std::string run_directory, Letters& letters)
      : run_directory_{std::move(run_directory)}, letters_{letters} {}

  // Both fail with `unavailable` or `denied` when the daemon refuses a step. The people's tokens
  // have the first secret of population/oath.hpp, and their first code is used.
  Status make_people(std::size_t count);
  Status make_guests(std::size_t count);

 private:
  using Make = std::function<Result<v1::Request>(std::size_t)>;
  using Took = std::function<Status(std::size_t, const v1::Reply&)>;
  // One question each, of so many at once.
  Status ask_for_each(const std::string& socket, std::size_t count, const Make& make,
                      const Took& took);
  Status add_tokens(std::size_t count);
  Status set_passwords(std::size_t count);

  std::string run_directory_;
  Letters& letters_;
};

}  // namespace countersign::bench
