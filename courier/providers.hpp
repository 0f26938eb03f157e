// SPDX-License-Identifier: Apache-2.0
// Every kind of provider that there is, made from its settings.
#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "courier/engine/provider.hpp"
#include "courier/settings/settings.hpp"

#include <memory>

namespace countersign::courier {

// Reads the secrets that the settings name; fails as secret_file.hpp does. The clock outlives it.
Result<std::unique_ptr<Provider>> make_provider(const ProviderSettings& settings,
                                                const DeliveryReportSettings& reports,
                                                const Clock& clock);

}  // namespace countersign::courier
