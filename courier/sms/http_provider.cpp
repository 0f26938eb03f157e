// SPDX-License-Identifier: Apache-2.0
#include "courier/sms/http_provider.hpp"

#include "courier/json/body_template.hpp"
#include "courier/json/json_pointer.hpp"
#include "courier/reports/report_key.hpp"
#include "courier/settings/secret_file.hpp"
#include "courier/sms/sms_destination.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace countersign::courier {
namespace {

bool holds(const std::vector<StatusRange>& ranges, long status) {
  return std::ranges::any_of(ranges, [status](const StatusRange& range) {
    return status >= range.first && status <= range.second;
  });
}

bool holds(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

struct Credentials {
  SecretBytes secret;
  SecretBytes password;
};

class Post final : public Transfer {
 public:
  Post(const HttpSettings& settings, const Credentials& credentials, const std::string& body);

  [[nodiscard]] Outcome judge(CURLcode code, long response) const override {
    if (code == CURLE_OK) return judge_http(settings_, response, body());
    return Outcome{.problem = "http.transfer", .native = static_cast<std::uint64_t>(code)};
  }
  using Transfer::status;

 private:
  void add_headers(const Credentials& credentials);

  HttpSettings settings_;
};

Post::Post(const HttpSettings& settings, const Credentials& credentials, const std::string& body)
    : settings_{settings} {
  set(CURLOPT_URL, settings.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  if (!settings.ca_file.empty()) set(CURLOPT_CAINFO, settings.ca_file.c_str());
  set(CURLOPT_POST, 1L);
  set(CURLOPT_CUSTOMREQUEST, settings.method.c_str());
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  set(CURLOPT_COPYPOSTFIELDS, body.data());
  if (!settings.username.empty()) {
    const std::string password{as_text(credentials.password.expose())};
    set(CURLOPT_USERNAME, settings.username.c_str());
    set(CURLOPT_PASSWORD, password.c_str());
  }
  add_headers(credentials);
}

void Post::add_headers(const Credentials& credentials) {
  bool has_type = false;
  const std::string_view secret = as_text(credentials.secret.expose());
  for (const auto& [name, value] : settings_.headers) {
    // What the settings' reader has checked.
    const auto filled = fill_names(value, {{.name = "secret", .text = secret}});
    if (filled) add_header(name + ": " + *filled);
    has_type = has_type || curl_strequal(name.c_str(), "content-type") != 0;
  }
  if (!has_type) add_header("Content-Type: application/json");
}

class HttpProvider final : public Provider {
 public:
  HttpProvider(std::string name, HttpSettings settings, Credentials credentials, BodyTemplate body,
               std::string reports_url, ReportKey key, const Clock& clock)
      : name_{std::move(name)},
        settings_{std::move(settings)},
        credentials_{std::move(credentials)},
        body_{std::move(body)},
        reports_url_{std::move(reports_url)},
        key_{std::move(key)},
        clock_{clock} {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  [[nodiscard]] Channel channel() const override { return Channel::sms; }
  Result<std::unique_ptr<Transfer>> begin(const Outgoing& message) override;

 private:
  std::string name_;
  HttpSettings settings_;
  Credentials credentials_;
  BodyTemplate body_;
  std::string reports_url_;  // empty: nobody listens
  ReportKey key_;
  const Clock& clock_;
};

Result<std::unique_ptr<Transfer>> HttpProvider::begin(const Outgoing& message) {
  if (!is_e164(message.destination)) return Error{ErrorCode::malformed, "http.destination"};
  const auto left =
      std::chrono::floor<std::chrono::seconds>(message.expires_at - clock_.now()).count();
  if (left < 0) return Error{ErrorCode::unavailable, "http.expired"};
  const std::string seconds = std::to_string(left);
  const std::string id = std::to_string(static_cast<std::uint64_t>(message.id));
  const std::string report_url =
      reports_url_.empty() ? "" : reports_url_ + key_.path(name_, message.id);
  const std::string& own = message.content.sender;
  const std::vector<BodyValue> values{
      {"destination", message.destination},
      {"destination_digits", std::string_view{message.destination}.substr(1)},
      {"text", message.content.sms},
      {"sender", own.empty() ? settings_.sender : own},
      {"message_id", id},
      {"report_url", report_url},
      {"lifetime_seconds", seconds, true}};
  auto transfer = std::make_unique<Post>(settings_, credentials_, body_.fill(values));
  CS_CHECK(transfer->status());
  return std::unique_ptr<Transfer>{std::move(transfer)};
}

}  // namespace

Outcome judge_http(const HttpSettings& settings, long status, std::string_view body) {
  const auto native = static_cast<std::uint64_t>(status);
  if (holds(settings.undeliverable_status, status)) {
    return Outcome{.fate = Fate::undeliverable, .problem = "http.undeliverable", .native = native};
  }
  if (!holds(settings.success_status, status)) {
    return Outcome{.problem = "http.status", .native = native};
  }
  Outcome sent{.fate = Fate::sent};
  if (!settings.reference_pointer.empty()) {
    sent.reference = json_at(body, settings.reference_pointer).value_or("");
  }
  if (settings.result_pointer.empty()) return sent;
  const auto result = json_at(body, settings.result_pointer);
  if (!result) return Outcome{.problem = "http.answer", .native = native};
  if (holds(settings.success_values, *result)) return sent;
  if (holds(settings.undeliverable_values, *result)) {
    return Outcome{.fate = Fate::undeliverable, .problem = "http.undeliverable", .native = native};
  }
  return Outcome{.problem = "http.result", .native = native};
}

Result<std::unique_ptr<Provider>> make_http_provider(const std::string& name,
                                                     const HttpSettings& settings,
                                                     const DeliveryReportSettings& reports,
                                                     const Clock& clock) {
  Credentials credentials;
  if (!settings.secret_file.empty()) {
    CS_TRY(credentials.secret, read_secret(settings.secret_file));
  }
  if (!settings.password_file.empty()) {
    CS_TRY(credentials.password, read_secret(settings.password_file));
  }
  CS_TRY(BodyTemplate body, BodyTemplate::parse(settings.body, http_body_names()));
  CS_TRY(ReportKey key, ReportKey::from(reports));
  const std::string reports_url = reports.listen.empty() ? "" : reports.url;
  return std::unique_ptr<Provider>{std::make_unique<HttpProvider>(
      name, settings, std::move(credentials), std::move(body), reports_url, std::move(key), clock)};
}

}  // namespace countersign::courier
