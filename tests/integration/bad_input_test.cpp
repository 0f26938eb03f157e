// SPDX-License-Identifier: Apache-2.0
// Frames that are oversized, truncated, slow or garbage; messages that the schema does not know;
// peers that come in crowds, or have no business here. Each gets a clear error, and nothing is lost
// by it.
#include "tests/integration/bad_input.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

namespace countersign::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
namespace fs = std::filesystem;

std::string random_bytes(std::mt19937& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

v1::Request good_request(const std::string& passcode = kMarker) {
  v1::Request request;
  request.set_request_id(*client::new_request_id());
  request.mutable_verify()->mutable_subject()->set_username("alice");
  request.mutable_verify()->set_passcode(passcode);
  return request;
}

// ---- Native frames ----

TEST_F(BadInput, FramesOutOfShapeAreRefusedAndTheConnectionEnds) {
  const std::string good = frame_of(good_request());
  const auto with = [&](std::size_t at, char byte) {
    std::string changed = good;
    changed[at] = byte;
    return changed;
  };
  const std::vector<std::pair<std::string, v1::ErrorCode>> inputs{
      {frame_header(65'537), v1::LIMIT_EXCEEDED},
      {frame_header(0xffff'ffff), v1::LIMIT_EXCEEDED},
      {frame_header(0), v1::MALFORMED},
      {with(0, '\x00'), v1::MALFORMED},
      {with(0, '\xC4'), v1::MALFORMED},
      {with(0, 'c'), v1::MALFORMED},
      {with(1, '\x02'), v1::MALFORMED},
      {with(1, '\x00'), v1::MALFORMED},
      {with(2, '\x01'), v1::MALFORMED},
      {with(3, '\x80'), v1::MALFORMED},
      {std::string{kMarker} + good, v1::MALFORMED},
      {good.substr(0, 1), v1::MALFORMED},
      {good.substr(0, 7), v1::MALFORMED},
      {good.substr(0, 8), v1::MALFORMED},
      {good.substr(0, good.size() - 1), v1::MALFORMED},
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    RawPeer peer{appliance_->socket("verify")};
    peer.send(inputs[i].first);
    peer.finish_sending();
    const v1::Reply reply = peer.frame().value_or(v1::Reply{});
    expect_clear_error(reply, "input " + std::to_string(i));
    EXPECT_EQ(reply.error().code(), inputs[i].second) << "input " << i;
    EXPECT_TRUE(peer.has_ended()) << "input " << i;
  }
}

TEST_F(BadInput, GarbageInAFrameIsRefusedAndTheConnectionGoesOn) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  RawPeer peer{appliance_->socket("verify")};
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(peer.send(frame_of(random_bytes(random, 1 + random() % 300))));
    const v1::Reply reply = peer.frame().value_or(v1::Reply{});
    expect_clear_error(reply, "garbage " + std::to_string(i));
  }
  ASSERT_TRUE(peer.send(frame_of(random_bytes(random, 65'536))));
  expect_clear_error(peer.frame().value_or(v1::Reply{}), "a whole frame of garbage");
  ASSERT_TRUE(peer.send(frame_of(good_request(token_.press()))));
  EXPECT_TRUE(accepted(peer.frame().value_or(v1::Reply{})));
}

// A wrong code's request with one byte changed: refused, whatever becomes of it.
TEST_F(BadInput, RequestsWithAFlippedByteAreNeverAccepted) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random{seed};
  RawPeer peer{appliance_->socket("verify")};
  v1::Request request = good_request();
  request.mutable_verify()->mutable_subject()->set_username("nobody");
  const std::string good = request.SerializeAsString();
  for (int i = 0; i < 2000; ++i) {
    std::string body = good;
    body[random() % body.size()] ^= static_cast<char>(1 + random() % 255);
    ASSERT_TRUE(peer.send(frame_of(body)));
    const auto reply = peer.frame();
    ASSERT_TRUE(reply);
    EXPECT_FALSE(accepted(*reply));
    EXPECT_EQ(reply->error().message().find(kMarker), std::string::npos);
  }
}

// Fields as protoc would never write them, by their wire format.
TEST_F(BadInput, MessagesThatTheSchemaDoesNotKnowAreRefused) {
  const std::string id = "\x0A\x10" + std::string(16, 'i');
  const std::string alice =
      "\x0A\x07\x12\x05"
      "alice";
  const std::string code =
      "\x1A\x06"
      "sesame";
  const auto verify_of = [&](const std::string& message) {
    return id + "\x52" + std::string(1, static_cast<char>(message.size())) + message;
  };
  const auto enrol_of = [&](const std::string& message) {
    return id + "\xF2\x01" + std::string(1, static_cast<char>(message.size())) + message;
  };
  const std::string verify_message = verify_of(alice + code);
  const std::vector<std::pair<const char*, std::string>> inputs{
      {"no operation", id},
      {"an unknown operation", id + "\xA2\x06\x06sesame"},
      {"an unknown field", verify_message + "\xA0\x06\x01"},
      {"an unknown field in the operation", verify_of(alice + code + "\x78\x01")},
      {"an unknown field in the name", verify_of("\x0A\x09\x12\x05"
                                                 "alice"
                                                 "\x18\x01" +
                                                 code)},
      {"two operations", verify_message + verify_message},
      {"two different operations", verify_message + std::string{"\x5A\x00", 2}},
      {"two passcodes", verify_of(alice + code + code)},
      {"two names", verify_of(alice + alice + code)},
      {"two ids", id + verify_message},
      {"no id", verify_message.substr(id.size())},
      {"a short id", "\x0A\x0F" + std::string(15, 'i') + verify_message.substr(id.size())},
      {"a long id", "\x0A\x41" + std::string(65, 'i') + verify_message.substr(id.size())},
      {"a number for a text", verify_of(alice + "\x18\x01")},
      {"a text for a number", verify_of(alice + code +
                                        "\x12\x01"
                                        "1")},
      {"a group", verify_of(alice + code + "\x2B\x2C")},
      {"a length beyond the end", verify_of(alice + "\x1A\x7F"
                                                    "sesame")},
      {"no UTF-8", verify_of("\x0A\x04\x12\x02\xC3\x28" + code)},
      {"nobody", verify_of(code)},
      {"no passcode", verify_of(alice)},
      {"nothing", verify_of("")},
      {"an enum that is not known", enrol_of(alice + "\x10\x63")},
      {"an enum that is UNSPECIFIED", enrol_of(alice + std::string{"\x10\x00", 2})},
      {"an enum beyond 32 bits", enrol_of(alice + "\x10\x81\x80\x80\x80\x10")},
      {"a number beyond 32 bits", enrol_of(alice + "\x10\x01\x20\x86\x80\x80\x80\x10")},
  };
  RawPeer peer{appliance_->socket("admin")};
  for (const auto& [what, body] : inputs) {
    ASSERT_TRUE(peer.send(frame_of(body)));
    const v1::Reply reply = peer.frame().value_or(v1::Reply{});
    expect_clear_error(reply, what);
    EXPECT_EQ(reply.error().code(), v1::MALFORMED) << what;
  }
}

// What they leave out has a meaning: from the beginning, none, a new one.
const std::set<std::string> kNeedNothing{"add_client",    "check_store",  "describe_realm",
                                         "import_tokens", "list_clients", "list_tokens",
                                         "read_journal"};

TEST_F(BadInput, EveryOperationRefusesAnEmptyMessage) {
  const auto& operations = *v1::Request::descriptor()->FindOneofByName("operation");
  for (const char* socket : {"verify", "provision", "admin", "courier", "enroll"}) {
    RawPeer peer{appliance_->socket(socket)};
    for (int i = 0; i < operations.field_count(); ++i) {
      const auto& operation = *operations.field(i);
      const bool takes_nothing =
          operation.message_type()->field_count() == 0 || kNeedNothing.contains(operation.name());
      if (takes_nothing) continue;
      v1::Request request;
      request.set_request_id(*client::new_request_id());
      request.GetReflection()->MutableMessage(&request, &operation);
      ASSERT_TRUE(peer.send(frame_of(request)));
      expect_clear_error(peer.frame().value_or(v1::Reply{}), socket + operation.name());
      std::string path = operation.name();
      std::ranges::replace(path, '_', '-');
      expect_clear_error(post(appliance_->socket(socket), path, "{}"), socket + path);
    }
  }
}

// ---- Time and room ----

TEST_F(BadInput, PeersThatDawdleAreEndedAndHoldUpNobody) {
  const std::string frame = frame_of(good_request());
  const std::string http = http_post("verify", R"({"passcode":"sesame"})");
  const auto begun = std::chrono::steady_clock::now();
  RawPeer in_header{appliance_->socket("verify")};
  in_header.send(frame.substr(0, 3));
  RawPeer in_http_header{appliance_->socket("verify")};
  in_http_header.send(http.substr(0, 20));
  RawPeer in_body{appliance_->socket("verify")};
  in_body.send(frame.substr(0, 9));
  RawPeer in_http_body{appliance_->socket("verify")};
  in_http_body.send(http.substr(0, http.size() - 1));
  expect_service("while others dawdle");
  // A byte now and then buys no time.
  RawPeer drop_by_drop{appliance_->socket("verify")};
  drop_by_drop.send(frame.substr(0, 8));
  for (std::size_t i = 8; i < 8 + 16; ++i) {
    std::this_thread::sleep_for(350ms);
    if (!drop_by_drop.send(frame.substr(i, 1))) break;
  }
  for (RawPeer* peer : {&in_header, &in_body, &drop_by_drop}) {
    expect_clear_error(peer->frame().value_or(v1::Reply{}), "a slow frame");
    EXPECT_TRUE(peer->has_ended());
  }
  for (RawPeer* peer : {&in_http_header, &in_http_body}) {
    const HttpReply reply = peer->http().value_or(HttpReply{});
    EXPECT_EQ(reply.status, 408);
    expect_clear_error(reply, "slow HTTP");
    EXPECT_TRUE(peer->has_ended());
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, 10s);
}

TEST_F(BadInput, TooManyConnectionsOfOneUserAreRefusedAndForgotten) {
  {
    std::vector<std::unique_ptr<RawPeer>> crowd;
    for (int i = 0; i < 256; ++i) {
      crowd.push_back(std::make_unique<RawPeer>(appliance_->socket("verify")));
    }
    RawPeer one_more{appliance_->socket("verify")};
    one_more.send(frame_of(good_request()));
    const v1::Reply reply = one_more.frame().value_or(v1::Reply{});
    expect_clear_error(reply, "one more");
    EXPECT_EQ(reply.error().code(), v1::LIMIT_EXCEEDED);
  }
  EXPECT_TRUE(wait_until([] {
    RawPeer peer{appliance_->socket("verify")};
    peer.send(http_post("health", "{}"));
    return peer.http().value_or(HttpReply{}).status == 200;
  }));
}

// ---- Rights ----

// Asks as another user; 0: denied, 1: no connection, 2: anything else.
int ask_as(uid_t uid, const std::string& socket) {
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgid(uid) != 0 || ::setuid(uid) != 0) ::_exit(3);
    std::optional<v1::Reply> reply;
    try {
      auto client = client::Client::connect(socket);
      if (!client) ::_exit(1);
      auto answer = client->call(good_request());
      if (answer) reply = *answer;
    } catch (...) {
      ::_exit(4);
    }
    ::_exit(reply && reply->error().code() == v1::DENIED ? 0 : 2);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(BadInput, APeerThatThePolicyDoesNotNameIsDenied) {
  Appliance closed{{.policy = "[[peer]]\nname = \"portal\"\nuid = 4242\nsockets = [\"verify\"]\n"}};
  for (const char* socket : {"verify", "provision", "admin"}) {
    RawPeer native{closed.socket(socket)};
    native.send(frame_of(good_request()));
    const v1::Reply reply = native.frame().value_or(v1::Reply{});
    expect_clear_error(reply, socket);
    EXPECT_EQ(reply.error().code(), v1::DENIED);
    const HttpReply over_http = post(closed.socket(socket), "health", "{}");
    expect_clear_error(over_http, socket);
    EXPECT_EQ(over_http.status, 403);
  }
}

TEST_F(BadInput, AnotherUserCannotConnectAndIsDeniedIfItCould) {
  constexpr uid_t kNobody = 65'534;
  const std::string socket = appliance_->socket("verify");
  const fs::perms others = fs::perms::others_all & fs::status(socket).permissions();
  EXPECT_EQ(others, fs::perms::none);
  if (::geteuid() != 0) return;  // only root can become somebody else, and try the door
  EXPECT_EQ(ask_as(kNobody, socket), 1);
  // Doors left wide open: the policy stands behind them.
  for (fs::path path = socket; path != fs::temp_directory_path(); path = path.parent_path()) {
    fs::permissions(path, fs::perms::all);
  }
  EXPECT_EQ(ask_as(kNobody, socket), 0);
}

}  // namespace
}  // namespace countersign::test
