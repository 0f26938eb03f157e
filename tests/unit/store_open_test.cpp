// SPDX-License-Identifier: Apache-2.0
// A database that is not ours, not whole or not alone is refused, with words an administrator can
// act on.
#include "daemon/store/store_file.hpp"

#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace countersign::test {
namespace {

using store::StoreFile;
using testing::HasSubstr;
using testing::IsEmpty;

// Nothing is read-only for root: become somebody for whom it is.
class AsNobody {
 public:
  AsNobody() {
    if (is_root_ && ::seteuid(kNobody) != 0) std::abort();
  }
  AsNobody(const AsNobody&) = delete;
  AsNobody& operator=(const AsNobody&) = delete;
  ~AsNobody() {
    if (is_root_ && ::seteuid(0) != 0) std::abort();
  }

 private:
  static constexpr uid_t kNobody = 65534;
  bool is_root_ = ::geteuid() == 0;
};

class StoreOpening : public testing::Test {
 protected:
  // What open() says; empty when it succeeds.
  std::string complaint(SecretBytes key = SqliteBackend::moving_key()) {
    std::string explanation;
    const auto file = StoreFile::open(backend_.folder(), std::move(key), explanation);
    EXPECT_EQ(explanation.empty(), static_cast<bool>(file));
    return explanation;
  }
  void write(std::string_view text) { std::ofstream{backend_.file()} << text; }

