// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/account_flow.hpp"

#include "firmware-interface/base32.hpp"
#include "tests/support/courier.hpp"
#include "tests/support/daemon_clock.hpp"
#include "tests/support/port.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <optional>
#include <regex>
#include <set>
#include <utility>

namespace countersign::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kPolicy = R"([account]
url = "https://accounts.example.com"
portal_url = "https://portal.example.com/signed-in"
support = "Service desk, +358 9 123 4567"

[factors.question]
offer = true

[factors.device]
offer = true

[password]
strength_min = 3

[throttle]
failures_max = 30
failures_free = 30
kept_for_familiar = 10

[[sms.prefix]]
prefix = "+358"
per_hour = 500
)";

constexpr std::int64_t kTotpPeriod = 30;

// Once for all tests.
class Surroundings : public testing::Environment {
 public:
  struct Parts {
    TemporaryFolder folder;
    TestCertificate certificate = make_certificate(folder, "server");
    std::int64_t now = std::time(nullptr);  // the certificate is good by then
    DaemonClock clock{now};
    MailServer mail{{.certificate = &certificate,
                     .implicit = false,
                     .username = "courier",
                     .password = "correct horse"}};
    Kannel kannel;
    Appliance appliance{{.policy = kPolicy, .daemon_prefix = clock.prefix()}};
    Courier courier{appliance, providers(), clock.prefix()};

    [[nodiscard]] std::string providers() const {
      return "service = \"Example Bank\"\n[[provider]]\nname = \"kannel\"\nkind = \"kannel\"\n"
             "url = \"" +
             kannel.url() + "\"\nusername = \"" + Kannel::kUser + "\"\npassword_file = \"" +
             kannel.password_file() + "\"\nsender = \"Example\"\n" +
             provider_for(mail, folder, certificate);
    }
  };

  void SetUp() override {
    parts_ = std::make_unique<Parts>();
    start_courier();
  }
  void TearDown() override {
    parts_->courier.stop();
    EXPECT_THAT(parts_->appliance.check_store(), IsEmpty());
    parts_.reset();
  }

  [[nodiscard]] Parts& parts() { return *parts_; }
  [[nodiscard]] int next_number() { return ++people_; }
  void pass(std::chrono::seconds time) {
    parts_->clock.set(parts_->now += time.count());
    // To the daemon, a courier that has not asked for so long is gone.
    if (is_courier_up()) return;
    parts_->courier.stop();
    start_courier();
  }

  std::optional<ReceivedMail> take_mail(const std::string& address, const std::string& words) {
    look_for_mails();
    const auto found = std::ranges::find_if(unread_mails_, is_such(address, words));
    if (found == unread_mails_.end()) return std::nullopt;
    ReceivedMail mail = std::move(*found);
    unread_mails_.erase(found);
    return mail;
  }
  std::size_t count_mails(const std::string& address, const std::string& words) {
    look_for_mails();
    return static_cast<std::size_t>(std::ranges::count_if(unread_mails_, is_such(address, words)));
  }
  std::optional<std::string> take_text(const std::string& number, const std::string& words) {
    const std::vector<Kannel::Sms> all = parts_->kannel.received();
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool is_such = all[i].to == number && all[i].text.find(words) != std::string::npos;
      if (is_such && texts_read_.insert(i).second) return all[i].text;
    }
    return std::nullopt;
  }

 private:
  static std::function<bool(const ReceivedMail&)> is_such(const std::string& address,
                                                          const std::string& words) {
    return [&address, &words](const ReceivedMail& mail) {
      return mail.to == address && mail.header("Subject").find(words) != std::string::npos;
    };
  }
  void look_for_mails() {
    for (ReceivedMail& mail : parts_->mail.mails(mails_seen_)) {
      unread_mails_.push_back(std::move(mail));
      ++mails_seen_;
    }
  }
  [[nodiscard]] bool is_courier_up() const {
    return parts_->courier.is_up(v1::EMAIL) && parts_->courier.is_up(v1::SMS);
  }
  void start_courier() {
    parts_->courier.start();
    ASSERT_TRUE(wait_until([this] { return is_courier_up(); })) << parts_->courier.log();
  }

  std::unique_ptr<Parts> parts_;
  int people_ = 0;
  std::size_t mails_seen_ = 0;
  std::vector<ReceivedMail> unread_mails_;
  std::set<std::size_t> texts_read_;  // their places
};

// GoogleTest owns it, and starts it before the first test.
auto& surroundings =
    static_cast<Surroundings&>(*testing::AddGlobalTestEnvironment(new Surroundings));

}  // namespace

Appliance& AccountFlow::appliance() { return surroundings.parts().appliance; }

void AccountFlow::pass(std::chrono::seconds time) { surroundings.pass(time); }

std::int64_t AccountFlow::now_seconds() { return surroundings.parts().now; }

std::string AccountFlow::code_of(const Token& totp) {
  return totp.code(static_cast<std::uint64_t>(now_seconds() / kTotpPeriod));
}

