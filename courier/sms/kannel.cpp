// SPDX-License-Identifier: Apache-2.0
#include "courier/sms/kannel.hpp"

#include "courier/reports/report_key.hpp"
#include "courier/settings/secret_file.hpp"
#include "courier/sms/sms_destination.hpp"
#include "courier/words/sms_coding.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace countersign::courier {
namespace {

constexpr long kAccepted = 202;
constexpr std::string_view kPassedOn = "0:";
constexpr std::string_view kQueued = "3:";
// The beginning of "Number(s) has/have been denied by white- and/or black-lists."
constexpr std::string_view kDenied = "Number(s) has/have been denied";

// All that Kannel can tell: delivered (1), failed (2), queued (4), taken by the message centre (8),
// refused by it (16).
constexpr std::string_view kReportMask = "31";
// Kannel puts the type of the report there.
constexpr std::string_view kReportType = "?type=%d";

class SendSms final : public Transfer {
 public:
  struct Facts {
    const KannelSettings& settings;
    const SecretBytes& password;
    const Outgoing& message;
    SmsAlphabet alphabet;
    std::chrono::minutes validity;
    const std::string& report_url;  // empty: none is wanted
  };
  explicit SendSms(const Facts& facts);

  [[nodiscard]] Outcome judge(CURLcode code, long response) const override {
    if (code == CURLE_OK) return judge_sendsms(response, body());
    return Outcome{.problem = "kannel.transfer", .native = static_cast<std::uint64_t>(code)};
  }
  using Transfer::status;
};

SendSms::SendSms(const Facts& facts) {
  const KannelSettings& settings = facts.settings;
  const Outgoing& message = facts.message;
  const std::string& own = message.content.sender;
  set(CURLOPT_URL, settings.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(message.content.sms.size()));
  set(CURLOPT_COPYPOSTFIELDS, message.content.sms.data());
  add_header("Content-Type: text/plain; charset=UTF-8");
  add_header("X-Kannel-Username: " + settings.username);
  add_header("X-Kannel-Password: " + std::string{as_text(facts.password.expose())});
  add_header("X-Kannel-To: " + message.destination);
  add_header("X-Kannel-From: " + (own.empty() ? settings.sender : own));
  add_header(facts.alphabet == SmsAlphabet::gsm7 ? "X-Kannel-Coding: 0" : "X-Kannel-Coding: 2");
  add_header("X-Kannel-Validity: " + std::to_string(facts.validity.count()));
  if (facts.report_url.empty()) return;
  add_header("X-Kannel-DLR-Mask: " + std::string{kReportMask});
  add_header("X-Kannel-DLR-URL: " + facts.report_url);
}

class Kannel final : public Provider {
 public:
  Kannel(std::string name, KannelSettings settings, SecretBytes password, std::string reports_url,
         ReportKey key, const Clock& clock)
      : name_{std::move(name)},
        settings_{std::move(settings)},
        password_{std::move(password)},
        reports_url_{std::move(reports_url)},
        key_{std::move(key)},
        clock_{clock} {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Channel channel() const override { return Channel::sms; }
  Result<std::unique_ptr<Transfer>> begin(const Outgoing& message) override;

 private:
  std::string name_;
  KannelSettings settings_;
  SecretBytes password_;
  std::string reports_url_;  // empty: nobody listens
  ReportKey key_;
  const Clock& clock_;
};

Result<std::unique_ptr<Transfer>> Kannel::begin(const Outgoing& message) {
  if (!is_e164(message.destination)) return Error{ErrorCode::malformed, "kannel.destination"};
  CS_TRY(const SmsShape shape, shape_of(message.content.sms));
  const auto left = message.expires_at - clock_.now();
  if (left <= std::chrono::milliseconds{0}) return Error{ErrorCode::unavailable, "kannel.expired"};
  std::string report_url;
  if (!reports_url_.empty()) {
    report_url = reports_url_ + key_.path(name_, message.id) + std::string{kReportType};
  }
  auto transfer = std::make_unique<SendSms>(
      SendSms::Facts{.settings = settings_,
                     .password = password_,
                     .message = message,
                     .alphabet = shape.alphabet,
                     .validity = std::chrono::floor<std::chrono::minutes>(left),
                     .report_url = report_url});
  CS_CHECK(transfer->status());
  return std::unique_ptr<Transfer>{std::move(transfer)};
}

}  // namespace

Outcome judge_sendsms(long status, std::string_view body) {
  const auto native = static_cast<std::uint64_t>(status);
  if (status == kAccepted && body.starts_with(kPassedOn)) return Outcome{.fate = Fate::sent};
  if (status == kAccepted && body.starts_with(kQueued)) {
    return Outcome{.fate = Fate::sent, .problem = "kannel.queued", .native = native};
  }
  if (body.starts_with(kDenied)) {
    return Outcome{.fate = Fate::undeliverable, .problem = "kannel.denied", .native = native};
  }
  if (status == 403) return Outcome{.problem = "kannel.credentials", .native = native};
  if (status == 503) return Outcome{.problem = "kannel.busy", .native = native};
  return Outcome{.problem = "kannel.refused", .native = native};
}

Result<std::unique_ptr<Provider>> make_kannel(const std::string& name,
                                              const KannelSettings& settings,
                                              const DeliveryReportSettings& reports,
                                              const Clock& clock) {
  CS_TRY(SecretBytes password, read_secret(settings.password_file));
  CS_TRY(ReportKey key, ReportKey::from(reports));
  const std::string reports_url = reports.listen.empty() ? "" : reports.url;
  return std::unique_ptr<Provider>{std::make_unique<Kannel>(name, settings, std::move(password),
                                                            reports_url, std::move(key), clock)};
}

}  // namespace countersign::courier
