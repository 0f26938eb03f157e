// SPDX-License-Identifier: Apache-2.0
#include "daemon/service/admin/token_service.hpp"

#include "async/in_lanes.hpp"
#include "daemon/service/factor/factor_service.hpp"
#include "daemon/service/factor/former_position.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace countersign {
namespace {

// How many secrets are with the HSM at once: it answers in batches.
constexpr std::size_t kLanes = 32;

// No less than what it takes in a frame.
std::size_t size_in_frame(const Token& token) {
  constexpr std::size_t kRest = 64;
  return kRest + token.serial.size() + token.public_id.size();
}

}  // namespace

Factor factor_of(const Token& token, SubjectId owner, const Label& label, Time now) {
  return {.subject = owner,
          .kind = token.kind,
          .label = label.text(),
          .public_id = token.public_id,
          .serial = token.serial,
          .oath = token.oath,
          .sealed = token.sealed,
          .created_at = now};
}

// An import under way: the tokens that are good, and the row of the report that each has.
struct TokenService::Batch {
  std::vector<Token> tokens;
  std::vector<TokenSecret*> secrets;  // in the request; sealed when the token has its `sealed`
  std::vector<std::size_t> rows;
  ImportReport report;

  explicit Batch(ImportTokens& ask);
  void leave_out(const std::vector<bool>& known);
};

TokenService::Batch::Batch(ImportTokens& ask) {
  for (Result<TokenSecret>& one : ask.tokens) {
    if (one) {
      tokens.push_back(one->fixed);
      secrets.push_back(&*one);
      rows.push_back(report.rows.size());
      report.rows.push_back({ImportOutcome::imported, std::nullopt});
    } else {
      report.rows.push_back({ImportOutcome::refused, one.error()});
    }
  }
}

// Those that are known, and those that bear the name of one before them.
void TokenService::Batch::leave_out(const std::vector<bool>& known) {
  std::set<std::tuple<FactorKind, std::string, bool>> names;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    Token& token = tokens[i];
    const bool serial_is_new =
        token.serial.empty() || names.emplace(token.kind, token.serial, true).second;
    const bool public_id_is_new =
        token.public_id.empty() || names.emplace(token.kind, token.public_id, false).second;
    if (known[i] || !serial_is_new || !public_id_is_new) {
      report.rows[rows[i]].outcome = ImportOutcome::known_already;
      continue;
    }
    if (kept != i) tokens[kept] = std::move(token);
    secrets[kept] = secrets[i];
    rows[kept] = rows[i];
    ++kept;
  }
  tokens.resize(kept);
  secrets.resize(kept);
  rows.resize(kept);
}

JournalEntry TokenService::entry(Peer peer, Event event) const {
  return {.at = clock_.now(), .event = event, .peer_uid = peer.uid};
}

awaitable<Result<Answer>> TokenService::import(Peer peer, ImportTokens ask) {
  Batch batch{ask};
  for (int conflicts = 0; conflicts < kConflictsMax; ++conflicts) {
    CS_CO_CHECK(co_await leave_out_known(batch));
    if (ask.dry_run || batch.tokens.empty()) co_return Answer{std::move(batch.report)};
    CS_CO_CHECK(co_await seal(batch));
    JournalEntry record = entry(peer, Event::token_imported);
    const Status added = co_await store_.add(batch.tokens, std::move(record));
    if (added) co_return Answer{std::move(batch.report)};
    const ErrorCode code = added.error().code;
    if (code != ErrorCode::conflict && code != ErrorCode::already_exists) co_return added.error();
    // Somebody has taken one of them in since we looked.
  }
  co_return Error{ErrorCode::conflict, "token.conflicts"};
}

awaitable<Status> TokenService::leave_out_known(Batch& batch) {
  CS_CO_TRY(const auto known, co_await store_.are_known(batch.tokens));
  batch.leave_out(known);
  co_return Status{};
}

awaitable<Status> TokenService::seal(Batch& batch) {
  auto seal_one = [this, &batch](std::size_t i) -> awaitable<Status> {
    Token& token = batch.tokens[i];
    if (!token.sealed.empty()) co_return Status{};
    token.created_at = clock_.now();
    TokenSecret& secret = *batch.secrets[i];
    if (secret.key) {
      YubicoKey key = std::move(*secret.key);
      CS_CO_TRY(token.sealed,
                co_await hsm_.seal_yubico(std::move(key.aes_key), std::move(key.private_id)));
    } else {
      CS_CO_TRY(token.sealed,
                co_await hsm_.seal_oath(token.oath.algorithm, std::move(secret.secret)));
    }
    co_return Status{};
  };
  co_return co_await in_lanes(batch.tokens.size(), kLanes, seal_one);
}

awaitable<Result<Answer>> TokenService::list(const ListTokens& ask) {
  CS_CO_TRY(auto found, co_await store_.tokens(ask.after));
  TokenList list;
  std::size_t size = 0;
  for (TokenRecord& row : found) {
    size += size_in_frame(row.fixed);
    if (size > kListBytesMax) break;
    list.tokens.push_back(std::move(row.fixed));
  }
  co_return Answer{std::move(list)};
}

awaitable<Result<TokenRecord>> TokenService::named(const AssignToken& ask) {
  std::vector<TokenRecord> found;
  if (ask.serial.empty()) {
    CS_CO_TRY(found, co_await store_.tokens_of_public_id(ask.public_id));
  } else {
    CS_CO_TRY(found, co_await store_.tokens_of_serial(ask.serial));
  }
  if (found.empty()) co_return Error{ErrorCode::not_found, "token.unknown"};
  if (found.size() > 1) co_return Error{ErrorCode::conflict, "token.ambiguous"};
  co_return std::move(found.front());
}

awaitable<Result<Answer>> TokenService::assign(Peer peer, const AssignToken& ask) {
  CS_CO_TRY(const SubjectPtr found, co_await find_.by_name(peer, ask.name));
  CS_CO_TRY(const Turns::Turn turn, co_await turns_.take(found->fixed.id));
  CS_CO_TRY(const SubjectPtr subject, co_await store_.subject(found->fixed.id));
  CS_CO_CHECK(FactorService::has_room(*subject));
  CS_CO_TRY(const TokenRecord token, co_await named(ask));
  const auto has_its_secret = [&token](const FactorRecord& factor) {
    return factor.fixed.sealed == token.fixed.sealed;
  };
  if (std::ranges::any_of(subject->factors, has_its_secret)) {
    co_return Error{ErrorCode::already_exists, "enrol.secret"};
  }
  Factor factor = factor_of(token.fixed, subject->fixed.id, ask.label, clock_.now());
  Motion motion;
  motion.position = token.fixed.position;
  if (token.fixed.kind == FactorKind::yubico_otp) {
    CS_CO_TRY(const Position former, co_await former_position(store_, token.fixed.sealed));
    motion.position = std::max(motion.position, former);
  }
  JournalEntry record = entry(peer, Event::token_assigned);
  CS_CO_TRY(factor.id, co_await store_.assign(token, subject, factor, motion, std::move(record)));
  co_return Answer{FactorReport{.subject = subject->fixed.name, .factor = std::move(factor)}};
}

awaitable<Result<Answer>> TokenService::discard(Peer peer, const DiscardToken& ask) {
  CS_CO_TRY(TokenRecord token, co_await store_.token(ask.token));
  JournalEntry record = entry(peer, Event::token_discarded);
  CS_CO_CHECK(co_await store_.discard(token, std::move(record)));
  co_return Answer{std::move(token.fixed)};
}

}  // namespace countersign
