// SPDX-License-Identifier: Apache-2.0
// The real Kannel, as packaging/kannel.conf sets it up, with a message centre behind it: what
// arrives, what is reported, what is kept nowhere.
#include "tests/support/kannel.hpp"

#include "base/clock.hpp"
#include "courier/reports/delivery_reports.hpp"
#include "courier/sms/kannel.hpp"
#include "courier/words/templates.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <vector>

namespace countersign::courier {
namespace {

using namespace std::chrono_literals;
using test::Kannel;
using test::wait_until;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

class RealKannel : public testing::Test {
 protected:
  // With reports, from a port of our own.
  void begin(Kannel::Logs logs = Kannel::Logs::as_documented) {
    kannel_ = std::make_unique<Kannel>(logs);
    Settings settings;
    settings.delivery_reports.listen = "127.0.0.1:0";
    settings.providers = {{"kannel", KannelSettings{}}};
    auto listening = listen_for_delivery_reports(settings, [this](const DeliveryReport& report) {
      const std::scoped_lock lock{mutex_};
      reports_.push_back(report);
    });
    ASSERT_TRUE(listening);
    listener_ = std::move(*listening);
    provider_ = make(kannel_->password_file());
    ASSERT_TRUE(provider_);
  }
  void TearDown() override { listener_.reset(); }

  [[nodiscard]] std::unique_ptr<Provider> make(const std::string& password_file) const {
    const KannelSettings settings{.url = kannel_->url(),
                                  .ca_file = "",
                                  .username = Kannel::kUser,
                                  .password_file = password_file,
                                  .sender = "Example"};
    const DeliveryReportSettings reports{
        .listen = "127.0.0.1:0",
        .url = "http://127.0.0.1:" + std::to_string(listener_->port()),
        .key_file = ""};
    auto made = make_kannel("kannel", settings, reports, clock_);
    return made ? std::move(*made) : nullptr;
  }

  [[nodiscard]] Outcome send(const std::string& text, std::chrono::seconds lifetime = 5min,
                             std::uint64_t id = 1) const {
    return send(*provider_, Rendered{.sms = text}, lifetime, id);
  }
  [[nodiscard]] Outcome send(Provider& provider, Rendered content,
                             std::chrono::seconds lifetime = 5min, std::uint64_t id = 1) const {
    const auto transfer = provider.begin(Outgoing{.id = MessageId{id},
                                                  .channel = Channel::sms,
                                                  .destination = "+358401234567",
                                                  .content = std::move(content),
                                                  .expires_at = clock_.now() + lifetime});
    if (!transfer) return {};
    const CURLcode code = curl_easy_perform((*transfer)->handle());
    long status = 0;
    curl_easy_getinfo((*transfer)->handle(), CURLINFO_RESPONSE_CODE, &status);
    return (*transfer)->judge(code, status);
  }
  [[nodiscard]] bool reports(std::uint64_t id, Arrival arrival,
                             std::chrono::seconds patience = 20s) const {
    const auto has_come = [&] {
      const std::scoped_lock lock{mutex_};
      return std::ranges::any_of(reports_, [&](const DeliveryReport& report) {
        return report.message == MessageId{id} && report.arrival == arrival;
      });
    };
    return wait_until(has_come, patience);
  }
  // In which files of Kannel's it stands.
  [[nodiscard]] std::vector<std::string> files_with(const std::string& text) const {
    std::vector<std::string> names;
    for (const auto& [name, content] : kannel_->files()) {
      if (content.find(text) != std::string::npos) names.push_back(name);
    }
    return names;
  }

