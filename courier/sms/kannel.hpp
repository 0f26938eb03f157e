// SPDX-License-Identifier: Apache-2.0
// SMS through Kannel's sendsms.
//
// Everything is posted in headers and body, never in the URL: a URL ends up in the log of every
// proxy on the way. Kannel is told until when the message is good (`validity`), and drops it
// afterwards. That counts whole minutes: they are rounded down, and a message with less than one
// left goes to the message centre at once or not at all.
#pragma once

#include "base/clock.hpp"
#include "courier/engine/provider.hpp"
#include "courier/settings/kannel_settings.hpp"
#include "courier/settings/settings.hpp"

#include <memory>
#include <string>

namespace countersign::courier {

// REQUIRES: the clock outlives it. Fails as read_secret() does.
[[nodiscard]] Result<std::unique_ptr<Provider>> make_kannel(const std::string& name,
                                                            const KannelSettings& settings,
                                                            const DeliveryReportSettings& reports,
                                                            const Clock& clock);

// What an answer of sendsms means. "3: Queued for later delivery" is a message that Kannel took and
// cannot pass on now: sent, but the next one had better go elsewhere.
[[nodiscard]] Outcome judge_sendsms(long status, std::string_view body);

}  // namespace countersign::courier
