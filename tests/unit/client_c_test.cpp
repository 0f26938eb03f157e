// SPDX-License-Identifier: Apache-2.0
// The C face, used from C through the shared library.
#include "tests/unit/client_c_face.h"

#include "tests/unit/client_fake_daemon.hpp"

#include <chrono>
#include <vector>

namespace countersign::test {
namespace {

// Listens, never takes a connection, and has as many waiting as the kernel allows.
class CrowdedSocket {
 public:
  CrowdedSocket() {
    std::string pattern = std::filesystem::temp_directory_path() / "client-test-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path = folder_ / "s";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    sockets_.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(sockets_.back(), generic, sizeof address), 0);
    EXPECT_EQ(::listen(sockets_.back(), 0), 0);
    do {
      sockets_.push_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    } while (::connect(sockets_.back(), generic, sizeof address) == 0);
  }
  CrowdedSocket(const CrowdedSocket&) = delete;
  CrowdedSocket& operator=(const CrowdedSocket&) = delete;
  ~CrowdedSocket() {
    for (const int fd : sockets_) ::close(fd);
    std::filesystem::remove_all(folder_);
  }

  std::string path;

 private:
  std::vector<int> sockets_;
  std::filesystem::path folder_;
};

TEST(CFace, Accepts) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  EXPECT_EQ(c_accepts(daemon.path.c_str()), 0);
}

TEST(CFace, Rejects) {
  FakeDaemon daemon{[](int, std::string_view body) { return rejected(id_field(body)); }};
  EXPECT_EQ(c_rejects(daemon.path.c_str()), 0);
}

TEST(CFace, SaysThatItWasDenied) {
  FakeDaemon daemon{[](int, std::string_view body) { return denied(id_field(body)); }};
  EXPECT_EQ(c_fails_closed(daemon.path.c_str(), 2), 0);
}

TEST(CFace, FailsClosedWhenNobodyAnswers) {
  FakeDaemon silent{[](int, std::string_view) { return std::string{}; }};
  EXPECT_EQ(c_fails_closed(silent.path.c_str(), 7), 0);
}

TEST(CFace, FailsClosedWhenTheAnswerIsNoVerdict) {
  // A subject; a verdict that says neither; one with a number that nobody knows.
  for (const char* outcome : {"\xa2\x01\x02\x08\x01", "\x52\x02\x10\x01", "\x52\x02\x08\x03"}) {
    FakeDaemon daemon{[&](int, std::string_view body) { return frame(id_field(body) + outcome); }};
    EXPECT_EQ(c_fails_closed(daemon.path.c_str(), 7), 0);
  }
}

TEST(CFace, WaitsNoLongerForAConnectionThanAllowed) {
  FakeDaemon daemon{[](int, std::string_view body) { return accepted(id_field(body)); }};
  EXPECT_EQ(c_connects_within(daemon.path.c_str(), 100, 0), 0);
  const CrowdedSocket crowded;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(c_connects_within(crowded.path.c_str(), 100, 7), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds{5});
}

TEST(CFace, SurvivesMisuse) { EXPECT_EQ(c_survives_misuse(), 0); }

}  // namespace
}  // namespace countersign::test
