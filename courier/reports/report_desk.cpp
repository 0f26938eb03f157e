// SPDX-License-Identifier: Apache-2.0
#include "courier/reports/report_desk.hpp"

#include "base/bytes.hpp"
#include "base/passcode.hpp"
#include "courier/settings/secret_file.hpp"
#include "courier/settings/settings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace countersign::courier {
namespace {

constexpr std::size_t kSecretBytesMin = 16;

Error nobody_was_told() { return Error{ErrorCode::not_found, "report.address"}; }

// What stands in front of the next "/", and takes both off the text.
std::string_view take_segment(std::string_view& path) {
  const std::string_view segment = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(segment.size() + 1, path.size()));
  return segment;
}

// As we write it: no sign, no leading zero.
std::optional<MessageId> message_id(std::string_view digits) {
  std::uint64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stopped, failed] = std::from_chars(digits.data(), end, number);
  if (failed != std::errc{} || stopped != end || digits.starts_with('0')) return std::nullopt;
  return MessageId{number};
}

}  // namespace

struct ReportDesk::Parts {
  std::string_view provider;
  std::string_view id;     // or the secret of the address that all of its reports come to
  std::string_view token;  // then there is none
  std::string_view query;
  std::string_view body;
};

Result<ReportDesk> ReportDesk::from(const Settings& settings) {
  CS_TRY(ReportKey key, ReportKey::from(settings.delivery_reports));
  std::vector<Rule> rules;
  for (const ProviderSettings& provider : settings.providers) {
    if (std::holds_alternative<KannelSettings>(provider.kind)) {
      rules.push_back({provider.name, kannel_reports(), SecretBytes{}});
    }
    const auto* http = std::get_if<HttpSettings>(&provider.kind);
    if (http == nullptr || http->reports.status.empty()) continue;
    SecretBytes secret;
    if (!http->reports.secret_file.empty()) {
      CS_TRY(secret, read_secret(http->reports.secret_file));
      if (secret.size() < kSecretBytesMin) {
        return Error{ErrorCode::malformed, "report_secret.length"};
      }
    }
    rules.push_back({provider.name, http->reports, std::move(secret)});
  }
  return ReportDesk{std::move(key), std::move(rules)};
}

Result<std::optional<MessageId>> ReportDesk::message_of(const Parts& parts, const Rule& rule,
                                                        const References& references) const {
  if (!parts.token.empty()) {
    const auto id = message_id(parts.id);
    if (!id || !key_.matches(parts.token, parts.provider, *id)) return nobody_was_told();
    return id;
  }
  if (rule.secret.size() == 0 || !equal_in_constant_time(parts.id, as_text(rule.secret.expose()))) {
    return nobody_was_told();
  }
  const auto reference = report_field(rule.rule.reference, parts.query, parts.body);
  if (!reference) return std::optional<MessageId>{};
  return references.find(rule.provider, *reference);
}

Result<std::optional<DeliveryReport>> ReportDesk::read(std::string_view target,
                                                       std::string_view body,
                                                       const References& references) const {
  const std::size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  if (!path.starts_with(kReportsPath)) return nobody_was_told();
  path.remove_prefix(kReportsPath.size());
  Parts parts{.query = target.substr(std::min(question + 1, target.size())), .body = body};
  parts.provider = take_segment(path);
  parts.id = take_segment(path);
  parts.token = path;
  const auto rule = std::ranges::find(rules_, parts.provider, &Rule::provider);
  if (rule == rules_.end()) return nobody_was_told();
  CS_TRY(const auto message, message_of(parts, *rule, references));
  const auto arrival = read_report(rule->rule, parts.query, body);
  if (!message || !arrival) return std::optional<DeliveryReport>{};
  return std::optional{DeliveryReport{*message, rule->provider, *arrival}};
}

}  // namespace countersign::courier
