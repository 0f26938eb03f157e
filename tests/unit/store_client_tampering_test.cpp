// SPDX-License-Identifier: Apache-2.0
// Who writes to the table of clients gains nothing: an edited row is refused before it is used.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

constexpr auto kTamperedRecords = "SELECT count(*) FROM journal WHERE event = 6";

// Clients 1 and 2; 2 has been revoked.
class ClientTampering : public testing::Test {
 protected:
  ClientTampering() {
    for (const char* network : {"192.0.2.0/24", "198.51.100.0/24"}) {
      Client client{.name = network,
                    .networks = {*Network::from(network)},
                    .require_signature = true,
                    .sealed = as_sealed(network)};
      (void)world_.run(world_.store->add(std::move(client), world_.entry(Event::client_added)));
    }
    (void)world_.run(
        world_.store->change(*load(2), ClientState::revoked, world_.entry(Event::client_revoked)));
  }
  static Bytes as_sealed(std::string_view text) {
    const BytesView bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
  }
  Result<ClientPtr> load(std::uint32_t id) {
    return world_.run(world_.store->client(ClientId{id}));
  }

  SqliteBackend backend_;
  StoreWorld world_{backend_};
};

struct Edit {
  const char* name;
  const char* sql;
  std::uint32_t victim = 1;
};

class ClientEdits : public ClientTampering, public testing::WithParamInterface<Edit> {};

TEST_P(ClientEdits, AreRefusedAndJournalled) {
  world_.close();
  backend_.edit(GetParam().sql);
  world_.open();
  EXPECT_THAT(load(GetParam().victim), FailsWith(ErrorCode::corrupt));
  EXPECT_EQ(backend_.number(kTamperedRecords), 1);
  EXPECT_THAT(world_.problems(), testing::Not(testing::IsEmpty()));
}

// The row is in memory, and the next commit notices that somebody else wrote.
TEST_P(ClientEdits, AreRefusedWhileTheRowIsCached) {
  ASSERT_THAT(load(GetParam().victim), Succeeds());
  backend_.edit(GetParam().sql);
  ASSERT_THAT(world_.run(world_.store->journal(world_.entry(Event::policy_loaded))), Succeeds());
  EXPECT_THAT(load(GetParam().victim), FailsWith(ErrorCode::corrupt));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ClientEdits,
    testing::Values(
        Edit{"NameChanged", "UPDATE client SET name = 'x' WHERE id = 1"},
        Edit{"NetworkChanged", "UPDATE client SET networks = '0.0.0.0/0' WHERE id = 1"},
        Edit{"NetworksTakenAway", "UPDATE client SET networks = '' WHERE id = 1"},
        Edit{"NetworkNotCanonical", "UPDATE client SET networks = '192.0.2.0/024' WHERE id = 1"},
        Edit{"NetworkIsNone", "UPDATE client SET networks = 'anywhere' WHERE id = 1"},
        Edit{"SignatureNotRequired", "UPDATE client SET require_signature = 0 WHERE id = 1"},
        Edit{"KeyOfAnother",
             "UPDATE client SET sealed = (SELECT sealed FROM client WHERE id = 2) WHERE id = 1"},
        Edit{"RevokedOneMadeActive", "UPDATE client SET state = 1 WHERE id = 2", 2},
        Edit{"TimeChanged", "UPDATE client SET created_at_ms = 1 WHERE id = 1"},
        Edit{"NumbersSwapped",
             "UPDATE client SET id = 9 WHERE id = 1; UPDATE client SET id = 1 WHERE id = 2"},
        Edit{"KeyTooLongToRead", "UPDATE client SET sealed = zeroblob(100000) WHERE id = 1"},
        Edit{"KeyTooLongForTheHsm", "UPDATE client SET sealed = zeroblob(3000) WHERE id = 1"},
        Edit{"MacEmptied", "UPDATE client SET mac = x'' WHERE id = 1"}),
    [](const auto& edit) { return std::string{edit.param.name}; });

TEST_F(ClientTampering, ACheckFindsARowThatWasTakenAway) {
  backend_.edit("DELETE FROM client WHERE id = 1");
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("the client that it is about is gone")));
}

TEST_F(ClientTampering, ACheckFindsARowThatWasInvented) {
  backend_.edit(
      "INSERT INTO client SELECT 3, name, networks, require_signature, state, sealed, "
      "created_at_ms, mac FROM client WHERE id = 1");
  EXPECT_THAT(world_.problems(),
              Contains("client 3: the journal does not know where it came from"));
  EXPECT_THAT(world_.problems(), Contains("client 3: fails its check: it was edited"));
  backend_.edit("UPDATE client SET id = -3 WHERE id = 3");
  EXPECT_THAT(world_.problems(), Contains("client -3: has a number that no client has"));
}

// A true row, once: it fits its MAC and contradicts the journal.
TEST_F(ClientTampering, ACheckFindsARevokedClientThatWasPutBack) {
  Client client{.name = "third", .sealed = as_sealed("third")};
  ASSERT_THAT(world_.run(world_.store->add(std::move(client), world_.entry(Event::client_added))),
              Succeeds());
  backend_.edit("CREATE TABLE kept AS SELECT * FROM client WHERE id = 3");
  ASSERT_THAT(world_.run(world_.store->change(*load(3), ClientState::revoked,
                                              world_.entry(Event::client_revoked))),
              Succeeds());
  backend_.edit("INSERT OR REPLACE INTO client SELECT * FROM kept");
  EXPECT_THAT(world_.problems(), Contains(HasSubstr("the client it revoked was put back")));
}

}  // namespace
}  // namespace countersign::test
