// SPDX-License-Identifier: Apache-2.0
// What every Store promises about clients of the Yubico validation protocol.
#include "tests/contract/sqlite_backend.hpp"
#include "tests/contract/store_world.hpp"
#include "tests/support/matchers.hpp"

#include <gtest/gtest.h>

namespace countersign::test {
namespace {

class ClientContract : public testing::TestWithParam<MakeBackend> {
 protected:
  static Client somebody(std::uint32_t id = 0) {
    return {.id = ClientId{id},
            .name = "VPN",
            .networks = {*Network::from("192.0.2.0/24"), *Network::from("2001:db8::/32")},
            .require_signature = true,
            .sealed = Bytes(40, std::byte{7}),
            .created_at = from_milliseconds(1'800'000'000'000)};
  }
  Result<ClientId> add(std::uint32_t id = 0) {
    return world_.run(world_.store->add(somebody(id), world_.entry(Event::client_added)));
  }
  Result<ClientPtr> load(std::uint32_t id) {
    return world_.run(world_.store->client(ClientId{id}));
  }
  Status revoke(const ClientPtr& client) {
    return world_.run(
        world_.store->change(client, ClientState::revoked, world_.entry(Event::client_revoked)));
  }
  std::vector<std::uint32_t> listed(std::uint32_t after = 0) {
    std::vector<std::uint32_t> ids;
    for (const ClientPtr& client : *world_.run(world_.store->clients(ClientId{after}))) {
      ids.push_back(number(client->id));
    }
    return ids;
  }

  std::unique_ptr<StoreBackend> backend_ = GetParam()();
  StoreWorld world_{*backend_};
};

TEST_P(ClientContract, KeepsWhatItWasTold) {
  ASSERT_EQ(*add(), ClientId{1});
  for (int opened = 0; opened < 2; ++opened) {
    const auto client = load(1);
    ASSERT_THAT(client, Succeeds());
    EXPECT_EQ((*client)->name, "VPN");
    EXPECT_EQ((*client)->networks, somebody().networks);
    EXPECT_TRUE((*client)->require_signature);
    EXPECT_EQ((*client)->state, ClientState::active);
    EXPECT_EQ((*client)->sealed, somebody().sealed);
    EXPECT_EQ((*client)->created_at, somebody().created_at);
    world_.open();
  }
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(ClientContract, DoesNotKnowWhoIsNotThere) {
  EXPECT_THAT(load(1), FailsWith(ErrorCode::not_found));
  ASSERT_THAT(add(), Succeeds());
  EXPECT_THAT(load(1), Succeeds());
  EXPECT_THAT(load(2), FailsWith(ErrorCode::not_found));
}

TEST_P(ClientContract, GivesTheNextNumberOrTheOneAskedFor) {
  EXPECT_EQ(*add(), ClientId{1});
  EXPECT_EQ(*add(4711), ClientId{4711});
  EXPECT_EQ(*add(), ClientId{4712});
  EXPECT_THAT(add(4711), FailsWith(ErrorCode::already_exists));
  world_.open();
  EXPECT_EQ(*add(), ClientId{4713});
}

TEST_P(ClientContract, HasNoNumberBehindTheLast) {
  EXPECT_EQ(*add(0xffff'ffff), ClientId{0xffff'ffff});
  EXPECT_THAT(add(), FailsWith(ErrorCode::limit_exceeded));
  EXPECT_THAT(add(5), Succeeds());
}

TEST_P(ClientContract, RevokesOnce) {
  ASSERT_THAT(add(), Succeeds());
  const ClientPtr client = *load(1);
  EXPECT_THAT(revoke(client), Succeeds());
  EXPECT_EQ((*load(1))->state, ClientState::revoked);
  EXPECT_THAT(revoke(client), FailsWith(ErrorCode::conflict));
  world_.open();
  EXPECT_EQ((*load(1))->state, ClientState::revoked);
  EXPECT_THAT(world_.problems(), testing::IsEmpty());
}

TEST_P(ClientContract, ListsThemInOrder) {
  for (const std::uint32_t id : {30u, 10u, 20u}) ASSERT_THAT(add(id), Succeeds());
  EXPECT_THAT(listed(), testing::ElementsAre(10, 20, 30));
  EXPECT_THAT(listed(10), testing::ElementsAre(20, 30));
  EXPECT_THAT(listed(30), testing::IsEmpty());
}

TEST_P(ClientContract, JournalsEveryChange) {
  const std::uint64_t before = world_.journal_records();
  ASSERT_THAT(add(), Succeeds());
  ASSERT_THAT(revoke(*load(1)), Succeeds());
  EXPECT_EQ(world_.journal_records(), before + 2);
}

INSTANTIATE_TEST_SUITE_P(Sqlite, ClientContract, testing::Values(MakeBackend{[] {
                           return std::make_unique<SqliteBackend>();
                         }}));

}  // namespace
}  // namespace countersign::test
