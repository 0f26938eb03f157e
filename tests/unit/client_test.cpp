// SPDX-License-Identifier: Apache-2.0
// The client against a daemon that misbehaves: nothing but an acceptance is ever taken for one.
#include "tests/unit/client_fake_daemon.hpp"

#include "clients/cpp/countersign_client.hpp"

#include <gmock/gmock.h>

#include <set>

namespace countersign::client {
namespace {

using test::accepted;
using test::FakeDaemon;
using test::id_field;
using namespace std::chrono_literals;

v1::Request verify() {
  v1::Request request;
  request.mutable_verify()->set_factor_id(7);
  request.mutable_verify()->set_passcode("123456");
  return request;
}
v1::Request revoke() {
  v1::Request request;
  request.mutable_revoke_factor()->set_factor_id(7);
  return request;
}

Result<v1::Reply> ask(const FakeDaemon& daemon, v1::Request request, Deadline deadline) {
  CS_TRY(Client client, Client::connect(daemon.path));
  return client.call(std::move(request), deadline);
}

TEST(Client, BringsTheAnswer) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  const auto reply = ask(daemon, verify(), within(5s));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->verdict().answer(), v1::ACCEPTED);
}

TEST(Client, UsesOneConnectionForManyCalls) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  auto client = Client::connect(daemon.path);
  ASSERT_TRUE(client);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(client->call(verify()));
  EXPECT_EQ(daemon.connections, 1);
}

TEST(Client, AsksALostVerifyAgainUnderTheSameId) {
  std::set<std::string> ids;
  FakeDaemon daemon{[&](int connection, std::string_view body) -> std::optional<std::string> {
    ids.insert(id_field(body));
    if (connection == 1) return std::nullopt;
    return accepted(id_field(body));
  }};
  EXPECT_TRUE(ask(daemon, verify(), within(5s)));
  EXPECT_EQ(daemon.connections, 2);
  EXPECT_EQ(ids.size(), 1u);
}

// As after a minute without a question, when the daemon hangs up.
TEST(Client, AsksALostListAgain) {
  for (int list = 0; list < 3; ++list) {
    v1::Request request;
    if (list == 0) request.mutable_list_factors();
    if (list == 1) request.mutable_list_tokens();
    if (list == 2) request.mutable_list_clients();
    FakeDaemon daemon{[](int connection, std::string_view body) -> std::optional<std::string> {
      if (connection == 1) return std::nullopt;
      return test::denied(id_field(body));
    }};
    EXPECT_TRUE(ask(daemon, request, within(5s))) << list;
  }
}

TEST(Client, AsksAgainOnlyOnce) {
  FakeDaemon daemon{[](int, std::string_view) { return std::nullopt; }};
  EXPECT_FALSE(ask(daemon, verify(), within(5s)));
  EXPECT_EQ(daemon.connections, 2);
}

TEST(Client, DoesNotRepeatWhatChangesSomething) {
  FakeDaemon daemon{[](int, std::string_view) { return std::nullopt; }};
  EXPECT_FALSE(ask(daemon, revoke(), within(5s)));
  EXPECT_EQ(daemon.connections, 1);
}

TEST(Client, ConnectsAnewForTheNextCall) {
  FakeDaemon daemon{[](int connection, std::string_view body) -> std::optional<std::string> {
    if (connection == 1) return std::nullopt;
    return accepted(id_field(body));
  }};
  auto client = Client::connect(daemon.path);
  ASSERT_TRUE(client);
  EXPECT_FALSE(client->call(revoke()));
  EXPECT_TRUE(client->call(revoke()));
}

TEST(Client, RefusesAnAnswerToAnotherQuestion) {
  FakeDaemon daemon{[](int, std::string_view) {
    return accepted(
        "\x0a\x10"
        "another request!");
  }};
  const auto reply = ask(daemon, verify(), within(5s));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::malformed);
}

TEST(Client, RefusesAVerdictWithoutAnId) {
  FakeDaemon daemon{[](int, std::string_view) { return accepted(""); }};
  EXPECT_FALSE(ask(daemon, verify(), within(5s)));
}

TEST(Client, TakesARefusalWithoutAnId) {
  FakeDaemon daemon{[](int, std::string_view) { return test::denied(""); }};
  const auto reply = ask(daemon, verify(), within(5s));
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->error().code(), v1::DENIED);
}

TEST(Client, RefusesBytesThatAreNoAnswer) {
  using namespace std::string_literals;
  for (const std::string& bytes :
       {"HTTP/1.1 200 OK\r\n\r\n"s, "\xC5\x02\x00\x00\x00\x00\x00\x01x"s,
        "\xC5\x01\x00\x00\xff\xff\xff\xff"s, test::frame("\xff\xff"), test::frame("")}) {
    FakeDaemon daemon{[&](int, std::string_view) { return bytes; }};
    EXPECT_FALSE(ask(daemon, verify(), within(5s)));
  }
}

TEST(Client, GivesUpAtItsDeadline) {
  FakeDaemon daemon{[](int, std::string_view) { return std::string{}; }};
  const auto reply = ask(daemon, verify(), within(50ms));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::unavailable);
}

TEST(Client, NeverTakesALateAnswerForTheNextOne) {
  int asked = 0;
  std::string first;
  FakeDaemon daemon{[&](int, std::string_view body) -> std::optional<std::string> {
    if (++asked == 1) {
      first = accepted(id_field(body));
      return "";
    }
    return test::rejected(id_field(body));
  }};
  auto client = Client::connect(daemon.path);
  ASSERT_TRUE(client);
  EXPECT_FALSE(client->call(revoke(), within(50ms)));
  const auto reply = client->call(verify());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->verdict().answer(), v1::REJECTED);
}

TEST(Client, SaysThatNobodyListens) {
  EXPECT_FALSE(Client::connect("/nonexistent/verify.sock"));
  EXPECT_FALSE(Client::connect(""));
  EXPECT_FALSE(Client::connect(std::string(300, 'p')));
}

TEST(Client, RefusesARequestLargerThanAFrame) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  v1::Request request = verify();
  request.mutable_verify()->set_passcode(std::string(70'000, '1'));
  const auto reply = ask(daemon, request, within(5s));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::limit_exceeded);
}

TEST(Client, PipelinesAsManyAsTheCallerLikes) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  auto client = Client::connect(daemon.path);
  ASSERT_TRUE(client);
  constexpr int kRequests = 20'000;
  std::set<std::string> outstanding;
  for (int i = 0; i < kRequests; ++i) {
    v1::Request request = verify();
    request.set_request_id(*new_request_id());
    outstanding.insert(request.request_id());
    ASSERT_TRUE(client->send(request));
  }
  v1::Reply reply;
  for (int i = 0; i < kRequests; ++i) {
    ASSERT_TRUE(client->receive(reply));
    outstanding.erase(reply.request_id());
  }
  EXPECT_TRUE(outstanding.empty());
}

}  // namespace
}  // namespace countersign::client
