// SPDX-License-Identifier: Apache-2.0
// Delivery reports: which are believed, and what they say; asked of the listener over HTTP.
#include "courier/reports/delivery_reports.hpp"

#include "courier/reports/report_desk.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/http_server.hpp"
#include "tests/unit/courier_gateway_world.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <vector>

namespace countersign::courier {
namespace {

using test::failure;

Settings settings_with(const std::string& key_file, const std::string& secret_file) {
  Settings settings;
  settings.delivery_reports = {
      .listen = "127.0.0.1:0", .url = "http://127.0.0.1", .key_file = key_file};
  HttpSettings http;
  http.reports = {.status = "/status",
                  .delivered = {"ok"},
                  .undeliverable = {"lost", "expired"},
                  .reference = "/id",
                  .secret_file = secret_file};
  settings.providers = {{"kannel", KannelSettings{}}, {"acme", http}, {"silent", HttpSettings{}}};
  return settings;
}

class Reports : public testing::Test {
 protected:
  void SetUp() override {
    settings_ = settings_with(write_secret(folder_, "key", std::string(32, 'k')),
                              write_secret(folder_, "secret", "sixteen-letters-"));
    auto key = ReportKey::from(settings_.delivery_reports);
    ASSERT_TRUE(key);
    key_ = std::make_unique<ReportKey>(std::move(*key));
  }
  [[nodiscard]] std::string path(const std::string& provider, std::uint64_t id = 42) const {
    return key_->path(provider, MessageId{id});
  }

  test::TemporaryFolder folder_;
  Settings settings_;
  std::unique_ptr<ReportKey> key_;
};

class Desk : public Reports {
 protected:
  void SetUp() override {
    Reports::SetUp();
    auto desk = ReportDesk::from(settings_);
    ASSERT_TRUE(desk);
    desk_ = std::make_unique<ReportDesk>(std::move(*desk));
  }
  // "delivered", "undeliverable", "" when it is neither yet, "refused".
  [[nodiscard]] std::string says(const std::string& target, const std::string& body = "") const {
    const auto report = desk_->read(target, body, references_);
    if (!report) return "refused";
    if (!*report) return "";
    EXPECT_EQ((*report)->message, MessageId{42});
    return (*report)->arrival == Arrival::delivered ? "delivered" : "undeliverable";
  }

  std::unique_ptr<ReportDesk> desk_;
  References references_;
};

TEST_F(Desk, KnowsKannelsNumbers) {
  const std::string target = path("kannel");
  EXPECT_EQ(says(target + "?type=1"), "delivered");
  EXPECT_EQ(says(target + "?type=2"), "undeliverable");
  EXPECT_EQ(says(target + "?type=16"), "undeliverable");
  EXPECT_EQ(says(target + "?type=8"), "");
  EXPECT_EQ(says(target + "?type=4"), "");
  EXPECT_EQ(says(target + "?type="), "");
  EXPECT_EQ(says(target), "");
}

TEST_F(Desk, ReadsWhatTheSettingsDescribe) {
  EXPECT_EQ(says(path("acme"), R"({"status": "ok"})"), "delivered");
  EXPECT_EQ(says(path("acme"), R"({"status": "expired"})"), "undeliverable");
  EXPECT_EQ(says(path("acme"), R"({"status": "buffered"})"), "");
  EXPECT_EQ(says(path("acme"), "no JSON"), "");
}

TEST_F(Desk, BelievesNobodyWhoWasNotToldTheAddress) {
  const std::string good = path("kannel");
  const std::string token = good.substr(good.rfind('/'));
  std::string other_token = good;
  other_token.back() = other_token.back() == '0' ? '1' : '0';
  const std::vector<std::string> targets{other_token,
                                         good.substr(0, good.size() - 1),
                                         good + "0",
                                         good + "/",
                                         "/reports/kannel/42/",
                                         "/reports/kannel/42",
                                         "/reports",
                                         "/",
                                         "",
                                         "/reports/kannel/43" + token,  // another message's
                                         "/reports/acme/42" + token,    // another provider's
                                         "/reports/kannel/042" + token,
                                         path("silent"),
                                         path("nobody")};
  for (const std::string& target : targets)
    EXPECT_EQ(says(target + "?type=1"), "refused") << target;
}

TEST_F(Desk, FindsTheMessageByItsProvidersId) {
  references_.add("acme", "acme-1", MessageId{42});
  const std::string target = "/reports/acme/sixteen-letters-";
  const std::string body = R"({"id": "acme-1", "status": "ok"})";
  EXPECT_EQ(says(target, body), "delivered");
  EXPECT_EQ(says(target, R"({"id": "acme-2", "status": "ok"})"), "");
  EXPECT_EQ(says(target, R"({"status": "ok"})"), "");
  EXPECT_EQ(says("/reports/acme/sixteen-letters.", body), "refused");
  EXPECT_EQ(says("/reports/acme/", body), "refused");
  EXPECT_EQ(says("/reports/kannel/", body), "refused");
  EXPECT_EQ(says("/reports/kannel/sixteen-letters-", body), "refused");
}

TEST(ReferencesOfProviders, AreBounded) {
  References references;
  for (std::uint64_t id = 0; id <= References::kMax; ++id) {
    references.add("acme", std::to_string(id), MessageId{id});
  }
  references.add("acme", std::string(References::kBytesMax + 1, 'x'), MessageId{1});
  EXPECT_EQ(references.find("acme", "0"), std::nullopt);
  EXPECT_EQ(references.find("acme", "1"), MessageId{1});
  EXPECT_EQ(references.find("other", "1"), std::nullopt);
  EXPECT_EQ(references.find("acme", std::string(References::kBytesMax + 1, 'x')), std::nullopt);
}

TEST_F(Desk, ReadsFormsAndEscapes) {
  const ReportRule rule{.status = "message status",
                        .delivered = {"is there"},
                        .undeliverable = {},
                        .reference = "",
                        .secret_file = ""};
  EXPECT_EQ(read_report(rule, "a=b&message+status=is%20there", ""), Arrival::delivered);
  EXPECT_EQ(read_report(rule, "", "message%20status=is+there"), Arrival::delivered);
  EXPECT_EQ(read_report(rule, "message%2", "%zz=1&&="), std::nullopt);
}

TEST(ReportKeys, AreOnePerStartOrOneForEver) {
  const test::TemporaryFolder folder;
  DeliveryReportSettings settings;
  const auto first = ReportKey::from(settings);
  const auto second = ReportKey::from(settings);
  settings.key_file = write_secret(folder, "key", std::string(32, 'k'));
  const auto kept = ReportKey::from(settings);
  settings.key_file = write_secret(folder, "short", std::string(31, 'k'));
  const auto too_short = ReportKey::from(settings);
  ASSERT_TRUE(first && second && kept);
  EXPECT_EQ(first->path("kannel", MessageId{1}), second->path("kannel", MessageId{1}));
  EXPECT_NE(first->path("kannel", MessageId{1}), kept->path("kannel", MessageId{1}));
  EXPECT_EQ(failure(too_short), ErrorCode::malformed);
}

class Listener : public Reports {
 protected:
  void SetUp() override {
    Reports::SetUp();
    auto listening = listen_for_delivery_reports(settings_, [this](const DeliveryReport& report) {
      const std::scoped_lock lock{mutex_};
      arrived_.push_back(report);
    });
    ASSERT_TRUE(listening);
    listener_ = std::move(*listening);
  }
  void TearDown() override { listener_.reset(); }

