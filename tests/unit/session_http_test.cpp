// SPDX-License-Identifier: Apache-2.0
// HTTP connections and the paths of sockets, over real ones, with a toy behind them.
#include "tests/unit/session_toy.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace countersign::net {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

std::string post(std::string_view operation, std::string_view body) {
  return "POST /v1/" + std::string{operation} +
         " HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         std::string{body};
}
std::string ok(std::string_view body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
         "Content-Length: " +
         std::to_string(body.size() + 1) + "\r\n\r\n" + std::string{body} + "\n";
}

class HttpSession : public SessionTest {};

TEST_F(HttpSession, KeepsTheConnectionForTheNextRequest) {
  const TestPeer peer{path};
  peer.send(post("verify", "{1}"));
  EXPECT_EQ(peer.receive(ok("{1}!").size()), ok("{1}!"));
  peer.send(post("verify", "{2}"));
  EXPECT_EQ(peer.receive(ok("{2}!").size()), ok("{2}!"));
}

TEST_F(HttpSession, AnswersAPipelineInOrder) {
  const TestPeer peer{path};
  peer.send(post("hold", "{1}") + post("verify", "{2}"));
  ASSERT_TRUE(has_begun(1));
  on_loop([] {});
  EXPECT_EQ(toy.begun, 1);
  on_loop([this] { toy.release(); });
  EXPECT_EQ(peer.receive((ok("held!") + ok("{2}!")).size()), ok("held!") + ok("{2}!"));
}

TEST_F(HttpSession, AnswersALargeBodyAndAPipelineBehindIt) {
  const TestPeer peer{path};
  const std::string body(HttpReader::kBodyBytesMax, ' ');
  peer.send(post("verify", body) + post("verify", body) + post("verify", "{3}"));
  const std::string expected = ok(body + "!") + ok(body + "!") + ok("{3}!");
  EXPECT_EQ(peer.receive(expected.size()), expected);
}

TEST_F(HttpSession, ClosesWhenAskedTo) {
  const TestPeer peer{path};
  peer.send("GET /v1/health HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(peer.receive_all(), HasSubstr("\r\nConnection: close\r\n"));
}

TEST_F(HttpSession, AnswersAPeerThatHasEndedSending) {
  const TestPeer peer{path};
  peer.send(post("verify", "{1}"));
  peer.end_sending();
  EXPECT_EQ(peer.receive_all(), ok("{1}!"));
}

TEST_F(HttpSession, GivesLeaveToSendABody) {
  const TestPeer peer{path};
  peer.send("POST /v1/verify HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(peer.receive(http::kContinue.size()), http::kContinue);
  peer.send("{}");
  EXPECT_EQ(peer.receive(ok("{}!").size()), ok("{}!"));
}

TEST_F(HttpSession, RefusesWhatTheHandlerLetGo) {
  const TestPeer peer{path};
  peer.send(post("drop", "{}"));
  peer.end_sending();
  EXPECT_THAT(peer.receive_all(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(HttpSession, RefusesBrokenRequestsAndCloses) {
  const std::string long_header(HttpReader::kHeaderBytesMax, 'x');
  const std::pair<std::string, std::string> cases[] = {
      {"HELLO\r\n\r\n", "http.header\n"},
      {"GET /v1/verify HTTP/1.1\r\n\r\n", "http.method\n"},
      {"POST /verify HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "http.path\n"},
      {"GET /v1/health HTTP/1.1\r\nX: " + long_header + "\r\n\r\n", "http.header_length\n"},
      {"POST /v1/verify HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", "http.body_length\n"},
  };
  for (const auto& [bytes, complaint] : cases) {
    const TestPeer peer{path};
    peer.send(bytes);
    EXPECT_THAT(peer.receive_all(), EndsWith(complaint));
  }
  EXPECT_EQ(toy.begun, 0);
}

TEST_F(HttpSession, RefusesATruncatedRequest) {
  const TestPeer peer{path};
  peer.send("POST /v1/verify HTTP/1.1\r\nContent-Length: 2\r\n\r\n{");
  peer.end_sending();
  EXPECT_THAT(peer.receive_all(), EndsWith("http.truncated\n"));
}

TEST_F(HttpSession, RefusesAPeerThatPolicyDoesNotAdmit) {
  toy.denies = true;
  const TestPeer peer{path};
  peer.send(post("verify", "{}"));
  EXPECT_THAT(peer.receive_all(), EndsWith("toy\n"));
}

TEST_F(HttpSession, FinishesWhatHasBegunBeforeItStops) {
  const TestPeer peer{path};
  peer.send(post("hold", "{1}") + post("verify", "{2}"));
  ASSERT_TRUE(has_begun(1));
  stop();
  on_loop([this] { toy.release(); });
  EXPECT_THAT(peer.receive_all(), EndsWith("held!\n"));
  EXPECT_EQ(toy.begun, 1);
}

// The path of a socket.

class ListenerPath : public SessionTest {
 protected:
  std::string failure(const std::string& at) {
    auto listener = Listener::bind(other_loop.get_executor(), at);
    return listener ? "" : std::string{listener.error().operation.view()};
  }
  boost::asio::io_context other_loop;
};

TEST_F(ListenerPath, IsRefusedWhileSomebodyAnswersThere) {
  EXPECT_EQ(failure(path), "socket.in_use");
  const TestPeer peer{path};
  peer.send(frame("one"));
  EXPECT_EQ(peer.receive_frame(), "one!");
}

TEST_F(ListenerPath, IsTakenOverFromADeadProcess) {
  const std::string stale = folder / "stale";
  {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    stale.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    ::close(fd);
  }
  EXPECT_EQ(failure(stale), "");
}

TEST_F(ListenerPath, IsRefusedWhenItIsSomethingElse) {
  const auto file = folder / "file";
  std::ofstream{file} << "precious";
  EXPECT_EQ(failure(file), "socket.not_a_socket");
  std::filesystem::create_symlink(path, folder / "link");
  EXPECT_EQ(failure(folder / "link"), "socket.not_a_socket");
  EXPECT_EQ(std::filesystem::file_size(file), 8u);
}

TEST_F(ListenerPath, IsRefusedWhenTooLongOrNowhere) {
  EXPECT_EQ(failure(std::string(200, 'x')), "socket.path_length");
  EXPECT_EQ(failure(""), "socket.path_length");
  EXPECT_EQ(failure(folder / "nowhere" / "s"), "socket.bind");
}

TEST_F(ListenerPath, IsOpenToItsGroupAlone) {
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path).permissions(), perms{0660});
}

TEST_F(ListenerPath, InheritsNothingThatWasNotPassed) {
  const auto inherited = Listener::inherit(other_loop.get_executor(), "verify");
  ASSERT_TRUE(inherited);
  EXPECT_FALSE(*inherited);
}

}  // namespace
}  // namespace countersign::net
