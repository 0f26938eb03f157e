// SPDX-License-Identifier: Apache-2.0
#include "courier/mail/smtp_verdict.hpp"

#include <charconv>

namespace countersign::courier {
namespace {

// RFC 3463, section 3: what an enhanced status is about.
constexpr unsigned kAboutAddress = 1;
constexpr unsigned kAboutMailbox = 2;
constexpr unsigned kAboutSystem = 3;
constexpr unsigned kAboutNetwork = 4;
constexpr unsigned kAboutPolicy = 7;

bool is_permanent(SmtpReply reply) { return reply.status >= 500 && reply.status < 600; }

// About the server, whatever it was asked: it shuts down, it wants another login, it is confused.
bool is_about_server(SmtpReply reply) {
  switch (reply.status) {
    case 421:
    case 454:
    case 500:
    case 502:
    case 503:
    case 530:
    case 534:
    case 535:
    case 538:
      return true;
    default:
      return reply.subject == kAboutSystem || reply.subject == kAboutNetwork;
  }
}

Fate judge_recipient(SmtpReply reply) {
  if (is_about_server(reply)) return Fate::provider_failed;
  // A policy may be this server's alone ("relay access denied"): another one is asked.
  if (!is_permanent(reply) || reply.subject == kAboutPolicy) return Fate::not_now;
  return Fate::undeliverable;
}

Fate judge_body(SmtpReply reply) {
  if (is_about_server(reply)) return Fate::provider_failed;
  if (reply.subject == kAboutAddress || reply.subject == kAboutMailbox) {
    return is_permanent(reply) ? Fate::undeliverable : Fate::not_now;
  }
  if (is_permanent(reply) || reply.subject == kAboutPolicy) return Fate::not_now;
  return Fate::provider_failed;
}

Outcome failed(Literal problem, CURLcode code) {
  return {Fate::provider_failed, problem, static_cast<std::uint64_t>(code), {}};
}

// Failures before the server has refused anything.
Outcome judge_connection(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return failed("smtp.name", code);
    case CURLE_COULDNT_CONNECT:
      return failed("smtp.connect", code);
    case CURLE_OPERATION_TIMEDOUT:
      return failed("smtp.too_slow", code);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
      return failed("smtp.certificate", code);
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
      return failed("smtp.tls", code);
    case CURLE_LOGIN_DENIED:
      return failed("smtp.login", code);
    default:
      return failed("smtp.connection", code);
  }
}

Outcome refused(Fate fate, Literal problem, SmtpReply reply) {
  return {fate, problem, reply.status, {}};
}

}  // namespace

SmtpReply read_smtp_reply(std::string_view line) {
  SmtpReply reply;
  const char* const end = line.data() + line.size();
  const auto [after, wrong] = std::from_chars(line.data(), end, reply.status);
  if (wrong != std::errc{} || after != line.data() + 3) return {};
  if (line.size() < 9 || line[5] != '.' || line[4] != line[0]) return reply;
  const auto [dot, none] = std::from_chars(line.data() + 6, end, reply.subject);
  if (none != std::errc{} || dot == end || *dot != '.') reply.subject = 0;
  return reply;
}

Outcome judge_smtp(CURLcode code, SmtpStep step, SmtpReply reply) {
  if (code == CURLE_OK) return {Fate::sent, "", 0, {}};
  // libcurl's words for "the server said no"; with any other the conversation broke off.
  const bool was_refused =
      reply.status >= 400 && (code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
                              code == CURLE_REMOTE_ACCESS_DENIED);
  if (!was_refused) return judge_connection(code);
  switch (step) {
    case SmtpStep::greeting:
      return refused(Fate::provider_failed, "smtp.greeting", reply);
    case SmtpStep::sender:
      return refused(Fate::provider_failed, "smtp.sender", reply);
    case SmtpStep::recipient:
      return refused(judge_recipient(reply), "smtp.recipient", reply);
    case SmtpStep::data:
    case SmtpStep::body:
      return refused(judge_body(reply), "smtp.body", reply);
  }
  return judge_connection(code);
}

}  // namespace countersign::courier
