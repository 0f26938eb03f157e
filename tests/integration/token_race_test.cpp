// SPDX-License-Identifier: Apache-2.0
// Two imports of the same tokens at the same moment, as when one that was broken off is begun again
// while its last rows are still under way: every token is taken in once, and nobody is refused.
#include "tests/support/appliance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace countersign::test {
namespace {

constexpr std::uint64_t kRounds = 50;
constexpr std::uint64_t kRows = 200;

v1::TokenSecret key(std::uint64_t number) {
  static constexpr std::string_view kModhex = "cbdefghijklnrtuv";
  v1::TokenSecret token;
  token.set_kind(v1::YUBICO_OTP);
  token.set_serial(std::to_string(number));
  token.set_secret(std::string(16, 'k'));
  token.set_private_id("abcdef");
  std::string public_id(12, 'c');
  for (std::size_t i = public_id.size(); i-- > 0; number /= 16) public_id[i] = kModhex[number % 16];
  token.set_public_id(public_id);
  return token;
}

v1::Request import_of(std::uint64_t first, bool backwards) {
  std::vector<std::uint64_t> numbers(kRows);
  for (std::uint64_t i = 0; i < kRows; ++i) numbers[i] = first + i;
  if (backwards) std::ranges::reverse(numbers);
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  for (const std::uint64_t number : numbers) {
    *request.mutable_import_tokens()->add_tokens() = key(number);
  }
  return request;
}

class TokenRace : public testing::Test {
 protected:
  // What each was told, both having been sent before either was answered.
  std::vector<v1::ImportReport> race(const std::vector<v1::Request>& requests) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
      EXPECT_TRUE(admins[i].send(requests[i]));
      EXPECT_TRUE(admins[i].flush());
    }
    std::vector<v1::ImportReport> reports;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      v1::Reply reply;
      EXPECT_TRUE(admins[i].receive(reply));
      EXPECT_TRUE(reply.has_import_report()) << reply.ShortDebugString();
      reports.push_back(reply.import_report());
    }
    return reports;
  }

  Appliance node;
  std::vector<client::Client> admins = [this] {
    std::vector<client::Client> two;
    two.push_back(node.admin_client());
    two.push_back(node.admin_client());
    return two;
  }();
};

TEST_F(TokenRace, OfTwoImportsOfTheSameTokensEachTokenIsOnes) {
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const v1::Request request = import_of(round * kRows, false);
    const auto reports = race({request, request});
    for (int i = 0; i < static_cast<int>(kRows); ++i) {
      const std::vector outcomes{reports[0].outcomes(i), reports[1].outcomes(i)};
      ASSERT_THAT(outcomes, testing::UnorderedElementsAre(v1::IMPORTED, v1::KNOWN_ALREADY)) << i;
    }
  }
  EXPECT_THAT(node.check_store(), testing::IsEmpty());
}

// Half of each is the other's too.
TEST_F(TokenRace, ImportsThatOverlapLoseNothing) {
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    const std::uint64_t first = round * 2 * kRows;
    const auto reports =
        race({import_of(first, false), import_of(first + kRows / 2, round % 2 != 0)});
    std::uint64_t imported = 0;
    for (const v1::ImportReport& report : reports) {
      ASSERT_EQ(static_cast<std::uint64_t>(report.outcomes_size()), kRows);
      imported += static_cast<std::uint64_t>(std::ranges::count(report.outcomes(), v1::IMPORTED));
    }
    ASSERT_EQ(imported, kRows + kRows / 2);
  }
  EXPECT_THAT(node.check_store(), testing::IsEmpty());
}

}  // namespace
}  // namespace countersign::test
