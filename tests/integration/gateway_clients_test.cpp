// SPDX-License-Identifier: Apache-2.0
// The clients that the world already has, unchanged: ykclient, pam_yubico, FreeRADIUS.
#include "tests/support/gateway.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace countersign::test {
namespace {

namespace fs = std::filesystem;

class GatewayClients : public testing::Test {
 protected:
  Appliance appliance_{{.policy = kGatewayPolicy}};
  Gateway gateway_{appliance_};
  ApiClient client_ = add_client(appliance_, true);
  YubicoKey key_ = enrol_yubico_key(appliance_, "alice");

  // Runs a shell's command to its end; returns its exit status, what it said in `said_`.
  int shell(const std::string& command) {
    static int runs = 0;
    Process process{{.arguments = {"/bin/sh", "-c", command},
                     .log_file = appliance_.path("client-" + std::to_string(++runs) + ".log")}};
    const auto status = process.wait();
    said_ = process.log();
    return status.value_or(-1);
  }
  int ykclient(const std::string& otp, const ApiClient& client, const std::string& options = "") {
    return shell("ykclient --debug --url " + gateway_.url() + " --apikey " + client.key_base64() +
                 " " + options + " " + std::to_string(client.id) + " " + otp);
  }
  int ykclient(const std::string& otp) { return ykclient(otp, client_); }

  std::string said_;
};

// Its exit statuses.
constexpr int kGood = 0;
constexpr int kReplayed = 2;
constexpr int kRefused = 3;

TEST_F(GatewayClients, YkclientAcceptsAnOtpOnce) {
  const std::string otp = key_.tap();
  EXPECT_EQ(ykclient(otp), kGood) << said_;
  EXPECT_EQ(ykclient(otp), kReplayed) << said_;
}

TEST_F(GatewayClients, YkclientTakesEverySpelling) {
  const std::string shouted = in_capitals(key_.tap());
  EXPECT_EQ(ykclient(shouted), kGood) << said_;
  EXPECT_EQ(ykclient(shouted), kReplayed) << said_;
  const std::string typed = on_dvorak(key_.tap());
  EXPECT_EQ(ykclient(typed), kGood) << said_;
  EXPECT_EQ(ykclient(typed), kReplayed) << said_;
}

TEST_F(GatewayClients, YkclientRefusesABadOtp) {
  std::string otp = key_.tap();
  otp.back() = otp.back() == 'c' ? 'b' : 'c';
  EXPECT_EQ(ykclient(otp), kRefused) << said_;
}

TEST_F(GatewayClients, YkclientDoesNotBelieveWhoHasAnotherKey) {
  const std::string otp = key_.tap();
  ApiClient other = client_;
  other.key[0] = static_cast<char>(other.key[0] ^ 1);
  EXPECT_EQ(ykclient(otp, other), kRefused);
  EXPECT_NE(said_.find("status: BAD_SIGNATURE"), std::string::npos) << said_;
  other = client_;
  other.id = 4'000'000;
  EXPECT_EQ(ykclient(otp, other), kRefused);
  EXPECT_NE(said_.find("status: NO_SUCH_CLIENT"), std::string::npos) << said_;
  EXPECT_EQ(ykclient(otp), kGood) << said_;
}

// Without a key it signs nothing, and believes whatever it is told.
TEST_F(GatewayClients, YkclientWithoutAKeyMayAskWhereTheClientNeedNotSign) {
  const ApiClient lenient = add_client(appliance_);
  const auto ask = [&](const ApiClient& client, const std::string& otp) {
    return shell("ykclient --url " + gateway_.url() + " " + std::to_string(client.id) + " " + otp);
  };
  const std::string otp = key_.tap();
  EXPECT_EQ(ask(client_, otp), kRefused) << said_;
  EXPECT_EQ(ask(lenient, otp), kGood) << said_;
  EXPECT_EQ(ask(lenient, otp), kReplayed) << said_;
}

TEST_F(GatewayClients, YkclientRefusesWithoutTheDaemon) {
  appliance_.stop_daemon();
  EXPECT_NE(ykclient(key_.tap()), kGood) << said_;
}

TEST_F(GatewayClients, YkclientBearsARateLimit) {
  Gateway slow{appliance_, "[limits]\nrequests_per_second = 1\nburst = 1\n"};
  const std::string command = "ykclient --url " + slow.url() + " --apikey " + client_.key_base64() +
                              " " + std::to_string(client_.id) + " ";
  EXPECT_EQ(shell(command + key_.tap()), kGood) << said_;
  EXPECT_EQ(shell(command + key_.tap()), kRefused) << said_;
}

TEST_F(GatewayClients, YkclientSpeaksTls) {
  const std::string files = appliance_.path("tls");
  const auto make_certificate = [&] {
    return shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 " +
                 ("-subj /CN=gateway -addext subjectAltName=IP:127.0.0.1 -keyout " + files) +
                 ".key -out " + files + ".crt");
  };
  ASSERT_EQ(make_certificate(), 0) << said_;
  Gateway secure{appliance_,
                 "[tls]\ncertificate = \"" + files + ".crt\"\nkey = \"" + files + ".key\"\n"};
  const auto ask = [&](const std::string& otp) {
    return shell("ykclient --url https://127.0.0.1:" + std::to_string(secure.port()) +
                 "/wsapi/2.0/verify --cai " + files + ".crt --apikey " + client_.key_base64() +
                 " " + std::to_string(client_.id) + " " + otp);
  };
  const std::string otp = key_.tap();
  EXPECT_EQ(ask(otp), kGood) << said_;
  EXPECT_EQ(ask(otp), kReplayed) << said_;
  EXPECT_EQ(HttpPeer{secure.port()}.get(target_for(client_, key_.tap())).status, 0U);

