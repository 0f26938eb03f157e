// SPDX-License-Identifier: Apache-2.0
#include "tests/support/world.hpp"

#include "daemon/store/aftermath.hpp"
#include "daemon/verify/window.hpp"
#include "firmware-interface/modhex.hpp"

#include <algorithm>
#include <charconv>

namespace countersign::test {
namespace {

const Error kBroken{ErrorCode::unavailable, "world.broken"};

SubjectRecord record_of(SubjectId id, const char* username) {
  return {.fixed = {.id = id,
                    .name = {*Realm::from("default"), *Username::from(username)},
                    .state = SubjectState::active}};
}

FactorRecord factor_of(FactorId id, SubjectId subject, FactorKind kind, FactorState state) {
  FactorRecord record;
  record.fixed = {.id = id, .subject = subject, .kind = kind, .state = state};
  return record;
}

constexpr TokenId kFirstToken{7};

Bytes sealed_of(std::byte secret) { return Bytes(9, secret); }

}  // namespace

World::World() {
  rules.limits.answer_step_ms = 0;  // nobody here has a stopwatch
  rules.peers.push_back({.name = "test", .uid = kPeer.uid, .roles = {true, true, true}});
  rules.peers.push_back({.name = "gateway",
                         .uid = kGateway.uid,
                         .roles = {true, false, false},
                         .public_id_only = true});
  subjects_.emplace(kAlice, record_of(kAlice, "alice"));
  add(kTotp, FactorKind::totp);
}

FactorRecord& World::add(FactorId id, FactorKind kind, FactorState state) {
  return alice().factors.emplace_back(factor_of(id, kAlice, kind, state));
}

FactorRecord& World::factor(FactorId id) {
  return *std::ranges::find(alice().factors, id, [](const auto& f) { return f.fixed.id; });
}

FactorRecord& World::add_yubikey(FactorState state) {
  FactorRecord& record = add(kYubikey, FactorKind::yubico_otp, state);
  record.fixed.public_id = kPublicId;
  record.fixed.sealed = sealed_of(kSecret);
  return record;
}

FactorRecord& World::add_slot(FactorState state, FactorId id) {
  FactorRecord& record = add(id, FactorKind::chalresp, state);
  record.fixed.sealed = sealed_of(kSecret);
  return record;
}

// Twenty bytes of the challenge, each changed by the secret.
SecretBytes World::response_to(BytesView challenge, std::byte secret) {
  SecretBytes response{hsm::kResponseKeyBytes};
  for (std::size_t i = 0; i < response.size(); ++i) {
    response.expose()[i] = challenge[i % challenge.size()] ^ secret;
  }
  return response;
}

std::string World::otp(hsm::YubicoFields fields, std::string_view public_id, std::byte secret) {
  return std::string{public_id} + modhex::encode(block_of(sealed_of(secret), fields));
}

TokenRecord& World::add_to_stock() {
  TokenRecord& row = stock.emplace_back();
  row.fixed = {.id = kFirstToken,
               .kind = FactorKind::yubico_otp,
               .serial = "4711",
               .public_id = std::string{kPublicId},
               .sealed = sealed_of(kSecret)};
  return row;
}

Result<Answer> World::claim(std::string_view passcode) {
  const ClaimToken ask{SubjectName{*Realm::from(""), *Username::from("alice")},
                       *Passcode::from(passcode), *Label::from("key")};
  return run(claims_.claim(kPeer, ask));
}

std::string World::code_at(std::uint64_t counter) {
  std::string digits = std::to_string(1'000'000 + counter % 1'000'000);
  return digits.substr(1);
}

std::string World::code_now() const {
  return code_at(static_cast<std::uint64_t>(verify::totp_step(clock.time, 30)));
}

RequestId World::request_id(int number) {
  RequestId id;
  id.size = RequestId::kBytesMin;
  id.bytes[0] = std::byte(number & 0xff);
  id.bytes[1] = std::byte(number >> 8 & 0xff);
  return id;
}

Result<Verdict> World::verify(std::string_view passcode, std::string_view username) {
  return run(verify_later(std::string{passcode}, std::string{username}));
}

awaitable<Result<Verdict>> World::verify_later(std::string passcode, std::string username) {
  const RequestId id = request_id(next_request_++);
  const Verify ask{.subject = SubjectName{*Realm::from(""), *Username::from(username)},
                   .factor = {},
                   .passcode = *Passcode::from(passcode),
                   .client_address = {}};
  co_return co_await service_.verify(kPeer, id, ask);
}

Result<Verdict> World::verify(std::string_view passcode, const RequestId& id,
                              std::optional<FactorId> factor) {
  const Verify ask{.subject = SubjectName{*Realm::from(""), *Username::from("alice")},
                   .factor = factor,
                   .passcode = *Passcode::from(passcode),
                   .client_address = {}};
  return run(service_.verify(kPeer, id, ask));
}

Result<Verdict> World::verify_otp(std::string_view passcode) {
  return verify_otp(passcode, request_id(next_request_++));
}

Result<Verdict> World::verify_otp(std::string_view passcode, const RequestId& id) {
  const Verify ask{
      .subject = {}, .factor = {}, .passcode = *Passcode::from(passcode), .client_address = {}};
  return run(service_.verify(kGateway, id, ask));
}

Result<Verdict> World::verify_as(Peer peer, const Verify& ask) {
  return run(service_.verify(peer, request_id(next_request_++), ask));
}

Result<Verdict> World::confirm(FactorId factor, std::string_view passcode) {
  return confirm(factor, passcode, request_id(next_request_++));
}

Result<Verdict> World::confirm(FactorId factor, std::string_view passcode, const RequestId& id) {
  const ConfirmFactor ask{factor, *Passcode::from(passcode)};
  return run(service_.confirm(kPeer, id, ask));
}

Result<ChallengeReport> World::start(std::optional<FactorId> factor, Peer peer,
                                     std::string_view username) {
  const StartChallenge ask{.subject = {*Realm::from(""), *Username::from(username)},
                           .factor = factor,
                           .client_address = {}};
  return run(challenge_service_.start(peer, ask));
}

Result<Verdict> World::answer(ChallengeId challenge, SecretBytes response, Peer peer) {
  return answer(challenge, std::move(response), request_id(next_request_++), peer);
}

Result<Verdict> World::answer(ChallengeId challenge, SecretBytes response, const RequestId& id,
                              Peer peer) {
  const AnswerChallenge ask{challenge, std::move(response), {}};
  return run(challenge_service_.answer(peer, id, ask));
}

awaitable<Result<Verdict>> World::answer_later(ChallengeId challenge, SecretBytes response) {
  const RequestId id = request_id(next_request_++);
  const AnswerChallenge ask{challenge, std::move(response), {}};
  co_return co_await challenge_service_.answer(kPeer, id, ask);
}

awaitable<Result<SubjectId>> World::identify(const SubjectName& name) {
  if (breaks()) co_return kBroken;
  for (const auto& [id, record] : subjects_) {
    if (!is_decoy(id) && record.fixed.name == name) co_return id;
  }
  co_return SubjectId{-7};
}

awaitable<Result<SubjectId>> World::owner(FactorId factor) {
  if (breaks()) co_return kBroken;
  for (const auto& [id, record] : subjects_) {
    if (!is_decoy(id) && record.find(factor) != nullptr) co_return id;
  }
  co_return Error{ErrorCode::not_found, "factor.id"};
}

awaitable<Result<FactorOwner>> World::owner_of_public_id(std::string_view public_id) {
  if (breaks()) co_return kBroken;
  for (const FactorRecord& factor : alice().factors) {
    const bool open = factor.fixed.state != FactorState::revoked && !public_id.empty();
    if (open && factor.fixed.public_id == public_id) co_return FactorOwner{kAlice, factor.fixed.id};
  }
  const SubjectId decoy = decoy_of_public_id(7);
  co_return FactorOwner{decoy, FactorId{number(decoy)}};
}

awaitable<Result<std::vector<FactorRecord>>> World::factors_of_key(BytesView sealed_key) {
  if (breaks()) co_return kBroken;
  std::vector<FactorRecord> found;
  for (const auto& [id, subject] : subjects_) {
    for (const FactorRecord& factor : subject.factors) {
      const bool is_yubico = factor.fixed.kind == FactorKind::yubico_otp && !is_decoy(id);
      const bool has_it = as_text(factor.fixed.sealed).starts_with(as_text(sealed_key));
      if (is_yubico && has_it) found.push_back(factor);
    }
  }
  co_return found;
}

awaitable<Result<SubjectPtr>> World::subject(SubjectId id) {
  if (breaks()) co_return kBroken;
  if (is_decoy(id) && !subjects_.contains(id)) {
    SubjectRecord decoy = record_of(id, "decoy");
    const FactorKind kind = number(id) >= -kDecoys       ? FactorKind::totp
                            : number(id) >= -2 * kDecoys ? FactorKind::yubico_otp
                                                         : FactorKind::chalresp;
    decoy.factors.push_back(factor_of(FactorId{number(id)}, id, kind, FactorState::active));
    if (kind == FactorKind::chalresp) decoy.factors[0].fixed.sealed = sealed_of(std::byte{99});
    subjects_.emplace(id, std::move(decoy));
  }
  const auto found = subjects_.find(id);
  if (found == subjects_.end()) co_return Error{ErrorCode::not_found, "world.subject"};
  co_return std::make_shared<const SubjectRecord>(found->second);
}

awaitable<Status> World::commit(SubjectPtr from, const Attempt& attempt) {
  if (breaks()) co_return kBroken;
  co_return apply(*from, attempt);
}

Status World::apply(const SubjectRecord& from, const Attempt& attempt) {
  CS_CHECK(meets(from, attempt.aftermath.get()));
  SubjectRecord& now = subjects_.at(attempt.subject);
  for (const Move& move : attempt.moves) {
    if (now.find(move.factor)->motion.version != from.find(move.factor)->motion.version) {
      return Error{ErrorCode::conflict, "world.motion"};
    }
  }
  if (attempt.challenge) {
    const Challenge& row = attempt.challenge->row;
    Challenge& kept = challenges.at(row.id);
    if (!kept.is_open() || !is_as_told(kept, attempt.challenge->tries_before)) {
      return Error{ErrorCode::conflict, "world.challenge"};
    }
    kept = row;
  }
  for (FactorRecord& record : now.factors) {
    for (const Move& move : attempt.moves) {
      if (move.factor == record.fixed.id) record.motion = move.motion;
    }
    if (attempt.state && record.fixed.id == attempt.moves[0].factor) {
      record.fixed.state = *attempt.state;
    }
  }
  if (attempt.budget) now.budget = *attempt.budget;
  if (!attempt.journalled) return {};
  JournalEntry entry = attempt.entry;
  if (attempt.challenge) entry.challenge = attempt.challenge->row.id;
  if (attempt.aftermath) {
    write(now, *attempt.aftermath, std::move(entry));
  } else {
    entries.push_back(std::move(entry));
  }
  return {};
}

awaitable<Result<SubjectId>> World::create(const SubjectName& name, SubjectState state,
                                           JournalEntry entry) {
  const SubjectId id = reserve_subject();
  const Subject subject{.id = id, .name = name, .state = state};
  std::vector<Factor> contacts;
  Aftermath nothing;
  CS_CO_CHECK(
      co_await create_account(subject, std::move(contacts), std::move(nothing), std::move(entry)));
  co_return id;
}
awaitable<Result<FactorId>> World::enrol(SubjectPtr to, Factor factor, Position position,
                                         JournalEntry entry, Aftermath also) {
  if (breaks()) co_return kBroken;
  CS_CO_CHECK(meets(*to, &also));
  SubjectRecord& now = subjects_.at(to->fixed.id);
  const FactorId id{next_factor_++};
  factor.id = id;
  factor.subject = now.fixed.id;
  now.factors.push_back({std::move(factor), {}, {.version = Version{1}, .position = position}});
  now.budget.version = next(now.budget.version);
  store::name_factor(also, id);
  entry.factor = id;
  write(now, also, std::move(entry));
  co_return id;
}
awaitable<Status> World::change(SubjectPtr from, Factor factor, JournalEntry entry,
                                Aftermath also) {
  entry.factor = factor.id;
  also.factors.push_back(std::move(factor));
  return apply(std::move(from), std::move(also), std::move(entry));
}
awaitable<Status> World::change(SubjectPtr from, SubjectState state, JournalEntry entry) {
  Aftermath also;
  also.state = state;
  return apply(std::move(from), std::move(also), std::move(entry));
}
awaitable<Status> World::unlock(SubjectPtr from, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  CS_CO_CHECK(meets(*from, nullptr));
  SubjectRecord& now = subjects_.at(from->fixed.id);
  for (FactorRecord& factor : now.factors) factor.motion.failures = 0;
  now.budget = {.version = next(now.budget.version)};
  write(now, {}, std::move(entry));
  co_return Status{};
}
awaitable<Result<ClientPtr>> World::client(ClientId) { co_return kBroken; }
awaitable<Result<std::vector<ClientPtr>>> World::clients(ClientId) { co_return kBroken; }
awaitable<Result<ClientId>> World::add(Client, JournalEntry) { co_return kBroken; }
awaitable<Status> World::change(ClientPtr, ClientState, JournalEntry) { co_return kBroken; }
awaitable<Result<std::vector<bool>>> World::are_known(std::span<const Token>) { co_return kBroken; }
awaitable<Status> World::add(std::vector<Token>, JournalEntry) { co_return kBroken; }
awaitable<Result<TokenRecord>> World::token(TokenId) { co_return kBroken; }
awaitable<Result<std::vector<TokenRecord>>> World::tokens_of_serial(std::string_view) {
  co_return kBroken;
}
awaitable<Result<std::vector<TokenRecord>>> World::tokens_of_public_id(std::string_view name) {
  if (breaks()) co_return kBroken;
  std::vector<TokenRecord> found;
  for (const TokenRecord& row : stock) {
    if (row.fixed.public_id == name) found.push_back(row);
  }
  co_return found;
}
awaitable<Result<std::vector<TokenRecord>>> World::tokens(TokenId) { co_return kBroken; }
awaitable<Status> World::discard(const TokenRecord&, JournalEntry) { co_return kBroken; }
awaitable<Result<FactorId>> World::assign(const TokenRecord& token, SubjectPtr to, Factor factor,
                                          Motion motion, JournalEntry entry, Aftermath also) {
  if (breaks()) co_return kBroken;
  CS_CO_CHECK(meets(*to, &also));
  SubjectRecord& now = subjects_.at(to->fixed.id);
  const auto is_it = [&token](const TokenRecord& row) { return row.fixed.id == token.fixed.id; };
  if (std::ranges::none_of(stock, is_it)) co_return Error{ErrorCode::conflict, "world.assign"};
  std::erase_if(stock, is_it);
  const FactorId id = token.fixed.id == kFirstToken ? kYubikey : FactorId{next_factor_++};
  factor.id = id;
  now.factors.push_back({std::move(factor), {}, motion});
  now.budget.version = next(now.budget.version);
  store::name_factor(also, id);
  entry.factor = id;
  write(now, also, std::move(entry));
  co_return id;
}
awaitable<Status> World::journal(JournalEntry) { co_return kBroken; }
awaitable<Result<CheckedSlice>> World::check(std::string) { co_return kBroken; }
awaitable<Result<StoreCounts>> World::counts() { co_return kBroken; }

}  // namespace countersign::test
