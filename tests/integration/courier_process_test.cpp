// SPDX-License-Identifier: Apache-2.0
// The courier as a process: what systemd hears of it, what it gives up, how it ends.
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace countersign::test {
namespace {

constexpr const char* kProvider = R"([[provider]]
name = "local"
kind = "smtp"
host = "localhost"
port = 25
tls = "none"
from = "codes@example.com"
)";
constexpr int kExitConfiguration = 78;

// Where a program tells systemd how it is.
class NotifySocket {
 public:
  explicit NotifySocket(std::string path)
      : fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  NotifySocket(const NotifySocket&) = delete;
  NotifySocket& operator=(const NotifySocket&) = delete;
  ~NotifySocket() { ::close(fd_); }

  // How often it was told this so far.
  int count(const std::string& state) {
    std::string datagram(256, '\0');
    for (;;) {
      const ssize_t size = ::recv(fd_, datagram.data(), datagram.size(), 0);
      if (size < 0) break;
      heard_.push_back(datagram.substr(0, static_cast<std::size_t>(size)));
    }
    return static_cast<int>(std::ranges::count(heard_, state));
  }

 private:
  int fd_;
  std::vector<std::string> heard_;
};

class CourierProcess : public testing::Test {
 protected:
  Process start(const std::string& settings, std::vector<std::string> environment = {}) {
    std::ofstream{folder_.file("courier.toml")} << "[daemon]\nsocket = \""
                                                << folder_.file("courier.sock") << "\"\n"
                                                << "[templates]\ndirectory = \"" CS_TEMPLATES "\"\n"
                                                << settings;
    return Process{{.arguments = {program_folder() / "countersign-courier", "--config",
                                  folder_.file("courier.toml")},
                    .environment = std::move(environment),
                    .log_file = folder_.file("log")}};
  }
  static std::string status_of(const Process& process) {
    std::ifstream file{"/proc/" + std::to_string(process.pid()) + "/status"};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  TemporaryFolder folder_;
};

TEST_F(CourierProcess, TellsSystemdThatItIsReadyAliveAndStopping) {
  NotifySocket systemd{folder_.file("notify")};
  Process courier =
      start(kProvider, {"NOTIFY_SOCKET=" + folder_.file("notify"), "WATCHDOG_USEC=500000"});
  // Without a daemon, too.
  EXPECT_TRUE(wait_until([&] { return systemd.count("READY=1") == 1; })) << courier.log();
  EXPECT_TRUE(wait_until([&] { return systemd.count("WATCHDOG=1") >= 3; }));
  EXPECT_EQ(courier.terminate(), 0);
  EXPECT_EQ(systemd.count("STOPPING=1"), 1);
}

TEST_F(CourierProcess, GivesUpWhatItDoesNotNeed) {
  Process courier = start(kProvider);
  ASSERT_TRUE(wait_until([&] { return courier.has_logged("courier.ready"); })) << courier.log();
  EXPECT_NE(status_of(courier).find("NoNewPrivs:\t1"), std::string::npos);
  std::ifstream limits{"/proc/" + std::to_string(courier.pid()) + "/limits"};
  const std::string text{std::istreambuf_iterator<char>{limits}, {}};
  const std::size_t core = text.find("Max core file size");
  ASSERT_NE(core, std::string::npos);
  EXPECT_EQ(text.substr(core, text.find('\n', core) - core).find_first_of("123456789"),
            std::string::npos);
}

TEST_F(CourierProcess, EndsWith78WhereAnotherStartWouldNotHelp) {
  const std::string mail = kProvider;
  for (const auto& [settings, says] : std::vector<std::pair<std::string, std::string>>{
           {"", "provider is missing"},
           {mail + "secret = \"x\"\n", "line=12"},
           {mail + "username = \"u\"\npassword_file = \"" + folder_.file("none") + "\"\n",
            "secret.open"},
           {mail + "username = \"u\"\npassword_file = \"" CS_TEMPLATES "/en/test.txt\"\n",
            "secret.mode"}}) {
    Process courier = start(settings);
    EXPECT_EQ(courier.wait(), kExitConfiguration) << courier.log();
    EXPECT_TRUE(courier.has_logged(says)) << courier.log();
  }
}

}  // namespace
}  // namespace countersign::test