  // Another certificate: the old one is not believed any more, nor offered.
  ASSERT_EQ(make_certificate(), 0) << said_;
  EXPECT_NE(ask(key_.tap()), kGood);
  secure.process().kill(SIGHUP);
  EXPECT_TRUE(wait_until([&] { return ask(key_.tap()) == kGood; })) << said_;
  ASSERT_EQ(
      shell("echo junk > " + files + ".crt.new && mv " + files + ".crt.new " + files + ".key"), 0);
  secure.process().kill(SIGHUP);
  EXPECT_TRUE(wait_until([&] { return secure.process().has_logged("gateway.certificate_kept"); }));
  EXPECT_EQ(ask(key_.tap()), kGood) << said_;
}

TEST_F(GatewayClients, PamYubicoAcceptsAnOtpOnce) {
  fs::create_directory(appliance_.path("services"));
  std::ofstream{appliance_.path("mappings")} << "alice:" << key_.public_id << '\n';
  std::ofstream{appliance_.path("services/test")}
      << "auth required pam_yubico.so id=" << client_.id << " key=" << client_.key_base64()
      << " urllist=" << gateway_.url() << " authfile=" << appliance_.path("mappings") << '\n';
  const auto sign_in = [&](const std::string& otp) {
    return shell("echo " + otp + " | LD_PRELOAD=libpam_wrapper.so PAM_WRAPPER=1 " +
                 "PAM_WRAPPER_SERVICE_DIR=" + appliance_.path("services") +
                 " pamtester test alice authenticate");
  };
  const std::string otp = key_.tap();
  EXPECT_EQ(sign_in(otp), 0) << said_;
  EXPECT_NE(sign_in(otp), 0) << said_;
  EXPECT_EQ(sign_in(key_.tap()), 0) << said_;
  EXPECT_NE(sign_in(enrol_yubico_key(appliance_, "mallory").tap()), 0) << said_;
}

std::uint16_t free_udp_port() {
  const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool bound = ::bind(fd, generic, size) == 0 && ::getsockname(fd, generic, &size) == 0;
  ::close(fd);
  if (!bound) throw std::runtime_error{"no UDP port"};
  return ntohs(address.sin_port);
}

// A FreeRADIUS with nothing but rlm_yubikey, as its own documentation has it.
class FreeRadius {
 public:
  FreeRadius(const std::string& folder, const Gateway& gateway, const ApiClient& client)
      : port_{free_udp_port()} {
    fs::create_directory(folder);
    std::ofstream{folder + "/dictionary"} << "$INCLUDE /usr/share/freeradius/dictionary\n";
    std::ofstream{folder + "/radiusd.conf"} << configuration(folder);
    std::ofstream{folder + "/yubikey"} << module_configuration(gateway, client);
    process_ = std::make_unique<Process>(Process::Settings{
        .arguments = {"/usr/sbin/freeradius", "-f", "-l", "stdout", "-d", folder, "-n", "radiusd"},
        .log_file = folder + "/log"});
    const bool ready = wait_until(
        [&] { return process_->has_logged("Ready to process requests") || !process_->alive(); });
    if (!ready || !process_->alive()) {
      throw std::runtime_error{"FreeRADIUS did not start: " + process_->log()};
    }
  }
  ~FreeRadius() { process_->terminate(); }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::string log() const { return process_->log(); }

 private:
  [[nodiscard]] std::string configuration(const std::string& folder) const {
    return "libdir = /usr/lib/freeradius\nlogdir = " + folder + "\nrun_dir = " + folder + R"(
security {
  reject_delay = 0
}
client test {
  ipaddr = 127.0.0.1
  secret = testing
}
thread pool {
  start_servers = 2
  max_servers = 4
}
modules {
  $INCLUDE yubikey
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = )" +
           std::to_string(port_) + R"(
  }
  authorize {
    yubikey
  }
  authenticate {
    Auth-Type yubikey {
      yubikey
    }
  }
}
)";
  }
  static std::string module_configuration(const Gateway& gateway, const ApiClient& client) {
    return "yubikey {\n  id_length = 12\n  split = yes\n  decrypt = no\n  validate = yes\n"
           "  validation {\n    servers {\n      uri = \"" +
           gateway.url() + "?id=%d&otp=%s\"\n    }\n    client_id = " + std::to_string(client.id) +
           "\n    api_key = \"" + client.key_base64() +
           "\"\n    pool {\n      start = 1\n      min = 1\n      max = 4\n    }\n  }\n}\n";
  }

  std::uint16_t port_;
  std::unique_ptr<Process> process_;
};

TEST_F(GatewayClients, FreeRadiusAcceptsAnOtpOnce) {
  const FreeRadius radius{appliance_.path("raddb"), gateway_, client_};
  const auto access = [&](const std::string& otp) {
    const int status = shell(
        "echo 'User-Name=alice,User-Password=" + otp +
        "' | radclient -x -t 10 -r 1 127.0.0.1:" + std::to_string(radius.port()) + " auth testing");
    return status == 0 && said_.find("Received Access-Accept") != std::string::npos;
  };
  const std::string otp = key_.tap();
  EXPECT_TRUE(access(otp)) << said_ << radius.log();
  EXPECT_FALSE(access(otp)) << said_;
  EXPECT_NE(said_.find("Received Access-Reject"), std::string::npos) << said_ << radius.log();
  EXPECT_TRUE(access(key_.tap())) << said_;
}

}  // namespace
}  // namespace countersign::test
