// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/session/sessions.hpp"

#include "daemon/service/session/bearer_secret.hpp"
#include "daemon/verify/challenge.hpp"

#include <algorithm>

namespace countersign {
namespace {

constexpr std::string_view kMacContext = "countersign session v1";

SecretBytes mac_input(const Session& session, BytesView secret) {
  Bytes head;
  Writer{head}.text(kMacContext).integer(number(session.id)).integer(number(session.subject));
  SecretBytes input{head.size() + secret.size()};
  std::ranges::copy(head, input.expose().begin());
  std::ranges::copy(secret, input.expose().begin() + static_cast<std::ptrdiff_t>(head.size()));
  return input;
}

std::chrono::seconds lifetime_of(SessionScope scope, const policies::Sessions& rules) {
  switch (scope) {
    case SessionScope::activation:
      return rules.activation_lifetime;
    case SessionScope::sign_in:
      return rules.sign_in_lifetime;
    case SessionScope::reset:
      return rules.reset_lifetime;
    case SessionScope::account:
      return rules.lifetime;
  }
  return std::chrono::seconds{0};
}

// A session of an account that is suspended, locked or erased is nobody's.
bool may_use(const Subject& subject, SessionScope scope) {
  const bool activates = scope == SessionScope::activation;
  return subject.state == (activates ? SubjectState::pending : SubjectState::active);
}

// As much of it as is kept, without half a character at the end.
void cut_off(std::string& text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return;
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
  while (bytes_max > 0 && continues(text[bytes_max])) --bytes_max;
  text.resize(bytes_max);
}

}  // namespace

awaitable<Result<SecretBytes>> Sessions::give_secret(Session& row) {
  CS_CO_TRY(SecretBytes secret, co_await parts_.hsm.random(BearerSecret::kSecretBytes));
  const SecretBytes input = mac_input(row, secret.expose());
  CS_CO_TRY(row.mac, co_await parts_.hsm.mac(hsm::MacKey::pepper, input.expose()));
  const BearerSecret bearer{number(row.id), std::move(secret)};
  co_return text_of(bearer);
}

awaitable<Result<FreshSession>> Sessions::fresh(Session draft, const SubjectRecord& subject,
                                                Time now) {
  const CurrentPolicy policy = parts_.policy;
  const policies::Sessions& rules = policy->of(subject.fixed.name.realm.text()).session;
  CS_CO_TRY(const SecretBytes random, co_await parts_.hsm.random(verify::kNumberRandomBytes));
  draft.id = SessionId{verify::fresh_number(random.expose())};
  draft.subject = subject.fixed.id;
  draft.created_at = now;
  draft.seen_at = now;
  draft.expires_at = now + lifetime_of(draft.scope, rules);
  cut_off(draft.user_agent, Session::kUserAgentBytesMax);
  CS_CO_TRY(SecretBytes text, co_await give_secret(draft));
  co_return FreshSession{std::move(draft), std::move(text)};
}

awaitable<Result<FreshSession>> Sessions::promoted(const Session& from,
                                                   const SubjectRecord& subject, SessionScope scope,
                                                   SessionProof proof, Time now) {
  const CurrentPolicy policy = parts_.policy;
  const policies::Sessions& rules = policy->of(subject.fixed.name.realm.text()).session;
  Session row = from;
  row.version = next(from.version);
  row.proof = proof;
  row.seen_at = now;
  if (scope != from.scope) row.expires_at = now + lifetime_of(scope, rules);
  row.scope = scope;
  CS_CO_TRY(SecretBytes text, co_await give_secret(row));
  co_return FreshSession{std::move(row), std::move(text)};
}

awaitable<Result<std::optional<FoundSession>>> Sessions::find(const SecretBytes& text, Time now) {
  using Found = std::optional<FoundSession>;
  std::optional<BearerSecret> bearer = bearer_secret_from(text);
  const bool is_text = bearer.has_value();
  // Whoever brings anything else waits as long as everybody.
  if (!is_text) bearer = BearerSecret{0, SecretBytes{BearerSecret::kSecretBytes}};
  const SessionId id{bearer->id};
  CS_CO_TRY(std::optional<Session> kept, co_await parts_.accounts.session(id));
  const bool is_kept = kept.has_value();
  if (!is_kept) {
    kept = Session{.state = SessionState::ended};
    kept->subject = decoy_of_name(bearer->id);
  }
  auto loaded = co_await parts_.store.subject(kept->subject);
  if (!loaded && loaded.error().code == ErrorCode::not_found) co_return Found{};  // erased
  CS_CO_TRY(SubjectPtr subject, std::move(loaded));
  const SecretBytes input = mac_input(*kept, bearer->secret.expose());
  CS_CO_TRY(const hsm::Mac mac, co_await parts_.hsm.mac(hsm::MacKey::pepper, input.expose()));
  const bool matches = equal_in_constant_time(as_text(mac), as_text(kept->mac));
  if (!is_text || !is_kept || !matches) co_return Found{};

  const CurrentPolicy policy = parts_.policy;
  const policies::Sessions& rules = policy->of(subject->fixed.name.realm.text()).session;
  if (!is_alive(*kept, rules, now) || !may_use(subject->fixed, kept->scope)) co_return Found{};
  if (now >= kept->seen_at + kSeenStep) CS_CO_CHECK(co_await parts_.accounts.seen(*kept, now));
  co_return FoundSession{std::move(*kept), std::move(subject)};
}

awaitable<Result<Session>> Sessions::still(const Session& admitted) {
  CS_CO_TRY(std::optional<Session> kept, co_await parts_.accounts.session(admitted.id));
  const bool stands = kept && kept->state == SessionState::open && kept->mac == admitted.mac;
  if (!stands) co_return Error{ErrorCode::denied, "session.none"};
  co_return *std::move(kept);
}

awaitable<Status> Sessions::stands(const Session* admitted) {
  if (admitted == nullptr) co_return Status{};
  const Result<Session> kept = co_await still(*admitted);
  if (!kept) co_return kept.error();
  co_return Status{};
}

bool is_alive(const Session& session, const policies::Sessions& rules, Time now) {
  return session.state == SessionState::open && now < session.expires_at &&
         now < session.seen_at + rules.idle && !verify::is_of_later(session.created_at, now);
}

}  // namespace countersign