  SqliteBackend backend_;
};

TEST_F(StoreOpening, MakesANewDatabaseAndOpensItAgain) {
  EXPECT_THAT(complaint(), IsEmpty());
  EXPECT_THAT(complaint(), IsEmpty());
}

TEST_F(StoreOpening, KeepsItsFilesToItself) {
  const StoreWorld world{backend_};
  for (const char* name : {"store.db", "store.db-wal", "store.db-shm", "store.lock"}) {
    struct stat about {};
    ASSERT_EQ(::stat((backend_.folder() / name).c_str(), &about), 0) << name;
    EXPECT_EQ(about.st_mode & 0777, 0600u) << name;
  }
}

// As after a crash: the copy has a log that nobody has moved into the database.
TEST_F(StoreOpening, SettlesTheLogOfTheLastRunBeforeItServes) {
  const TemporaryFolder crashed;
  {
    StoreWorld world{backend_};
    world.person_with_factor("alice");
    for (const char* name : {"store.db", "store.db-wal"}) {
      std::filesystem::copy_file(backend_.folder() / name, crashed.path() / name);
    }
  }
  ASSERT_GT(std::filesystem::file_size(crashed.path() / "store.db-wal"), 0u);
  std::string explanation;
  const auto file = StoreFile::open(crashed.path(), SqliteBackend::moving_key(), explanation);
  ASSERT_TRUE(file) << explanation;
  EXPECT_EQ(std::filesystem::file_size(crashed.path() / "store.db-wal"), 0u);
}

// It cannot settle the log then.
TEST_F(StoreOpening, RefusesWhileAnotherProcessReads) {
  (void)complaint();
  const auto reading = backend_.keep_reading();
  backend_.edit("INSERT INTO meta VALUES('note', 1)");
  EXPECT_THAT(complaint(), HasSubstr("another process is reading"));
}

TEST_F(StoreOpening, RefusesASecondDaemon) {
  const StoreWorld first{backend_};
  EXPECT_THAT(complaint(), HasSubstr("another daemon has it open"));
}

TEST_F(StoreOpening, RefusesANewerSchema) {
  (void)complaint();
  backend_.edit("UPDATE meta SET value = 2 WHERE name = 'schema'");
  EXPECT_THAT(complaint(), HasSubstr("it was written by a newer version"));
}

TEST_F(StoreOpening, RefusesADatabaseWithoutASchemaNumber) {
  (void)complaint();
  backend_.edit("DELETE FROM meta WHERE name = 'schema'");
  EXPECT_THAT(complaint(), HasSubstr("does not say which schema"));
}

TEST_F(StoreOpening, RefusesAnotherProgramsDatabase) {
  backend_.edit("CREATE TABLE cookies(host TEXT)");
  EXPECT_THAT(complaint(), HasSubstr("belongs to another program"));
}

TEST_F(StoreOpening, RefusesWhatIsNoDatabase) {
  write(std::string(8192, 'x'));
  EXPECT_THAT(complaint(), HasSubstr("not an SQLite database"));
}

TEST_F(StoreOpening, RefusesHalfADatabase) {
  (void)complaint();
  std::filesystem::resize_file(backend_.file(), 4096);
  EXPECT_NE(complaint(), "");
}

// A trigger would run in our name at every commit.
TEST_F(StoreOpening, RefusesASchemaWithATriggerInIt) {
  (void)complaint();
  backend_.edit(
      "CREATE TRIGGER t AFTER UPDATE ON motion BEGIN "
      "UPDATE motion SET position = 0 WHERE factor = new.factor; END");
  EXPECT_THAT(complaint(), HasSubstr("have been altered"));
}

TEST_F(StoreOpening, RefusesAnAlteredTable) {
  (void)complaint();
  backend_.edit("DROP INDEX subject_name");
  EXPECT_THAT(complaint(), HasSubstr("have been altered"));
}

TEST_F(StoreOpening, RefusesAnotherHsmsKey) {
  (void)complaint();
  EXPECT_THAT(complaint(SecretBytes{StoreFile::kMovingKeyBytes}), HasSubstr("right token"));
}

TEST_F(StoreOpening, RefusesAFolderThatIsNotThere) {
  std::string explanation;
  EXPECT_THAT(StoreFile::open(backend_.folder() / "none", SqliteBackend::moving_key(), explanation),
              FailsWith(ErrorCode::unavailable));
  EXPECT_THAT(explanation, HasSubstr("No such file"));
}

TEST_F(StoreOpening, RefusesASymbolicLink) {
  std::filesystem::create_symlink("/dev/null", backend_.file());
  EXPECT_THAT(complaint(), HasSubstr("store.db"));
}

TEST_F(StoreOpening, RefusesAReadOnlyFolder) {
  ASSERT_EQ(::chmod(backend_.folder().c_str(), 0555), 0);
  {
    const AsNobody nobody;
    EXPECT_THAT(complaint(), HasSubstr("Permission denied"));
  }
  ASSERT_EQ(::chmod(backend_.folder().c_str(), 0700), 0);
}

TEST_F(StoreOpening, RefusesADatabaseThatMayOnlyBeRead) {
  (void)complaint();
  ASSERT_EQ(::chmod(backend_.folder().c_str(), 0777), 0);
  ASSERT_EQ(::chmod(backend_.file().c_str(), 0444), 0);
  ASSERT_EQ(::chmod((backend_.folder() / "store.lock").c_str(), 0666), 0);
  const AsNobody nobody;
  EXPECT_THAT(complaint(), HasSubstr("Permission denied"));
}

TEST_F(StoreOpening, KeepsDecoysAndRefusesForgedOnes) {
  std::string explanation;
  {
    auto file = StoreFile::open(backend_.folder(), SqliteBackend::moving_key(), explanation);
    ASSERT_TRUE(file && !file->has_decoys());
    ASSERT_THAT(
        file->keep_decoys(
            {{Bytes(40, std::byte{1})}, {Bytes(60, std::byte{2})}, {Bytes(63, std::byte{3})}}),
        Succeeds());
  }
  {
    const auto file = StoreFile::open(backend_.folder(), SqliteBackend::moving_key(), explanation);
    ASSERT_TRUE(file && file->has_decoys());
  }
  backend_.edit("UPDATE meta SET value = zeroblob(99) WHERE name = 'decoys'");
  const auto file = StoreFile::open(backend_.folder(), SqliteBackend::moving_key(), explanation);
  EXPECT_TRUE(file && !file->has_decoys());
}

}  // namespace
}  // namespace countersign::test
