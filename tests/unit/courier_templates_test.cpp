// SPDX-License-Identifier: Apache-2.0
// What people are told, by the templates that are shipped and by an administrator's own.
#include "courier/words/templates.hpp"

#include "courier/words/sms_coding.hpp"
#include "courier/words/template_check.hpp"
#include "tests/support/failure.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/courier_templates_support.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace countersign::courier {
namespace {

using test::failure;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// The shipped templates in a folder where they can be spoilt.
class OwnTemplates : public testing::Test {
 protected:
  OwnTemplates() {
    settings_ = shipped();
    settings_.directory = folder_.file("templates");
    std::filesystem::copy(CS_TEMPLATES, settings_.directory,
                          std::filesystem::copy_options::recursive);
  }

  void write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = settings_.directory + "/" + name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
  }
  void remove(const std::string& name) const {
    std::filesystem::remove_all(settings_.directory + "/" + name);
  }
  [[nodiscard]] std::optional<ErrorCode> loading() const {
    return failure(load_templates(settings_));
  }
  [[nodiscard]] std::string sms(const Message& message) const {
    const auto templates = load_templates(settings_);
    if (!templates) return "not loaded";
    const auto rendered = (*templates)->render(message);
    return rendered ? rendered->sms : std::string{rendered.error().operation.view()};
  }

  test::TemporaryFolder folder_;
  TemplateSettings settings_;
};

TEST(Templates, TellEveryKindInEveryShippedLanguage) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    for (const Kind& kind : kKinds) {
      SCOPED_TRACE(std::string{language} + " " + std::string{kind.name});
      const std::string name{kind.name};
      const auto sms = (*templates)->render(message_of(name, Channel::sms, language));
      const auto email = (*templates)->render(message_of(name, Channel::email, language));
      ASSERT_TRUE(sms && email);
      for (const std::string& text : {sms->sms, email->text, email->html}) {
        EXPECT_THAT(text, HasSubstr("Example Bank"));
        EXPECT_EQ(text.find("123456") != std::string::npos, kind.has_code());
        EXPECT_THAT(text, Not(HasSubstr("{{")));
      }
      EXPECT_THAT(email->subject, Not(HasSubstr("123456")));
      EXPECT_THAT(email->subject, Not(HasSubstr("\n")));
      EXPECT_TRUE(email->sms.empty());
      EXPECT_TRUE(sms->text.empty() && sms->html.empty() && sms->subject.empty());
    }
  }
}

TEST(Templates, SayInEnglish) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  const auto sms = (*templates)->render(message_of("sign_in", Channel::sms));
  ASSERT_TRUE(sms);
  EXPECT_EQ(sms->sms,
            "123456 is your code to sign in to Example Bank. Valid for 5 min. If you did not ask "
            "for it, tell it to nobody.");
}

// Each further one is charged.
TEST(Templates, SignInTakesASingleSms) {
  TemplateSettings settings = shipped();
  settings.realms = {{.name = "default", .domain = "bank.example"}};
  const auto templates = load_templates(settings);
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    const auto sms = (*templates)->render(message_of("sign_in", Channel::sms, language));
    ASSERT_TRUE(sms);
    const auto shape = shape_of(sms->sms);
    ASSERT_TRUE(shape);
    EXPECT_EQ(shape->segments, 1U) << shape->units << " units: " << sms->sms;
  }
}

TEST(Templates, ShowWhatIsAgreedToBeforeItsCode) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* language : {"en", "fi", "de", "sv"}) {
    const auto sms = (*templates)->render(message_of("transaction", Channel::sms, language));
    const auto email = (*templates)->render(message_of("transaction", Channel::email, language));
    ASSERT_TRUE(sms && email);
    for (const std::string& text : {sms->sms, email->text, email->html}) {
      EXPECT_LT(text.find("EUR 1,250.00 to Example Oy"), text.find("123456")) << text;
      EXPECT_THAT(text, HasSubstr("EUR 1,250.00 to Example Oy"));
    }
  }
}

TEST(Templates, BindACodeToTheDomainOfItsRealm) {
  TemplateSettings settings = shipped();
  settings.realms = {{.name = "default",
                      .service = "Lender & Sons",
                      .domain = "lender.example",
                      .sender = "Lender"}};
  const auto templates = load_templates(settings);
  ASSERT_TRUE(templates);
  const auto code = (*templates)->render(message_of("sign_in", Channel::sms));
  const auto notice = (*templates)->render(message_of("factor_added", Channel::sms));
  const auto email = (*templates)->render(message_of("sign_in", Channel::email));
  ASSERT_TRUE(code && notice && email);
  EXPECT_THAT(code->sms, EndsWith("\n@lender.example #123456"));
  EXPECT_THAT(code->sms, HasSubstr("Lender & Sons"));
  EXPECT_EQ(code->sender, "Lender");
  EXPECT_THAT(notice->sms, Not(HasSubstr("@lender.example")));
  EXPECT_THAT(email->html, HasSubstr("Lender &amp; Sons"));
  EXPECT_THAT(email->text, HasSubstr("Lender & Sons"));
}