std::string AccountFlow::wrong_code(const Token& token) {
  constexpr std::uint64_t kFar = 50;
  const auto step = static_cast<std::uint64_t>(now_seconds() / kTotpPeriod);
  const std::uint64_t around = token.kind == v1::TOTP ? step : token.counter;
  std::set<std::string> shown;
  for (std::uint64_t at = around - std::min(around, kFar); at < around + kFar; ++at) {
    shown.insert(token.code(at));
  }
  int wrong = 0;
  while (shown.contains(std::to_string(100'000 + wrong))) ++wrong;
  return std::to_string(100'000 + wrong);
}

Person AccountFlow::invite(const std::string& name) {
  const std::string number = std::to_string(1000 + surroundings.next_number());
  Person person{.username = name + "-" + number,
                .address = "home-" + number + "@example.com",
                .secondary = "work-" + number + "@example.org",
                .number = "+35840123" + number,
                .visit = AccountClient{appliance()}};
  v1::Request request;
  v1::CreateSubject& create = *request.mutable_create_subject();
  create.mutable_subject()->set_username(person.username);
  create.set_first_name("Robert");
  create.set_last_name("Example");
  create.set_primary_email(person.address);
  create.set_secondary_email(person.secondary);
  create.set_send_activation(true);
  const v1::Reply reply = ProvisionClient{appliance()}.call(request);
  EXPECT_EQ(reply.subject().state(), v1::SUBJECT_PENDING) << reply.ShortDebugString();
  EXPECT_EQ(reply.subject().activation().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  return person;
}

Person AccountFlow::settle() {
  Person person = invite();
  AccountClient& visit = person.visit;
  const std::string ticket = ticket_in(next_mail(person.address, kActivate));
  EXPECT_EQ(visit.open_ticket(ticket).verdict().answer(), v1::ACCEPTED);
  EXPECT_TRUE(visit.set_password(kPassword).set());
  EXPECT_NE(visit.set_question(kQuestion, kAnswer).id(), 0U);
  v1::Request enrol;
  enrol.mutable_enrol_oath()->set_kind(v1::HOTP);
  person.token = token_of(visit.call(enrol).enrolment(), v1::HOTP);
  const v1::Verdict confirmed = visit.confirm_factor(person.token.factor, person.token.press());
  EXPECT_EQ(confirmed.answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.get_session().scope(), v1::SCOPE_ACCOUNT);
  told(person, kFactorAdded);
  return person;
}

void AccountFlow::sign_in(Person& person, AccountClient& visit, const char* password) {
  EXPECT_EQ(visit.sign_in(person.username, password).answer(), v1::ACCEPTED);
  EXPECT_EQ(visit.prove_factor(person.token.press()).answer(), v1::ACCEPTED);
}

bool AccountFlow::may_sign_in(Person& person, const char* password) {
  AccountClient visit = visitor();
  return visit.sign_in(person.username, password).answer() == v1::ACCEPTED &&
         visit.prove_factor(person.token.press()).answer() == v1::ACCEPTED;
}

v1::Factor AccountFlow::confirm(Person& person, v1::FactorKind kind,
                                const std::string& destination) {
  AccountClient& visit = person.visit;
  const v1::Factor factor = visit.enrol_destination(kind, destination);
  EXPECT_NE(factor.id(), 0U) << visit.error_message();
  const bool is_phone = destination.starts_with('+');
  const v1::Challenge challenge =
      visit.start_challenge(is_phone ? v1::SMS : v1::EMAIL, v1::CONFIRMATION, factor.id());
  EXPECT_EQ(challenge.delivery().outcome(), v1::ACCEPTED_FOR_DELIVERY);
  const std::string text = is_phone ? next_text(destination, "is your code to confirm")
                                    : next_mail(destination, kConfirm).text;
  const v1::Verdict verdict =
      visit.answer_challenge(challenge.challenge_id(), code_in(text), v1::CONFIRMATION);
  EXPECT_EQ(verdict.answer(), v1::ACCEPTED) << visit.error_message();
  return factor;
}

ReceivedMail AccountFlow::next_mail(const std::string& address, const std::string& words) {
  std::optional<ReceivedMail> mail;
  const auto has_come = [&] {
    mail = surroundings.take_mail(address, words);
    return mail.has_value();
  };
  EXPECT_TRUE(wait_until(has_come)) << "no mail for " << address << ": " << words;
  return std::move(mail).value_or(ReceivedMail{});
}

std::size_t AccountFlow::unread(const std::string& address, const std::string& words) {
  return surroundings.count_mails(address, words);
}

std::string AccountFlow::next_text(const std::string& number, const std::string& words) {
  std::optional<std::string> text;
  const auto has_come = [&] {
    text = surroundings.take_text(number, words);
    return text.has_value();
  };
  EXPECT_TRUE(wait_until(has_come)) << "no SMS for " << number << ": " << words;
  return std::move(text).value_or("");
}

std::string AccountFlow::told(const Person& person, const std::string& words) {
  const ReceivedMail first = next_mail(person.address, words);
  const ReceivedMail second = next_mail(person.secondary, words);
  EXPECT_EQ(first.text, second.text);
  return first.text.find("/t/") == std::string::npos ? "" : ticket_in(first);
}

std::string AccountFlow::ticket_in(const ReceivedMail& mail) {
  static const std::regex kLink{"https://accounts\\.example\\.com/t/([A-Za-z0-9_-]{43})"};
  std::smatch found;
  const bool has_link = std::regex_search(mail.text, found, kLink);
  EXPECT_TRUE(has_link) << mail.text;
  if (!has_link) return {};
  EXPECT_THAT(mail.html, HasSubstr("href=\"" + found.str() + "\""));
  return found[1];
}

Token token_of(const v1::Enrolment& enrolment, v1::FactorKind kind) {
  Token token{.factor = enrolment.factor().id(), .kind = kind};
  const auto secret = base32::decode(enrolment.secret_base32());
  EXPECT_TRUE(secret);
  if (secret) token.secret = as_text(secret->expose());
  return token;
}

}  // namespace countersign::test
