// SPDX-License-Identifier: Apache-2.0
// A mail server: submission with STARTTLS or TLS (RFC 6409, RFC 8314).
#pragma once

#include "base/clock.hpp"
#include "courier/engine/provider.hpp"
#include "courier/settings/smtp_settings.hpp"

#include <memory>
#include <string>

namespace countersign::courier {

// Fails as read_secret does. The clock outlives it.
Result<std::unique_ptr<Provider>> make_smtp_provider(std::string name, SmtpSettings settings,
                                                     const Clock& clock);

}  // namespace countersign::courier