TEST(Templates, FallBackToTheNextBestLanguage) {
  TemplateSettings settings = shipped();
  settings.default_language = "de";
  const auto templates = load_templates(settings);
  ASSERT_TRUE(templates);
  const auto first_words = [&](const std::string& language) {
    const auto sms = (*templates)->render(message_of("test", Channel::sms, language));
    return sms ? sms->sms : "";
  };
  EXPECT_THAT(first_words("fi"), HasSubstr("testiviesti"));
  EXPECT_THAT(first_words("fi-FI"), HasSubstr("testiviesti"));
  EXPECT_THAT(first_words("SV-fi"), HasSubstr("testmeddelande"));
  EXPECT_THAT(first_words(""), HasSubstr("Testnachricht"));
  EXPECT_THAT(first_words("tlh"), HasSubstr("Testnachricht"));
  EXPECT_THAT(first_words("../en"), HasSubstr("Testnachricht"));
}

TEST(Templates, TakeValuesForNothingButThemselves) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  Message message = message_of("transaction", Channel::email);
  message.values[1].value = "<b onclick='x()'>{{code}} & \"1\"</b>";
  const auto email = (*templates)->render(message);
  ASSERT_TRUE(email);
  EXPECT_THAT(email->html,
              HasSubstr("&lt;b onclick=&#39;x()&#39;&gt;{{code}} &amp; &quot;1&quot;&lt;/b&gt;"));
  EXPECT_THAT(email->text, HasSubstr("<b onclick='x()'>{{code}} & \"1\"</b>"));
}

TEST(Templates, RefuseValuesThatEndALineOrTurnIt) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* value : {"a\r\nBcc: b@c.example", "a\n@evil.example #111111", "a\tb", "a\x7f",
                            "a\u2028b", "a\u0085b", "EUR 1\u202e000", "\u2066x", "\xff"}) {
    Message message = message_of("transaction", Channel::sms);
    message.values[1].value = value;
    EXPECT_EQ(failure((*templates)->render(message)), ErrorCode::malformed) << value;
  }
}

TEST(Templates, RefuseCodesThatAreNone) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  for (const char* code : {"", "12345x", "123 456", "١٢٣٤٥٦"}) {
    Message message = message_of("sign_in", Channel::sms);
    message.code = code;
    EXPECT_EQ(failure((*templates)->render(message)), ErrorCode::malformed) << code;
  }
  Message notice = message_of("factor_added", Channel::sms);
  notice.code = "123456";
  EXPECT_EQ(failure((*templates)->render(notice)), ErrorCode::malformed);
}

TEST(Templates, RefuseWhatNobodyWroteOrWhatLacksAValue) {
  const auto templates = load_templates(shipped());
  ASSERT_TRUE(templates);
  Message message = message_of("sign_in", Channel::sms);
  message.values.clear();
  EXPECT_EQ(failure((*templates)->render(message)), ErrorCode::malformed);
  EXPECT_EQ(failure((*templates)->render(message_of("poem", Channel::sms))), ErrorCode::not_found);
}

TEST(Templates, RefuseWhatTakesMoreSegmentsThanAllowed) {
  TemplateSettings settings = shipped();
  const auto templates = load_templates(settings);
  ASSERT_TRUE(templates);
  Message message = message_of("transaction", Channel::sms);
  message.values[1].value.assign(200, 'a');
  EXPECT_TRUE((*templates)->render(message));
  // In UCS-2 it takes five.
  message.values[1].value += "й";
  EXPECT_EQ(failure((*templates)->render(message)), ErrorCode::limit_exceeded);
  settings.sms_segments_max = 5;
  const auto generous = load_templates(settings);
  ASSERT_TRUE(generous);
  EXPECT_TRUE((*generous)->render(message));
}

TEST_F(OwnTemplates, AreTheRealmsBeforeEverybodys) {
  write("realms/lender/en/test.sms", "Lender's own test by {{service}}.\n");
  write("realms/lender/en/test.txt", "Lender's own test.\n");
  Message message = message_of("test", Channel::sms);
  EXPECT_THAT(sms(message), StartsWith("Example Bank: this is a test"));
  message.realm = "lender";
  EXPECT_EQ(sms(message), "Lender's own test by Example Bank.");
  message.kind = "sign_in";
  message.code = "123456";
  EXPECT_THAT(sms(message), StartsWith("123456 is your code"));
  message.language = "fi";
  EXPECT_THAT(sms(message), HasSubstr("koodisi"));
}