  SystemClock clock_;
  std::unique_ptr<Kannel> kannel_;
  std::unique_ptr<Provider> provider_;
  mutable std::mutex mutex_;
  std::vector<DeliveryReport> reports_;
  std::unique_ptr<DeliveryReports> listener_;
};

TEST_F(RealKannel, DeliversEveryLetter) {
  begin();
  const std::string gsm = "Koodi 123456 äöå ÄÖÅ ß ñ € {}[]\\^~| @£$ _ %d & + <>";
  const std::string ucs2 = "Код 123456 “é” €";
  EXPECT_EQ(send(gsm).fate, Fate::sent);
  EXPECT_EQ(send(ucs2).fate, Fate::sent);
  const auto received = kannel_->wait_for(2);
  ASSERT_EQ(received.size(), 2U);
  EXPECT_EQ(received[0].text, gsm);
  EXPECT_EQ(received[0].to, "+358401234567");
  EXPECT_EQ(received[0].from, "Example");
  EXPECT_FALSE(received[0].is_ucs2);
  EXPECT_EQ(received[1].text, ucs2);
  EXPECT_TRUE(received[1].is_ucs2);
}

TEST_F(RealKannel, DeliversTheLastLineThatBindsTheCode) {
  begin();
  TemplateSettings settings;
  settings.directory = CS_TEMPLATES;
  settings.realms = {{"default", "Example Bank", "bank.example", "Bank"}};
  const auto templates = load_templates(settings);
  ASSERT_TRUE(templates);
  auto rendered = (*templates)
                      ->render(Message{.channel = Channel::sms,
                                       .kind = "confirmation",
                                       .realm = "default",
                                       .language = "en",
                                       .code = "654321",
                                       .values = {{"lifetime_minutes", "5"}}});
  ASSERT_TRUE(rendered);
  EXPECT_EQ(send(*provider_, std::move(*rendered)).fate, Fate::sent);
  const auto received = kannel_->wait_for(1);
  ASSERT_EQ(received.size(), 1U);
  EXPECT_EQ(received[0].from, "Bank");
  EXPECT_THAT(received[0].text, EndsWith("\n@bank.example #654321"));
}

TEST_F(RealKannel, ReportsWhatHasArrived) {
  begin();
  EXPECT_EQ(send("123456", 5min, 71).fate, Fate::sent);
  EXPECT_TRUE(reports(71, Arrival::delivered));
}

TEST_F(RealKannel, RefusesAWrongPassword) {
  begin();
  const test::TemporaryFolder folder;
  const std::string path = folder.file("password");
  std::ofstream{path} << "wrong\n";
  std::filesystem::permissions(path, std::filesystem::perms::owner_read);
  const auto provider = make(path);
  ASSERT_TRUE(provider);
  const Outcome outcome = send(*provider, Rendered{.sms = "123456"});
  EXPECT_EQ(outcome.fate, Fate::provider_failed);
  EXPECT_EQ(outcome.problem.view(), "kannel.credentials");
}

TEST_F(RealKannel, SaysThatItCannotPassAMessageOn) {
  begin();
  kannel_->stop_message_centre();
  // It notices that within moments.
  const auto is_queued = [this] { return send("111111").problem.view() == "kannel.queued"; };
  EXPECT_TRUE(wait_until(is_queued));
}

// A code that would come too late is dropped there, and Kannel says so.
TEST_F(RealKannel, DropsWhatItCouldOnlyDeliverLate) {
  begin();
  kannel_->stop_message_centre();
  const auto is_queued = [this] { return send("111111", 10min).problem.view() == "kannel.queued"; };
  ASSERT_TRUE(wait_until(is_queued));
  ASSERT_EQ(send("222222", 30s, 72).fate, Fate::sent);
  ASSERT_EQ(send("333333", 10min, 73).fate, Fate::sent);
  std::this_thread::sleep_for(2s);  // Kannel's clock, which has seconds
  kannel_->start_message_centre();
  EXPECT_TRUE(reports(73, Arrival::delivered, 60s));
  EXPECT_TRUE(reports(72, Arrival::undeliverable, 60s));
  const auto has_arrived = [this](const std::string& text) {
    const auto received = kannel_->received();
    return std::ranges::find(received, text, &Kannel::Sms::text) != received.end();
  };
  EXPECT_TRUE(wait_until([&] { return has_arrived("333333"); }));
  EXPECT_FALSE(has_arrived("222222"));
}

// What the search below would find, were it there: so that it shows something.
TEST_F(RealKannel, WritesTextsWhereverItIsNotToldOtherwise) {
  begin(Kannel::Logs::everything);
  EXPECT_EQ(send("code 735184").fate, Fate::sent);
  ASSERT_EQ(kannel_->wait_for(1).size(), 1U);
  kannel_->stop();
  EXPECT_THAT(files_with("735184"),
              testing::IsSupersetOf({"bearerbox-access.log", "smsbox-access.log", "smsbox.log"}));
  EXPECT_FALSE(files_with("s3cret-of-sendsms").empty());
}

TEST_F(RealKannel, WritesNoTextAnywhereWhenItIsConfiguredAsDocumented) {
  begin();
  EXPECT_EQ(send("code 735184").fate, Fate::sent);
  ASSERT_EQ(kannel_->wait_for(1).size(), 1U);
  EXPECT_EQ(send("код 735184").fate, Fate::sent);
  kannel_->stop_message_centre();
  const auto is_queued = [this] { return send("735184").problem.view() == "kannel.queued"; };
  EXPECT_TRUE(wait_until(is_queued));
  kannel_->stop();
  ASSERT_FALSE(kannel_->files().empty());
  EXPECT_THAT(files_with("735184"), ElementsAre());
  EXPECT_THAT(files_with("%007%003%005"), ElementsAre());
  EXPECT_THAT(files_with("s3cret-of-sendsms"), ElementsAre());
  EXPECT_THAT(files_with("358401234567"), ElementsAre());
}

}  // namespace
}  // namespace countersign::courier
