// SPDX-License-Identifier: Apache-2.0
// Ten thousand random walks through the lives of accounts: no step out of order, across sessions
// or subjects, ever succeeds, and every one that is in order does.
//
// CS_WALKS is how many there are in all, CS_WALK_SEED the first one's seed. Of a walk that failed,
// the seed that was printed and CS_WALKS=1 repeat it. CS_WALK_COUNTS=1 prints how often each
// operation succeeded and was refused.
#include "tests/model/walk.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>

namespace countersign::model {
namespace {

constexpr std::uint64_t kShards = 10;
constexpr int kSteps = 80;
constexpr std::uint64_t kFirstSeed = 1;
// Every operation has to have succeeded so often in a thousand walks, and been refused.
constexpr std::uint64_t kOftenPerThousand = 20;
constexpr std::uint64_t kEnoughToCount = 500;

std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string story_of(const Walk& walk) {
  std::string story;
  for (const std::string& line : walk.story()) story += line + "\n";
  return story;
}

// A courier that comes and goes is logged each time, in every walk.
class WithoutLog {
 public:
  WithoutLog() : kept_{::dup(STDERR_FILENO)} {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
  }
  WithoutLog(const WithoutLog&) = delete;
  WithoutLog& operator=(const WithoutLog&) = delete;
  ~WithoutLog() {
    ::dup2(kept_, STDERR_FILENO);
    ::close(kept_);
  }

 private:
  int kept_;
};

class AccountWalks : public testing::TestWithParam<std::uint64_t> {
 protected:
  void count(const Walk& walk) {
    for (const auto& [name, times] : walk.successes()) successes_[name] += times;
    for (const auto& [name, times] : walk.refusals()) refusals_[name] += times;
  }
  // So that nobody passes by refusing everything, nor by never being asked what is forbidden.
  void expect_all_of_them_often(std::uint64_t walks) {
    const std::uint64_t least = walks * kOftenPerThousand / 1000;
    for (const std::string& name : Walk::names()) {
      EXPECT_GE(successes_[name], least) << name;
      if (!Walk::can_be_refused(name)) continue;
      EXPECT_GE(refusals_[name], least) << name;
    }
  }
  void print_counts() {
    for (const std::string& name : Walk::names()) {
      std::cout << name << " " << successes_[name] << " " << refusals_[name] << "\n";
    }
  }

 private:
  Walk::Counts successes_;
  Walk::Counts refusals_;
};

TEST_P(AccountWalks, GoAsTheModelSays) {
  const std::uint64_t walks = setting("CS_WALKS", CS_WALKS_IN_ALL);
  const std::uint64_t each = (walks + kShards - 1) / kShards;
  const std::uint64_t first = setting("CS_WALK_SEED", kFirstSeed);
  const std::uint64_t begin = std::min(each * GetParam(), walks);
  const std::uint64_t end = std::min(begin + each, walks);
  const WithoutLog quiet;
  for (std::uint64_t i = begin; i < end; ++i) {
    Walk walk{first + i};
    const std::string& failure = walk.go(kSteps);
    ASSERT_EQ(failure, "") << "CS_WALKS=1 CS_WALK_SEED=" << first + i << "\n" << story_of(walk);
    count(walk);
  }
  if (end - begin >= kEnoughToCount) expect_all_of_them_often(end - begin);
  if (std::getenv("CS_WALK_COUNTS") != nullptr) print_counts();
}

INSTANTIATE_TEST_SUITE_P(Seeded, AccountWalks, testing::Range(std::uint64_t{0}, kShards));

}  // namespace
}  // namespace countersign::model
