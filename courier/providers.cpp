// SPDX-License-Identifier: Apache-2.0
#include "courier/providers.hpp"

#include "courier/mail/smtp.hpp"
#include "courier/sms/http_provider.hpp"
#include "courier/sms/kannel.hpp"

namespace countersign::courier {
namespace {

// One call operator a kind.
struct Maker {
  const std::string& name;
  const DeliveryReportSettings& reports;
  const Clock& clock;

  Result<std::unique_ptr<Provider>> operator()(const SmtpSettings& settings) const {
    return make_smtp_provider(name, settings, clock);
  }
  Result<std::unique_ptr<Provider>> operator()(const KannelSettings& settings) const {
    return make_kannel(name, settings, reports, clock);
  }
  Result<std::unique_ptr<Provider>> operator()(const HttpSettings& settings) const {
    return make_http_provider(name, settings, reports, clock);
  }
};

}  // namespace

Result<std::unique_ptr<Provider>> make_provider(const ProviderSettings& settings,
                                                const DeliveryReportSettings& reports,
                                                const Clock& clock) {
  return std::visit(Maker{settings.name, reports, clock}, settings.kind);
}

}  // namespace countersign::courier
