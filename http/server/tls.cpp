// SPDX-License-Identifier: Apache-2.0
// Also where Asio's TLS is compiled, once.
#include "http/server/tls.hpp"

#include <openssl/ssl.h>
#include <boost/asio/ssl/impl/src.hpp>

namespace countersign::http {
namespace {

Error failed(Literal call, const boost::system::error_code& code) {
  return Error{ErrorCode::unavailable, call, static_cast<std::uint64_t>(code.value())};
}

}  // namespace

Result<TlsContext> load_tls(const std::string& certificate, const std::string& key) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  // Of TLS 1.2 only what keeps a recording secret when the key is lost, and is authenticated.
  if (SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) {
    return Error{ErrorCode::unavailable, "tls.ciphers"};
  }
  // Nobody resumes so much that tickets, whose keys would weaken forward secrecy, are worth it.
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  boost::system::error_code code;
  context->use_certificate_chain_file(certificate, code);
  if (code) return failed("tls.certificate", code);
  context->use_private_key_file(key, ssl::context::pem, code);
  if (code) return failed("tls.key", code);
  return context;
}

}  // namespace countersign::http
