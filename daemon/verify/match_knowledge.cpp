// SPDX-License-Identifier: Apache-2.0
#include "daemon/verify/match_knowledge.hpp"

#include "daemon/verify/answer_hash.hpp"
#include "daemon/verify/crockford.hpp"
#include "daemon/verify/device_secret.hpp"
#include "daemon/verify/password_hash.hpp"
#include "daemon/verify/recovery_codes.hpp"
#include "daemon/verify/temporary_code.hpp"
#include "daemon/verify/typed_text.hpp"

namespace countersign::verify {
namespace {

using Found = Result<std::optional<Match>>;

std::uint64_t counter_of(Position position) { return static_cast<std::uint64_t>(number(position)); }

Position next_of(const FactorRecord& factor) {
  return Position{number(factor.motion.position) + 1};
}

// A code that is used up keeps its place: the last one's is the position, an older one's is below.
Match match_of(const FactorRecord& factor, std::size_t code) {
  Match match{.factor = &factor};
  const Position position = factor.motion.position;
  match.genuine.written = static_cast<std::uint32_t>(code) + 1;
  match.fresh = !is_used_at(position, code);
  if (match.fresh) {
    match.counter = counter_of(after_use(position, code));
  } else if (factor.motion.timestamp == match.genuine.written) {
    match.counter = counter_of(position);
  }
  return match;
}

awaitable<Found> match_recovery(const FactorRecord& factor, const SecretBytes& code,
                                hsm::Hsm& hsm) {
  RecoverySet set;
  const bool is_one = factor.fixed.kind == FactorKind::recovery_codes;
  if (is_one) {
    CS_CO_TRY(set, recovery_set_from(factor.fixed.sealed));
  }
  CS_CO_TRY(const hsm::Mac mac,
            co_await mac_of_recovery_code(hsm, factor.fixed.subject, set, code));
  // All of them, whichever it is.
  std::optional<std::size_t> which;
  for (std::size_t i = 0; i < set.macs.size(); ++i) {
    if (equal(mac, set.macs[i])) which = i;
  }
  if (!which) co_return std::nullopt;
  co_return match_of(factor, *which);
}

awaitable<Found> match_temporary(const FactorRecord& factor, const SecretBytes& code, Time now,
                                 hsm::Hsm& hsm) {
  TemporaryCodeRow row;
  const bool is_one = factor.fixed.kind == FactorKind::temporary_code;
  if (is_one) {
    CS_CO_TRY(row, temporary_code_from(factor.fixed.sealed));
  }
  CS_CO_TRY(const hsm::Mac mac,
            co_await mac_of_temporary_code(hsm, factor.fixed.subject, row, code));
  const bool equals = equal(mac, row.mac);
  if (!equals || !is_one) co_return std::nullopt;
  Match match{.factor = &factor};
  match.genuine.expired = now < row.from || now >= row.until;
  match.genuine.reusable = true;
  match.fresh = number(next_of(factor)) < row.uses;
  match.counter = counter_of(match.fresh ? next_of(factor) : factor.motion.position);
  co_return match;
}

// Where the hash of what was typed is to be found; a stand-in's is nobody's.
Result<PepperedHash> hash_of(const FactorRecord& factor, FactorKind kind,
                             const policies::Password& policy) {
  if (factor.fixed.kind != kind) return PepperedHash{.parameters = parameters_of(policy)};
  if (kind == FactorKind::password) {
    CS_TRY(const PasswordHashes hashes, password_hashes_from(factor.fixed.sealed));
    return hashes.present();
  }
  CS_TRY(const QuestionRow row, question_row_from(factor.fixed.sealed));
  return row.answer;
}

// The same password by the policy's parameters, where it was hashed by less.
awaitable<std::optional<SealedSecret>> renewed(const FactorRecord& factor, const SecretBytes& text,
                                               Argon2Parameters parameters, Means means) {
  auto hashes = password_hashes_from(factor.fixed.sealed);
  if (!hashes || !is_weaker(hashes->present().parameters, parameters)) co_return std::nullopt;
  const HashedFor whom{factor.fixed.subject, FactorKind::password};
  const auto fresh = co_await fresh_hash(means, whom, text, parameters);
  if (!fresh) co_return std::nullopt;  // next time, then: the password is right all the same
  hashes->all.front() = *fresh;
  const Bytes sealed = encode(*hashes);
  co_return SealedSecret{sealed};
}

awaitable<Result<Outcome>> match_text(const FactorRecord& factor, const TypedSecret& typed,
                                      const policies::Password& policy, Means means) {
  CS_CO_TRY(const PepperedHash kept, hash_of(factor, typed.kind, policy));
  const bool is_password = typed.kind == FactorKind::password;
  std::optional<SecretBytes> text =
      is_password ? normal_password(typed.text) : normal_answer(typed.text);
  const bool is_text = text.has_value();
  if (!is_text) text.emplace();  // costs as much
  const HashedFor whom{factor.fixed.subject, typed.kind};
  CS_CO_TRY(const hsm::Mac mac, co_await peppered(means, whom, *text, kept.salt, kept.parameters));
  const bool equals = equal(mac, kept.mac);
  Outcome outcome;
  if (!equals || !is_text || factor.fixed.kind != typed.kind) co_return outcome;
  outcome.match = Match{.factor = &factor, .counter = counter_of(next_of(factor)), .fresh = true};
  const Argon2Parameters parameters = parameters_of(policy);
  if (is_password) outcome.renewed = co_await renewed(factor, *text, parameters, means);
  co_return outcome;
}

bool is_within(Time since, Time now, std::chrono::seconds limit) {
  return now >= since && now - since <= limit;
}

// What a genuine text says, by its number.
Match match_of(const FactorRecord& factor, const DeviceRow& row, std::int64_t n, Time now) {
  const std::int64_t last = number(factor.motion.position);
  Match match{.factor = &factor, .counter = static_cast<std::uint64_t>(n)};
  match.fresh = n == last + 1;
  match.genuine.again = n == last && is_within(factor.motion.accepted_at, now, kDeviceReplyLost);
  match.genuine.stolen = n <= last && !match.genuine.again;
  // One from the future was given by a daemon whose database somebody took back since.
  match.genuine.expired = now >= row.until || n > last + 1;
  return match;
}

awaitable<Result<Outcome>> match_device(const FactorRecord& factor, const TypedSecret& typed,
                                        Time now, hsm::Hsm& hsm) {
  DeviceRow row;
  const bool is_one = factor.fixed.kind == FactorKind::device;
  if (is_one) {
    CS_CO_TRY(row, device_row_from(factor.fixed.sealed));
  }
  std::optional<DeviceText> shown = device_text_from(typed.text);
  const bool is_text = shown.has_value();
  if (!is_text) shown.emplace();
  const Factor& fixed = factor.fixed;
  CS_CO_TRY(const hsm::Mac mac,
            co_await mac_of_device(hsm, fixed.subject, fixed.id, row, shown->n));
  const bool equals = equal(mac, shown->mac);
  Outcome outcome;
  const bool is_its = is_one && is_text && shown->factor == fixed.id;
  if (equals && is_its) outcome.match = match_of(factor, row, shown->n, now);
  co_return outcome;
}

}  // namespace

awaitable<Result<std::optional<Match>>> match_written(const FactorRecord& factor,
                                                      const Typed& typed, Time now, hsm::Hsm& hsm) {
  const std::optional<SecretBytes> code = crockford::canonical(typed.code);
  if (!code) co_return std::nullopt;  // its form was looked at before
  if (typed.written == FactorKind::recovery_codes) {
    co_return co_await match_recovery(factor, *code, hsm);
  }
  co_return co_await match_temporary(factor, *code, now, hsm);
}

awaitable<Result<Outcome>> match(const Candidates& candidates, const TypedSecret& typed,
                                 const policies::Password& policy, Time now, Means means) {
  const FactorRecord& factor = *candidates.factors[0];
  if (typed.kind == FactorKind::device) {
    co_return co_await match_device(factor, typed, now, means.hsm);
  }
  co_return co_await match_text(factor, typed, policy, means);
}

}  // namespace countersign::verify
