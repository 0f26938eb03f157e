// SPDX-License-Identifier: Apache-2.0
// A pile of keys, a list of people, and every way in which such an afternoon is interrupted.
#include "tests/integration/yubikey_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

namespace countersign::test {
namespace {

using testing::HasSubstr;

constexpr int kDone = 0;
constexpr int kRefused = 3;
constexpr int kUnavailable = 4;

class YubikeyBatch : public testing::Test {
 protected:
  YubikeyBatch() {
    std::ofstream list{list_file};
    list << "# first shift\n";
    client::Client client = appliance.provision_client();
    for (const char* username : {"alice", "bob", "carol"}) {
      v1::Request request;
      request.mutable_create_subject()->mutable_subject()->set_username(username);
      EXPECT_TRUE(client.call(request)->has_subject());
      list << username << '\n';
    }
    keys.key("a")->plugged = false;
  }

  [[nodiscard]] std::unique_ptr<Desk> start() {
    return std::make_unique<Desk>(
        appliance, keys,
        std::vector<std::string>{"program", "--slot", "1", "--kind", "hotp", "--batch", list_file});
  }
  // Another key lies on the desk, and is the one that is plugged in.
  void plug_in(const std::string& name, std::uint32_t serial) {
    if (!plugged.empty()) keys.key(plugged)->plugged = false;
    if (std::filesystem::exists(keys.path(name))) {
      keys.power_cycle(name);
    } else {
      keys.add(name, serial);
    }
    plugged = name;
  }
  void give(Desk& desk, const std::string& username, const std::string& name,
            std::uint32_t serial) {
    ASSERT_TRUE(desk.asks("Plug in a key for " + username)) << desk.said();
    plug_in(name, serial);
    desk.type("");
    ASSERT_TRUE(desk.asks("Touch key " + std::to_string(serial))) << desk.said();
    desk.type(keys.touch(1, name));
  }
  [[nodiscard]] bool opens(const std::string& username, const std::string& name) {
    std::string typed = keys.touch(1, name);
    std::erase(typed, '\n');
    client::Client client = appliance.verify_client();
    return accepted(verify(client, username, typed));
  }
  [[nodiscard]] int factors_of(const std::string& username, v1::FactorState state) {
    client::Client client = appliance.provision_client();
    v1::Request request;
    request.mutable_list_factors()->mutable_subject()->set_username(username);
    const auto reply = client.call(request);
    int count = 0;
    for (const auto& factor : reply->factor_list().factors()) count += factor.state() == state;
    return count;
  }
  [[nodiscard]] std::string record() const {
    std::ifstream file{list_file + ".record"};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  // Goes on to the end, with fresh keys.
  void finish() {
    const auto desk = start();
    give(*desk, "alice", "k1", 101);
    give(*desk, "bob", "k2", 102);
    give(*desk, "carol", "k3", 103);
    ASSERT_EQ(desk->ends(), kDone) << desk->said();
  }

  Appliance appliance;
  VirtualYubikeys keys;
  std::string list_file = appliance.path("list");
  std::string plugged;
};

TEST_F(YubikeyBatch, EverybodyGetsAKey) {
  finish();
  EXPECT_TRUE(opens("alice", "k1"));
  EXPECT_TRUE(opens("bob", "k2"));
  EXPECT_TRUE(opens("carol", "k3"));
  EXPECT_THAT(record(), HasSubstr("bob\t102\t2\tconfirmed\n"));

  // Nothing is left to do.
  EXPECT_EQ(start()->ends(), kDone);
}

TEST_F(YubikeyBatch, GoesOnWhereItStopped) {
  {
    const auto desk = start();
    give(*desk, "alice", "k1", 101);
    ASSERT_TRUE(desk->asks("Plug in a key for bob"));
    desk->type("q");
    EXPECT_EQ(desk->ends(), kRefused);
    EXPECT_THAT(desk->said(), HasSubstr(R"("left":["bob","carol"])"));
  }
  const auto desk = start();
  give(*desk, "bob", "k2", 102);
  give(*desk, "carol", "k3", 103);
  EXPECT_EQ(desk->ends(), kDone);
  EXPECT_TRUE(opens("alice", "k1"));
  EXPECT_TRUE(opens("carol", "k3"));
}

TEST_F(YubikeyBatch, AKeyThatWasLeftInIsNotGivenTwice) {
  const auto desk = start();
  give(*desk, "alice", "k1", 101);
  ASSERT_TRUE(desk->asks("Plug in a key for bob"));
  desk->type("");
  ASSERT_TRUE(desk->asks("This is the key of alice")) << desk->said();
  give(*desk, "bob", "k2", 102);
  EXPECT_TRUE(desk->asks("Plug in a key for carol"));
  EXPECT_TRUE(opens("alice", "k1"));
  EXPECT_TRUE(opens("bob", "k2"));
}

TEST_F(YubikeyBatch, SomebodyIsSkippedAndServedLater) {
  {
    const auto desk = start();
    give(*desk, "alice", "k1", 101);
    ASSERT_TRUE(desk->asks("Plug in a key for bob"));
    desk->type("s");
    give(*desk, "carol", "k3", 103);
    EXPECT_EQ(desk->ends(), kRefused);
  }
  const auto desk = start();
  give(*desk, "bob", "k2", 102);
  EXPECT_EQ(desk->ends(), kDone);
}

// Killed while the first touch was awaited: the key is programmed already, its secret sealed.
TEST_F(YubikeyBatch, AProgrammedKeyOnlyLacksItsTouch) {
  {
    const auto desk = start();
    ASSERT_TRUE(desk->asks("Plug in a key for alice"));
    plug_in("k1", 101);
    desk->type("");
    ASSERT_TRUE(desk->asks("Touch key 101"));
    desk->kill();
  }
  EXPECT_EQ(factors_of("alice", v1::ACTIVE), 0);
  const auto desk = start();
  ASSERT_TRUE(desk->asks("Touch key 101")) << desk->said();
  desk->type(keys.touch(1, "k1"));
  give(*desk, "bob", "k2", 102);
  give(*desk, "carol", "k3", 103);
  EXPECT_EQ(desk->ends(), kDone);
  EXPECT_TRUE(opens("alice", "k1"));
  EXPECT_EQ(factors_of("alice", v1::PENDING) + factors_of("alice", v1::REVOKED), 0);
}

// The same with standard input gone, as when a terminal is closed.
TEST_F(YubikeyBatch, WhatIsLeftUntouchedIsTouchedInTheNextRun) {
  {
    const auto desk = start();
    ASSERT_TRUE(desk->asks("Plug in a key for alice"));
    plug_in("k1", 101);
    desk->type("");
    ASSERT_TRUE(desk->asks("Touch key 101"));
    EXPECT_EQ(desk->ends(), kRefused);
  }
  const auto desk = start();
  ASSERT_TRUE(desk->asks("Touch key 101")) << desk->said();
  desk->type(keys.touch(1, "k1"));
  EXPECT_TRUE(desk->asks("Plug in a key for bob")) << desk->said();
  EXPECT_TRUE(opens("alice", "k1"));
}

// Killed at every point on the way: whatever was begun is taken back, on the same key.
TEST_F(YubikeyBatch, KilledInTheMiddleOfAWriteItBeginsAgain) {
  for (const bool written : {false, true}) {
    SCOPED_TRACE(written);
    keys.key("a")->plugged = false;
    plug_in("k1", 101);
    keys.key("k1")->faults.unplug_at_chunk = written ? -1 : 4;
    keys.key("k1")->faults.unplug_after_write = written;
    const auto desk = start();
    ASSERT_TRUE(desk->asks("Plug in a key for alice")) << desk->said();
    desk->type("");
    ASSERT_TRUE(desk->asks("Plug in key 101")) << desk->said();
    desk->kill();
    keys.key("k1")->faults = {};
    EXPECT_EQ(factors_of("alice", v1::PENDING), 1);
  }
  finish();
  EXPECT_EQ(factors_of("alice", v1::PENDING), 0);
  EXPECT_EQ(factors_of("alice", v1::ACTIVE), 1);
  EXPECT_TRUE(opens("alice", "k1"));
}

// The run before died between its request and the answer: nobody knows the factor's number.
TEST_F(YubikeyBatch, AFactorOfUnknownNumberIsTakenBack) {
  client::Client client = appliance.provision_client();
  v1::Request request;
  request.mutable_enrol_oath()->mutable_subject()->set_username("alice");
  request.mutable_enrol_oath()->set_kind(v1::HOTP);
  request.mutable_enrol_oath()->set_label("YubiKey 101");
  ASSERT_TRUE(client.call(request)->has_enrolment());
  std::ofstream{list_file + ".record"} << "alice\t101\t0\tbegun\nbob\t5\t";
  finish();
  EXPECT_EQ(factors_of("alice", v1::PENDING), 0);
  EXPECT_EQ(factors_of("alice", v1::ACTIVE), 1);
}

TEST_F(YubikeyBatch, AnUnknownSubjectHoldsUpNobody) {
  std::ofstream{list_file} << "mallory\ncarol\n";
  const auto desk = start();
  ASSERT_TRUE(desk->asks("Plug in a key for mallory"));
  plug_in("k1", 101);
  desk->type("");
  give(*desk, "carol", "k1", 101);
  EXPECT_EQ(desk->ends(), kRefused);
  EXPECT_TRUE(opens("carol", "k1"));
}

TEST_F(YubikeyBatch, WithoutADaemonItStopsAndGoesOnLater) {
  {
    const auto desk = start();
    give(*desk, "alice", "k1", 101);
    ASSERT_TRUE(desk->asks("Plug in a key for bob"));
    appliance.stop_daemon();
    plug_in("k2", 102);
    desk->type("");
    EXPECT_EQ(desk->ends(), kUnavailable) << desk->said();
  }
  EXPECT_FALSE(keys.key("k2")->slots[0].valid);
  appliance.start_daemon();
  const auto desk = start();
  give(*desk, "bob", "k2", 102);
  EXPECT_TRUE(desk->asks("Plug in a key for carol"));
  EXPECT_TRUE(opens("bob", "k2"));
}

TEST_F(YubikeyBatch, TwoRunsDoNotShareARecord) {
  const auto desk = start();
  ASSERT_TRUE(desk->asks("Plug in a key for alice"));
  EXPECT_EQ(start()->ends(), kRefused);
}

TEST_F(YubikeyBatch, ARecordThatIsNoneOfOursIsLeftAlone) {
  std::ofstream{list_file + ".record"} << "dear diary\n";
  EXPECT_EQ(start()->ends(), kRefused);
  EXPECT_EQ(record(), "dear diary\n");
}

}  // namespace
}  // namespace countersign::test
