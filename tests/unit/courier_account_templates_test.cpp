// SPDX-License-Identifier: Apache-2.0
// What people are told of their accounts, and where it leads them.
#include "courier/words/sms_coding.hpp"
#include "tests/support/failure.hpp"
#include "tests/unit/courier_templates_support.hpp"

#include <gmock/gmock.h>

namespace countersign::courier {
namespace {

using test::failure;
using testing::HasSubstr;
using testing::Not;

bool is_notice(const Kind& kind) { return kind.topic == Topic::notice; }

TEST(AccountTemplates, TellWhoeverDidNotDoItWhereToGoAndUntilWhen) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    for (const Kind& kind : kKinds) {
      if (!is_notice(kind)) continue;
      SCOPED_TRACE(std::string{language} + " " + std::string{kind.name});
      const std::string name{kind.name};
      const auto email = (*templates)->render(message_of(name, Channel::email, language));
      const auto sms = (*templates)->render(message_of(name, Channel::sms, language));
      ASSERT_TRUE(email && sms);
      EXPECT_THAT(email->text, HasSubstr("    " + kLink + "\n"));
      EXPECT_THAT(email->html, HasSubstr("<a href=\"" + kLink + "\">" + kLink + "</a>"));
      for (const std::string& text : {email->text, email->html}) {
        EXPECT_THAT(text, HasSubstr("2026-11-29 16:05 UTC"));
      }
      EXPECT_THAT(sms->sms, HasSubstr(kLink + " "));
    }
  }
}

TEST(AccountTemplates, LeaveOutALinkThatThereIsNot) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    for (const Kind& kind : kKinds) {
      if (!is_notice(kind)) continue;
      SCOPED_TRACE(std::string{language} + " " + std::string{kind.name});
      Message message = message_of(std::string{kind.name}, Channel::email, language);
      for (const char* name : {"not_me_link", "expires"}) leave_out(message, name);
      const auto without = (*templates)->render(message);
      message.values.push_back({"not_me_link", ""});
      const auto empty = (*templates)->render(message);
      message.channel = Channel::sms;
      const auto sms = (*templates)->render(message);
      ASSERT_TRUE(without && empty && sms);
      EXPECT_EQ(without->text, empty->text);
      for (const std::string& text : {without->text, without->html, sms->sms}) {
        EXPECT_THAT(text, Not(HasSubstr("http")));
        EXPECT_THAT(text, Not(HasSubstr("UTC")));
        EXPECT_THAT(text, HasSubstr("Example Bank"));
      }
    }
  }
}

TEST(AccountTemplates, SayWhereAnAccountIsActivatedAndByWhatName) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    for (const char* kind : {"activation", "reset_link"}) {
      SCOPED_TRACE(std::string{language} + " " + kind);
      Message message = message_of(kind, Channel::email, language);
      const auto email = (*templates)->render(message);
      ASSERT_TRUE(email);
      for (const std::string& text : {email->text, email->html}) {
        for (const char* value : {"anna.andersson", " Anna,", "2026-11-29 16:05 UTC"}) {
          EXPECT_THAT(text, HasSubstr(value));
        }
      }
      EXPECT_THAT(email->text, HasSubstr("    " + kLink + "\n"));
      EXPECT_THAT(email->html, HasSubstr("<a href=\"" + kLink + "\">" + kLink + "</a>"));
      leave_out(message, "first_name");
      const auto nameless = (*templates)->render(message);
      ASSERT_TRUE(nameless);
      EXPECT_THAT(nameless->text.substr(0, nameless->text.find('\n')), Not(HasSubstr(" ,")));
      leave_out(message, "link");
      EXPECT_EQ(failure((*templates)->render(message)), ErrorCode::malformed);
    }
  }
}

// Pictures tell somebody else when a mail is read.
TEST(AccountTemplates, ShowNoPicturesAndLeadNowhereElse) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    for (const Kind& kind : kKinds) {
      Message message = message_of(std::string{kind.name}, Channel::email, language);
      const auto email = (*templates)->render(message);
      ASSERT_TRUE(email);
      std::string rest = email->html;
      for (std::size_t at = rest.find(kLink); at != std::string::npos; at = rest.find(kLink)) {
        rest.erase(at, kLink.size());
      }
      for (const char* sign : {"<img", "src=", "url(", "://", "<link", "<script"}) {
        EXPECT_THAT(rest, Not(HasSubstr(sign))) << language << " " << kind.name;
      }
    }
  }
}

TEST(AccountTemplates, LeadNowhereButToAPageThatNobodyOnTheWayCanChange) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* link : {"https://a.example/t/x", "http://127.0.0.1:8080/t/x",
                           "http://localhost:8080/t/x", "http://[::1]:8080/t/x"}) {
    Message message = message_of("activation", Channel::email);
    leave_out(message, "link");
    message.values.push_back({"link", link});
    const auto email = (*templates)->render(message);
    ASSERT_TRUE(email) << link;
    EXPECT_THAT(email->html, HasSubstr("href=\"" + std::string{link} + "\""));
  }
  for (const char* link : {"", "http://a.example/t/x", "javascript:alert(1)", "data:text/html,x",
                           "https://a.example/\"x", "https://a.example/<b>", "https://a.example/ x",
                           "ftp://a.example/", "//a.example/", "https://u:p@a.example/",
                           "https://\u00e4.example/", "https://a.example/'x"}) {
    for (const Channel channel : {Channel::email, Channel::sms}) {
      Message message = message_of("activation", channel);
      leave_out(message, "link");
      message.values.push_back({"link", link});
      EXPECT_EQ(failure((*templates)->render(message)), ErrorCode::malformed) << link;
    }
  }
}

// Three of them are sent at most; a letter from elsewhere would more than halve them.
TEST(AccountTemplates, FitIntoThreeSmsWithTheLongestLink) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    for (const Kind& kind : kKinds) {
      const auto sms =
          (*templates)->render(message_of(std::string{kind.name}, Channel::sms, language));
      ASSERT_TRUE(sms) << language << " " << kind.name;
      const auto shape = shape_of(sms->sms);
      ASSERT_TRUE(shape);
      EXPECT_EQ(shape->alphabet, SmsAlphabet::gsm7) << sms->sms;
      EXPECT_LE(shape->segments, 3U) << sms->sms;
    }
  }
}

}  // namespace
}  // namespace countersign::courier
