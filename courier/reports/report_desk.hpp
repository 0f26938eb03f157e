// SPDX-License-Identifier: Apache-2.0
// What a delivery report that came over HTTP says, if it is to be believed.
#pragma once

#include "base/error.hpp"
#include "courier/reports/delivery_reports.hpp"
#include "courier/reports/references.hpp"
#include "courier/reports/report_key.hpp"
#include "courier/reports/report_rule.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace countersign::courier {

class ReportDesk {
 public:
  // Fails as ReportKey::from() does.
  static Result<ReportDesk> from(const Settings& settings);

  // None when it is genuine but no end, or about no message that is known here. Fails with
  // `not_found` when nobody was told this address.
  [[nodiscard]] Result<std::optional<DeliveryReport>> read(std::string_view target,
                                                           std::string_view body,
                                                           const References& references) const;

 private:
  struct Rule {
    std::string provider;
    ReportRule rule;
    SecretBytes secret;  // of the address that all of its reports come to; empty: there is none
  };
  struct Parts;
  // Which message a report at this address is about. None: one that nobody expects.
  [[nodiscard]] Result<std::optional<MessageId>> message_of(const Parts& parts, const Rule& rule,
                                                            const References& references) const;

  ReportDesk(ReportKey key, std::vector<Rule> rules)
      : key_{std::move(key)}, rules_{std::move(rules)} {}

  ReportKey key_;
  std::vector<Rule> rules_;
};

}  // namespace countersign::courier
