// SPDX-License-Identifier: Apache-2.0
// A disk that takes no more: nothing is accepted, nothing is half done, and it mends itself.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>

namespace countersign::test {
namespace {

// No file of this process may grow beyond `bytes` while it lives.
class FileLimit {
 public:
  explicit FileLimit(std::uintmax_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;
  ~FileLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

class StoreDisk : public testing::Test {
 protected:
  // As the service does: a conflict means to begin again from the subject as it stands.
  Status accept(std::int64_t position) {
    for (int tries = 0;; ++tries) {
      const SubjectPtr alice = world_.load("alice");
      const Status status = world_.commit(alice, world_.accepted(*alice, position));
      if (status || status.error().code != ErrorCode::conflict || tries == 3) return status;
    }
  }
  [[nodiscard]] std::uintmax_t wal_bytes() const {
    return std::filesystem::file_size(backend_.folder() / "store.db-wal");
  }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

TEST_F(StoreDisk, RefusesWhileItIsFullAndRecoversByItself) {
  world_.person_with_factor("alice");
  ASSERT_THAT(accept(57), Succeeds());
  {
    const FileLimit full{wal_bytes()};
    for (int i = 0; i < 5; ++i) EXPECT_THAT(accept(58), FailsWith(ErrorCode::unavailable));
    EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{57});
  }
  EXPECT_THAT(accept(58), Succeeds());
  world_.open();
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{58});
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

// Some may still fit, where the log begins anew; what was refused has left nothing.
TEST_F(StoreDisk, LeavesNothingOfABatchThatCannotBeWritten) {
  std::vector<SubjectPtr> people;
  for (int i = 0; i < 50; ++i) {
    people.push_back(world_.person_with_factor("person" + std::to_string(i)));
  }
  std::vector<Attempt> attempts;
  for (const SubjectPtr& one : people) attempts.push_back(world_.accepted(*one, 57));
  std::uint64_t records = world_.journal_records();
  {
    const FileLimit full{wal_bytes()};
    std::vector<awaitable<Status>> tasks;
    for (std::size_t i = 0; i < people.size(); ++i) {
      tasks.push_back(world_.store->commit(people[i], attempts[i]));
    }
    const auto outcomes = world_.run_all(std::move(tasks));
    EXPECT_THAT(outcomes, testing::Contains(FailsWith(ErrorCode::unavailable)));
    for (const Status& status : outcomes) records += status ? 1 : 0;
  }
  world_.open();
  EXPECT_EQ(world_.journal_records(), records);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

// What was asked before the end is durable, although nobody hears of it any more.
TEST_F(StoreDisk, ClosingFinishesWhatWasBegun) {
  const SubjectPtr alice = world_.person_with_factor("alice");
  ASSERT_THAT(world_.commit(alice, world_.accepted(*alice, 57)), Succeeds());
  world_.close();
  world_.open();
  EXPECT_EQ(world_.load("alice")->factors[0].motion.position, Position{57});
}

}  // namespace
}  // namespace countersign::test
