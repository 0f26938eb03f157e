// SPDX-License-Identifier: Apache-2.0
// What an administrator may write about SMS gateways, realms and delivery reports.
#include "courier/settings/settings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace countersign::courier {
namespace {

constexpr const char* kKannel = R"(
[[provider]]
name = "kannel"
kind = "kannel"
username = "courier"
password_file = "/etc/countersign/kannel-password"
sender = "Example"
)";

constexpr const char* kHttp = R"(
[[provider]]
name = "acme"
kind = "http"
url = "https://sms.example.com/v1/messages"
secret_file = "acme-key"
headers = { Authorization = "Bearer {{secret}}" }
body = '''{
  "to": "{{destination}}",
  "text": "{{text}}"
}'''
success_status = ["200-202"]
undeliverable_status = ["404", "422"]
result_pointer = "/status"
success_values = ["ok"]
report_status = "state"
report_delivered = ["DELIVRD"]
report_undeliverable = ["UNDELIV", "EXPIRED"]
)";

std::string mistake_in(const std::string& text) {
  const auto parsed = parse_settings(text);
  const auto* mistake = std::get_if<Mistake>(&parsed);
  return mistake == nullptr ? "" : mistake->message;
}

Settings settings_in(const std::string& text) {
  const auto parsed = parse_settings(text);
  const auto* settings = std::get_if<Settings>(&parsed);
  EXPECT_NE(settings, nullptr) << mistake_in(text);
  return settings == nullptr ? Settings{} : *settings;
}

TEST(GatewaySettings, DescribeAKannel) {
  const Settings settings = settings_in(kKannel);
  ASSERT_EQ(settings.providers.size(), 1U);
  const auto& kannel = std::get<KannelSettings>(settings.providers[0].kind);
  EXPECT_EQ(kannel.url, "http://127.0.0.1:13013/cgi-bin/sendsms");
  EXPECT_EQ(kannel.sender, "Example");
}

TEST(GatewaySettings, DescribeAnHttpGateway) {
  const Settings settings = settings_in(std::string{kKannel} + kHttp);
  ASSERT_EQ(settings.providers.size(), 2U);
  const auto& http = std::get<HttpSettings>(settings.providers[1].kind);
  EXPECT_EQ(http.success_status, (std::vector<StatusRange>{{200, 202}}));
  EXPECT_EQ(http.undeliverable_status, (std::vector<StatusRange>{{404, 404}, {422, 422}}));
  EXPECT_EQ(http.headers.size(), 1U);
  EXPECT_EQ(http.reports.undeliverable.size(), 2U);
}

TEST(GatewaySettings, DescribeRealmsAndReports) {
  const Settings settings = settings_in(std::string{R"(
[templates]
service = "Example Bank"
sms_segments_max = 2
[delivery_reports]
listen = "127.0.0.1:8087"
key_file = "report-key"
[[realm]]
name = "lender"
service = "Lender"
domain = "lender.example"
sender = "+358401234567"
)"} + kKannel);
  EXPECT_EQ(settings.templates.service, "Example Bank");
  EXPECT_EQ(settings.templates.sms_segments_max, 2U);
  ASSERT_EQ(settings.templates.realms.size(), 1U);
  EXPECT_EQ(settings.templates.realms[0].domain, "lender.example");
  EXPECT_EQ(settings.delivery_reports.url, "http://127.0.0.1:8087");
}

struct Wrong {
  const char* text;
  const char* mistake;
};

class WrongSettings : public testing::TestWithParam<Wrong> {};

// Each line replaces the one of its key in a good file, or is added to it.
TEST_P(WrongSettings, AreToldApart) {
  std::string text = kHttp;
  const std::string line = GetParam().text;
  const std::string key = line.substr(0, line.find(" =") + 2);
  const std::size_t at = text.rfind("\n" + key);
  if (at == std::string::npos) {
    text += line + "\n";
  } else {
    const std::size_t end =
        key == "body =" ? text.find("'''\n", at + 12) + 3 : text.find('\n', at + 1);
    text.replace(at + 1, end - at - 1, line);
  }
  EXPECT_NE(mistake_in(text).find(GetParam().mistake), std::string::npos)
      << text << mistake_in(text);
}

INSTANTIATE_TEST_SUITE_P(
    Each, WrongSettings,
    testing::Values(
        Wrong{R"(url = "http://sms.example.com/")", "must begin with https://"},
        Wrong{R"(url = "ftp://sms.example.com/")", "must begin with https://"},
        Wrong{R"(url = "https://user:pass@sms.example.com/")", "must name no user"},
        Wrong{R"(url = "https://sms.example.com/#x")", "must have no fragment"},
        Wrong{R"(url = "nonsense")", "must"}, Wrong{R"(method = "GET")", "must be \"POST\""},
        Wrong{R"(body = "{")", "is no JSON"},
        Wrong{R"(body = '{"to": "{{destination}}"}')", "must name {{text}}"},
        Wrong{R"(body = '{"a": "{{text}}{{destination}}{{code}}"}')", "names what there is not"},
        Wrong{R"(headers = { Authorization = "Bearer {{code}}" })", "may name {{secret}} alone"},
        Wrong{R"(headers = { "X Y" = "1" })", "must be names and texts"},
        Wrong{"headers = { X = \"1\\r\\nY: 2\" }", "must be names and texts"},
        Wrong{R"(success_status = ["2xx"])", "must be statuses"},
        Wrong{R"(success_status = ["299-200"])", "must be statuses"},
        Wrong{R"(success_status = [200])", "must be a list"},
        Wrong{R"(result_pointer = "status")", "must be a JSON pointer"},
        Wrong{R"(success_values = [])", "belong together"},
        Wrong{R"(report_delivered = [])", "belong together"},
        Wrong{R"(username = "user")", "belong together"},
        Wrong{R"(sender = "An overlong name")", "must be up to 11"},
        Wrong{R"(sender = "+12345678901234567")", "must be up to 11"},
        Wrong{R"(senders = "Example")", "senders"}));

TEST(GatewaySettings, RefuseWhatAKannelCannotBe) {
  const std::string good = kKannel;
  EXPECT_NE(mistake_in(good + "url = \"http://kannel.example/cgi-bin/sendsms\"").find("https://"),
            std::string::npos);
  EXPECT_NE(mistake_in(good + "url = \"http://127.0.0.1/?x=1\"").find("no query"),
            std::string::npos);
}

TEST(GatewaySettings, RefuseReportsFromElsewhereAndWrongRealms) {
  const std::string kannel = kKannel;
  EXPECT_NE(mistake_in("[delivery_reports]\nlisten = \"0.0.0.0:8087\"\n" + kannel).find("listen"),
            std::string::npos);
  EXPECT_NE(mistake_in("[[realm]]\nname = \"a\"\ndomain = \"Bank\"\n" + kannel).find("domain"),
            std::string::npos);
  EXPECT_NE(mistake_in("[[realm]]\nname = \"a\"\n[[realm]]\nname = \"a\"\n" + kannel).find("name"),
            std::string::npos);
}

}  // namespace
}  // namespace countersign::courier
