// SPDX-License-Identifier: Apache-2.0
// The certificate of a server.
#pragma once

#include "base/error.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

namespace countersign::http {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// A context that serves TLS 1.2 and newer with this certificate chain and key (PEM). Fails with
// `unavailable` when a file cannot be read or they do not belong together; `native` is OpenSSL's
// number.
[[nodiscard]] Result<TlsContext> load_tls(const std::string& certificate, const std::string& key);

}  // namespace countersign::http
