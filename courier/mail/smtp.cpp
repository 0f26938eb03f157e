// SPDX-License-Identifier: Apache-2.0
#include "courier/mail/smtp.hpp"

#include "courier/mail/mail.hpp"
#include "courier/mail/smtp_verdict.hpp"
#include "courier/settings/secret_file.hpp"

#include <algorithm>
#include <utility>

namespace countersign::courier {
namespace {

// What an SMTP server may be told, once for all of its transfers.
struct Account {
  SmtpSettings settings;
  SecretBytes password;  // with a zero at its end, as libcurl wants it
};

// The mail goes over TLS or not at all; the greeting names the sender's domain.
std::string url_of(const SmtpSettings& settings) {
  const bool is_v6 = settings.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? "[" + settings.host + "]" : settings.host;
  const bool implicit = settings.tls == SmtpSettings::Tls::implicit;
  return (implicit ? "smtps://" : "smtp://") + host + ":" + std::to_string(settings.port) + "/" +
         settings.from.substr(settings.from.find('@') + 1);
}

class Mail final : public Transfer {
 public:
  Mail(const Account& account, const Outgoing& message, Time now) {
    connect(account);
    const SmtpSettings& settings = account.settings;
    set(CURLOPT_MAIL_FROM, ("<" + settings.from + ">").c_str());
    recipients_.reset(curl_slist_append(nullptr, ("<" + message.destination + ">").c_str()));
    set(CURLOPT_MAIL_RCPT, recipients_.get());

    add_header("Date: " + mail_date(now));
    add_header("From: " + mailbox(settings.from_name, settings.from));
    add_header("To: " + message.destination);
    add_header("Subject: " + header_text(message.content.subject));
    add_header("Message-ID: " + mail_id(message, settings.from));
    add_header("Auto-Submitted: auto-generated");
    add_header("MIME-Version: 1.0");
    add_header("Content-Type: multipart/alternative");
    add_parts(message.content);
  }

  using Transfer::status;

  [[nodiscard]] Outcome judge(CURLcode code, long) const override {
    return judge_smtp(code, step_, reply_);
  }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(curl_mime* mime) const { curl_mime_free(mime); }
  };

  void connect(const Account& account) {
    const SmtpSettings& settings = account.settings;
    set(CURLOPT_URL, url_of(settings).c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_USE_SSL,
        static_cast<long>(settings.tls == SmtpSettings::Tls::none ? CURLUSESSL_NONE
                                                                  : CURLUSESSL_ALL));
    if (!settings.ca_file.empty()) {
      // Whoever names one means it alone.
      set(CURLOPT_CAINFO, settings.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
    }
    if (!settings.username.empty()) {
      set(CURLOPT_USERNAME, settings.username.c_str());
      set(CURLOPT_PASSWORD, as_text(account.password.expose()).data());
    }
    // The one way to learn which command a refusal answers. Nothing is printed.
    set(CURLOPT_VERBOSE, 1L);
    set(CURLOPT_DEBUGFUNCTION, &Mail::watch);
    set(CURLOPT_DEBUGDATA, this);
  }

  void add_parts(const Rendered& content) {
    mime_.reset(curl_mime_init(handle()));
    add_part(with_crlf(content.text), "text/plain; charset=utf-8");
    if (!content.html.empty()) add_part(with_crlf(content.html), "text/html; charset=utf-8");
    set(CURLOPT_MIMEPOST, mime_.get());
  }

  void add_part(const std::string& text, const char* type) {
    curl_mimepart* part = curl_mime_addpart(mime_.get());
    remember(curl_mime_data(part, text.data(), text.size()));
    remember(curl_mime_type(part, type));
    remember(curl_mime_encoder(part, "quoted-printable"));
  }

  static int watch(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self) {
    auto& mail = *static_cast<Mail*>(self);
    const std::string_view text{bytes, size};
    if (mail.is_over_) return 0;
    if (type == CURLINFO_HEADER_OUT) mail.note_command(text);
    if (type == CURLINFO_HEADER_IN) mail.reply_ = read_smtp_reply(text);
    if (type == CURLINFO_DATA_OUT) mail.step_ = SmtpStep::body;
    return 0;
  }

  void note_command(std::string_view command) {
    if (command.starts_with("MAIL ")) step_ = SmtpStep::sender;
    if (command.starts_with("RCPT ")) step_ = SmtpStep::recipient;
    if (command.starts_with("DATA")) step_ = SmtpStep::data;
    if (command.starts_with("QUIT")) leave();
  }

  // libcurl says QUIT after a refusal, and waits for the answer with the whole engine. Nobody needs
  // that answer.
  void leave() {
    is_over_ = true;
    hang_up();
  }

  SmtpStep step_ = SmtpStep::greeting;
  SmtpReply reply_;
  bool is_over_ = false;
  std::unique_ptr<curl_slist, Free> recipients_;
  std::unique_ptr<curl_mime, Free> mime_;
};

class Smtp final : public Provider {
 public:
  Smtp(std::string name, Account account, const Clock& clock)
      : name_{std::move(name)}, account_{std::move(account)}, clock_{clock} {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Channel channel() const override { return Channel::email; }

  Result<std::unique_ptr<Transfer>> begin(const Outgoing& message) override {
    if (!is_plain_address(message.destination)) {
      return Error{ErrorCode::malformed, "smtp.destination"};
    }
    auto mail = std::make_unique<Mail>(account_, message, clock_.now());
    CS_CHECK(mail->status());
    return std::unique_ptr<Transfer>{std::move(mail)};
  }

 private:
  std::string name_;
  Account account_;
  const Clock& clock_;
};

}  // namespace

Result<std::unique_ptr<Provider>> make_smtp_provider(std::string name, SmtpSettings settings,
                                                     const Clock& clock) {
  Account account{.settings = std::move(settings), .password = {}};
  if (!account.settings.password_file.empty()) {
    CS_TRY(const SecretBytes password, read_secret(account.settings.password_file));
    account.password = SecretBytes{password.size() + 1};
    std::ranges::copy(password.expose(), account.password.expose().begin());
  }
  return std::unique_ptr<Provider>{
      std::make_unique<Smtp>(std::move(name), std::move(account), clock)};
}

}  // namespace countersign::courier
