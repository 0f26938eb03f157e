// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/factor/pending_secrets.hpp"

#include "firmware-interface/base32.hpp"
#include "firmware-interface/otpauth_uri.hpp"

namespace countersign {
namespace {

constexpr std::string_view kLabel = "countersign pending secret v1";
constexpr std::uint8_t kFormat = 1;

// Associated data: nobody else's. Which factor it is for the row's own MAC says.
Bytes envelope_of(SubjectId subject) {
  Bytes envelope;
  Writer{envelope}.raw(as_bytes(kLabel)).integer(number(subject));
  return envelope;
}

SecretBytes copy_of(BytesView bytes) { return SecretBytes{bytes}; }

}  // namespace

Result<ShownSecret> shown_to_owner(const SubjectRecord& subject, const Factor& factor,
                                   std::string_view issuer, std::uint64_t counter,
                                   BytesView secret) {
  ShownSecret shown;
  if (secret.empty()) return shown;
  CS_TRY(shown.base32, base32::encode(secret));
  const bool totp = factor.kind == FactorKind::totp;
  CS_TRY(shown.uri, otpauth::build({.kind = totp ? otpauth::Kind::totp : otpauth::Kind::hotp,
                                    .issuer = std::string{issuer},
                                    .account = subject.fixed.name.username.text(),
                                    .secret = copy_of(secret),
                                    .algorithm = factor.oath.algorithm,
                                    .digits = static_cast<oath::Digits>(factor.oath.digits),
                                    .period_seconds = factor.oath.period_seconds,
                                    .counter = counter}));
  return shown;
}

awaitable<Result<PendingSecret>> PendingSecrets::seal(const EnrolOath& ask, SubjectId subject,
                                                      const SecretBytes& secret, Time now) {
  Bytes written;
  Writer{written}
      .integer(kFormat)
      .integer(ask.counter)
      .text(ask.issuer.text())
      .blob(secret.expose());
  const SecretBytes message{written};
  ::explicit_bzero(written.data(), written.size());
  const Bytes envelope = envelope_of(subject);
  CS_CO_TRY(Bytes sealed, co_await parts_.hsm.seal_message(message.expose(), envelope));
  co_return PendingSecret{.factor = kNewFactor,
                          .subject = subject,
                          .sealed = std::move(sealed),
                          .expires_at = now + PendingSecret::kKept};
}

awaitable<Result<Enrolment>> PendingSecrets::show(const Visit& visit,
                                                  const ShowPendingSecret& ask) {
  const Error gone{ErrorCode::not_found, "factor.secret"};
  CS_CO_TRY(const std::optional<PendingSecret> kept,
            co_await parts_.accounts.pending_secret(ask.factor, parts_.clock.now()));
  const SubjectRecord& subject = *visit.subject;
  const FactorRecord* record = subject.find(ask.factor);
  const bool is_pending = record != nullptr && record->fixed.state == FactorState::pending;
  if (!kept || !is_pending || kept->subject != subject.fixed.id) co_return gone;
  const Bytes envelope = envelope_of(subject.fixed.id);
  CS_CO_TRY(const hsm::OpenedMessage opened,
            co_await parts_.hsm.open_message(kept->sealed, envelope));
  Reader reader{opened.message.expose()};
  const bool is_known = reader.integer<std::uint8_t>() == kFormat;
  const auto counter = reader.integer<std::uint64_t>();
  const BytesView issuer = reader.blob();
  const BytesView secret = reader.blob();
  if (!is_known || !reader.whole()) co_return Error{ErrorCode::corrupt, "factor.secret"};
  CS_CO_TRY(ShownSecret shown,
            shown_to_owner(subject, record->fixed, as_text(issuer), counter, secret));
  co_return Enrolment{.factor = {.subject = subject.fixed.name, .factor = record->fixed},
                      .secret_base32 = std::move(shown.base32),
                      .otpauth_uri = std::move(shown.uri)};
}

}  // namespace countersign