  // What it answers to these bytes, until it closes or answers once.
  [[nodiscard]] std::string ask(const std::string& bytes) const {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(listener_->port());
    const timeval patience{20, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string answer;
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
      ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      std::array<char, 512> buffer;
      const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), 0);
      if (count > 0) answer.assign(buffer.data(), static_cast<std::size_t>(count));
    }
    ::close(fd);
    return answer.substr(0, answer.find("\r\n"));
  }
  [[nodiscard]] std::size_t arrived() const {
    const std::scoped_lock lock{mutex_};
    return arrived_.size();
  }

  std::unique_ptr<DeliveryReports> listener_;
  mutable std::mutex mutex_;
  std::vector<DeliveryReport> arrived_;
};

constexpr const char* kOk = "HTTP/1.1 200 OK";
constexpr const char* kNotFound = "HTTP/1.1 404 Not Found";

TEST_F(Listener, PassesOnWhatItBelieves) {
  EXPECT_EQ(ask("GET " + path("kannel") + "?type=1 HTTP/1.1\r\nHost: x\r\n\r\n"), kOk);
  ASSERT_EQ(arrived(), 1U);
  EXPECT_EQ(arrived_[0].message, MessageId{42});
  EXPECT_EQ(arrived_[0].provider, "kannel");
  EXPECT_EQ(arrived_[0].arrival, Arrival::delivered);
  EXPECT_EQ(ask("POST " + path("acme", 7) +
                " HTTP/1.1\r\nHost: x\r\nContent-Length: 18\r\n\r\n{\"status\": \"lost\"}"),
            kOk);
  ASSERT_EQ(arrived(), 2U);
  EXPECT_EQ(arrived_[1].message, MessageId{7});
  EXPECT_EQ(arrived_[1].arrival, Arrival::undeliverable);
}

TEST_F(Listener, RefusesForgeriesAndNonsense) {
  EXPECT_EQ(ask("GET /reports/kannel/42/00000000000000000000000000000000?type=1 HTTP/1.1\r\n"
                "Host: x\r\n\r\n"),
            kNotFound);
  EXPECT_EQ(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), kNotFound);
  EXPECT_EQ(ask("DELETE " + path("kannel") + "?type=1 HTTP/1.1\r\nHost: x\r\n\r\n"),
            "HTTP/1.1 405 Method Not Allowed");
  EXPECT_EQ(ask("POST " + path("acme") + " HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\n"),
            "HTTP/1.1 413 Payload Too Large");
  EXPECT_EQ(ask("\x16\x03\x01 nonsense\r\n\r\n"), "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(arrived(), 0U);
}

TEST_F(Listener, IsOnThisMachineAlone) {
  for (const char* listen : {"0.0.0.0:0", "192.0.2.1:0", "127.0.0.1", "127.0.0.1:x", "[::]:0",
                             "localhost:0", ":0", "127.0.0.1:65536"}) {
    settings_.delivery_reports.listen = listen;
    EXPECT_EQ(failure(listen_for_delivery_reports(settings_, {})), ErrorCode::malformed) << listen;
  }
}

TEST_F(Listener, SaysThatItsPortIsTaken) {
  settings_.delivery_reports.listen = "127.0.0.1:" + std::to_string(listener_->port());
  EXPECT_EQ(failure(listen_for_delivery_reports(settings_, {})), ErrorCode::unavailable);
}

}  // namespace
}  // namespace countersign::courier
