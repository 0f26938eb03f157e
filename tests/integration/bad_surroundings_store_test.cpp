// SPDX-License-Identifier: Apache-2.0
// A database that cannot be written, has no room, is newer, or is somebody else's: refused without
// touching it, and as before once it is mended.
#include "tests/integration/surroundings.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace countersign::test {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class BadSurroundingsStore : public testing::Test {
 protected:
  void stop() {
    appliance_.stop_daemon();
    // Stopped cleanly, a store is one file that can be copied.
    EXPECT_FALSE(fs::exists(appliance_.database() + "-wal"));
    before_ = file_text(appliance_.database());
  }
  void expect_refusal(const std::string& why) {
    const Ended ended = run_daemon(appliance_);
    EXPECT_EQ(ended.status, kExitFailed) << ended.log;
    EXPECT_THAT(ended.log, HasSubstr("store.unusable"));
    EXPECT_THAT(ended.log, HasSubstr(why));
  }
  void expect_service() {
    appliance_.start_daemon();
    const v1::Reply reply = verify_anew(appliance_, "alice", key_.press());
    EXPECT_TRUE(accepted(reply)) << reply.ShortDebugString() << appliance_.daemon().log();
    EXPECT_EQ(appliance_.check_store(), std::vector<std::string>{});
  }

  Appliance appliance_;
  Token key_ = appliance_.enrol("alice", v1::HOTP);
  std::string before_;
};

TEST_F(BadSurroundingsStore, ANewerSchemaIsRefused) {
  stop();
  sqlite(appliance_.database(), "UPDATE meta SET value = value + 1 WHERE name = 'schema'");
  expect_refusal("it was written by a newer version");
  sqlite(appliance_.database(), "UPDATE meta SET value = value - 1 WHERE name = 'schema'");
  expect_service();
}

TEST_F(BadSurroundingsStore, SomebodyElsesFileIsRefusedAndLeftAlone) {
  stop();
  fs::remove(appliance_.database());
  sqlite(appliance_.database(), "CREATE TABLE letters(text); INSERT INTO letters VALUES('dear')");
  const std::string theirs = file_text(appliance_.database());
  expect_refusal("the database belongs to another program");
  EXPECT_EQ(file_text(appliance_.database()), theirs);

  write_file(appliance_.database(), std::string(5000, 'x'));
  expect_refusal("not an SQLite database");
  EXPECT_EQ(file_text(appliance_.database()), std::string(5000, 'x'));

  write_file(appliance_.database(), before_);
  expect_service();
}

TEST_F(BadSurroundingsStore, AnotherTokensStoreIsRefused) {
  stop();
  Appliance another{{.start = false}};
  another.start_hsm();
  write_file(another.database(), before_);
  const Ended ended = run_daemon(another);
  EXPECT_EQ(ended.status, kExitFailed) << ended.log;
  EXPECT_THAT(ended.log, HasSubstr("another HSM record key"));
  EXPECT_EQ(file_text(another.database()), before_);
}

TEST_F(BadSurroundingsStore, AnAlteredSchemaIsRefused) {
  stop();
  sqlite(appliance_.database(),
         "CREATE TRIGGER generous AFTER UPDATE ON budget BEGIN SELECT 1; END");
  expect_refusal("have been altered");
  sqlite(appliance_.database(), "DROP TRIGGER generous");
  expect_service();
}

// Root may write to anything, so the daemon runs as somebody else where we are root.
TEST_F(BadSurroundingsStore, AReadOnlyDatabaseIsRefused) {
  stop();
  constexpr uid_t kNobody = 65'534;
  const bool root = ::geteuid() == 0;
  const std::string folder = fs::path{appliance_.database()}.parent_path();
  fs::permissions(appliance_.database(), fs::perms::owner_read | fs::perms::others_read);
  fs::permissions(folder, root ? fs::perms::all : fs::perms::owner_all);
  // Where the program lies, nobody else may be able to go.
  fs::copy_file(program_folder() / "countersignd", appliance_.path("countersignd"));
  std::vector<std::string> arguments{
      appliance_.path("countersignd"), "--run-dir", folder, "--state-dir", folder, "--hsm-socket",
      appliance_.socket("hsm")};
  if (root) {
    for (fs::path path = appliance_.socket("hsm"); path != fs::temp_directory_path();
         path = path.parent_path()) {
      fs::permissions(path, fs::perms::all);
    }
    fs::remove(folder + "/store.lock");
    const std::string nobody = std::to_string(kNobody);
    arguments.insert(arguments.begin(),
                     {"/usr/bin/setpriv", "--reuid", nobody, "--regid", nobody, "--clear-groups"});
  }
  Process daemon{{.arguments = arguments,
                  .environment = appliance_.environment(),
                  .log_file = appliance_.path("read-only.log")}};
  EXPECT_EQ(daemon.wait(), kExitFailed);
  EXPECT_THAT(daemon.log(), HasSubstr("store.unusable"));
  EXPECT_THAT(daemon.log(), HasSubstr("store.db: Permission denied"));
  EXPECT_EQ(file_text(appliance_.database()), before_);

  fs::remove(folder + "/store.lock");
  fs::permissions(appliance_.database(), fs::perms::owner_read | fs::perms::owner_write);
  fs::permissions(folder, fs::perms::owner_all);
  expect_service();
}

// No file of the daemon may grow any more: every commit fails, as on a full disk.
TEST_F(BadSurroundingsStore, WithoutRoomEverythingIsRefusedUntilThereIsRoom) {
  const auto limit = [&](rlim_t bytes) {
    const rlimit both{bytes, RLIM_INFINITY};
    ASSERT_EQ(::prlimit(appliance_.daemon().pid(), RLIMIT_FSIZE, &both, nullptr), 0);
  };
  client::Client portal = appliance_.verify_client();
  const std::string code = key_.press();
  limit(fs::file_size(appliance_.database()) / 2);
  for (int i = 0; i < 3; ++i) {
    const v1::Reply reply = verify(portal, "alice", code);
    EXPECT_EQ(reply.error().code(), v1::UNAVAILABLE) << reply.ShortDebugString();
  }
  EXPECT_TRUE(appliance_.daemon().alive());
  EXPECT_TRUE(appliance_.daemon().has_logged("store_commit_failed"));
  limit(RLIM_INFINITY);
  EXPECT_TRUE(wait_until([&] { return accepted(verify(portal, "alice", code)); }));
  EXPECT_TRUE(appliance_.daemon().has_logged("store_recovered"));
  EXPECT_EQ(verify(portal, "alice", code).verdict().reason(), v1::REPLAYED);
  EXPECT_EQ(appliance_.check_store(), std::vector<std::string>{});
}

}  // namespace
}  // namespace countersign::test