TEST_F(OwnTemplates, HaveToBeComplete) {
  remove("fi/reset.html");
  EXPECT_EQ(loading(), ErrorCode::not_found);
}

TEST_F(OwnTemplates, HaveToBeCompleteInALanguageOfARealmAlone) {
  write("realms/lender/nl/test.sms", "Dit is een test.\n");
  EXPECT_EQ(loading(), ErrorCode::not_found);
}

TEST_F(OwnTemplates, NeedTheDefaultLanguage) {
  settings_.default_language = "nl";
  EXPECT_EQ(loading(), ErrorCode::not_found);
}

TEST_F(OwnTemplates, NeedTheirFolder) {
  settings_.directory += "/nowhere";
  EXPECT_EQ(loading(), ErrorCode::not_found);
}

TEST_F(OwnTemplates, OfUnknownKindsAreMistakes) {
  write("en/sign-in.sms", "{{code}}");
  EXPECT_EQ(loading(), ErrorCode::malformed);
}

TEST_F(OwnTemplates, MayNotBeTooLongForAnSms) {
  write("en/test.sms", std::string(460, 'a'));
  EXPECT_EQ(loading(), ErrorCode::limit_exceeded);
}

struct Mistaken {
  const char* file;
  const char* text;
};

class MistakenTemplates : public OwnTemplates, public testing::WithParamInterface<Mistaken> {};

TEST_P(MistakenTemplates, AreFoundAtTheStart) {
  ASSERT_EQ(loading(), std::nullopt);
  write(GetParam().file, GetParam().text);
  EXPECT_EQ(loading(), ErrorCode::malformed) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Each, MistakenTemplates,
    testing::Values(
        Mistaken{"en/sign_in.sms", "Your code: {{cod}}"}, Mistaken{"en/sign_in.sms", "Your code."},
        Mistaken{"en/sign_in.sms", "Your code: {{code"},
        Mistaken{"en/sign_in.sms", "{{code}} {{transaction}}"},
        Mistaken{"en/sign_in.sms", "{{code}} https://bank.example/"},
        Mistaken{"en/sign_in.sms", "{{code}} www.bank.example"},
        Mistaken{"en/sign_in.sms", "{{code}}\r\n"}, Mistaken{"en/sign_in.sms", "{{code}} \xff"},
        Mistaken{"en/sign_in.sms", "\n"}, Mistaken{"en/sign_in.subject", "Your code {{code}}"},
        Mistaken{"en/sign_in.subject", "Your\ncode"},
        Mistaken{"en/sign_in.html", "<p>{{code:none}}</p>"},
        Mistaken{"en/sign_in.html", "<p>{{>FILE}}{{code}}</p>"},
        Mistaken{"en/sign_in.html", "{{%AUTOESCAPE context=\"MANUAL\"}}{{code}}"},
        Mistaken{"en/sign_in.html", "{{=<% %>=}}{{code}}"},
        Mistaken{"en/transaction.sms", "{{code}} for {{transaction}}"},
        Mistaken{"en/transaction.sms", "{{code}}"},
        Mistaken{"en/factor_added.sms", "{{factor}} was added"},
        Mistaken{"en/factor_added.txt", "{{code}}"}, Mistaken{"english/test.sms", "A test."},
        Mistaken{"en/factor_added.txt", "{{not_me_link}}"},
        Mistaken{"en/factor_added.txt", "{{#not_me_link}}{{not_me_link}}"},
        Mistaken{"en/factor_added.txt", "{{not_me_link}}{{/not_me_link}}"},
        Mistaken{"en/factor_added.txt", "x{{/not_me_link}}"},
        Mistaken{"en/factor_added.txt", "{{#not_me_link}}x{{/first_name}}"},
        Mistaken{"en/factor_added.txt",
                 "{{#not_me_link}}{{#not_me_link}}x{{/not_me_link}}{{/not_me_link}}"},
        Mistaken{"en/factor_added.txt", "{{#not_me_link}}x{{/not_me_link}}{{expires}}"},
        Mistaken{"en/factor_added.txt", "{{#factor}}x{{/factor}}"},
        Mistaken{"en/factor_added.subject", "{{#not_me_link}}x{{/not_me_link}}"},
        Mistaken{"en/factor_added.txt", "{{#}}x{{/}}"}, Mistaken{"en/factor_added.txt", "{{}}"},
        Mistaken{"en/sign_in.txt", "{{#code}}{{code}}{{/code}}"},
        Mistaken{"en/activation.txt", "Welcome, {{#first_name}}{{first_name}}{{/first_name}}."},
        Mistaken{"en/activation.txt", "{{link}} {{first_name}}"},
        Mistaken{"en/activation.sms", "https://a.example/ {{link}}"}));

}  // namespace
}  // namespace countersign::courier
