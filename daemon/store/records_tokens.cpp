// SPDX-License-Identifier: Apache-2.0
// Hardware tokens that belong to nobody yet, beside the people.
#include "async/in_lanes.hpp"
#include "daemon/store/records.hpp"

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;
using TokenRecords = std::vector<TokenRecord>;

// How many rows' MACs are asked of the HSM at once: it answers in batches.
constexpr std::size_t kLanes = 32;

Result<TokenRecords> read_after(Statements& statements, TokenId after) {
  CS_TRY(const auto ids, statements.tokens.tokens(number(after), Store::kTokensListed));
  TokenRecords found;
  for (const std::int64_t id : ids) {
    CS_TRY(auto row, statements.tokens.token(TokenId{id}));
    if (row) found.push_back(*std::move(row));
  }
  return found;
}

}  // namespace

awaitable<Result<std::vector<bool>>> Records::are_known(std::span<const Token> tokens) {
  auto read = [tokens](Statements& statements) -> Result<std::vector<bool>> {
    std::vector<bool> known;
    for (const Token& token : tokens) {
      CS_TRY(const bool is_known, statements.tokens.is_known(token));
      known.push_back(is_known);
    }
    return known;
  };
  co_return co_await reader_.ask<std::vector<bool>>(read);
}

awaitable<Status> Records::add(std::vector<Token> tokens, JournalEntry entry) {
  sqlite::Change change;
  change.tokens = std::make_unique<sqlite::TokenChange>();
  TokenRecords& rows = change.tokens->fresh;
  rows.resize(tokens.size());
  entry.count = static_cast<std::uint64_t>(last_token_ + 1);
  entry.position = Position{static_cast<std::int64_t>(tokens.size())};
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    rows[i].fixed = std::move(tokens[i]);
    rows[i].fixed.id = TokenId{++last_token_};
  }
  auto seal = [this, &rows](std::size_t i) -> awaitable<Status> {
    const Bytes encoded = encode(rows[i].fixed);
    CS_CO_TRY(rows[i].mac, co_await authenticator_.seal(encoded));
    co_return Status{};
  };
  CS_CO_CHECK(co_await in_lanes(rows.size(), kLanes, seal));
  change.record.entry = std::move(entry);
  co_return co_await write(change);
}

awaitable<Result<TokenRecord>> Records::token(TokenId id) {
  auto read = [id](Statements& statements) { return statements.tokens.token(id); };
  CS_CO_TRY(const auto found, co_await reader_.ask<std::optional<TokenRecord>>(read));
  if (!found) co_return Error{ErrorCode::not_found, "token.unknown"};
  TokenRecords one{*found};
  CS_CO_CHECK(co_await check(one));
  co_return std::move(one.front());
}

awaitable<Result<TokenRecords>> Records::tokens_of_serial(std::string_view serial) {
  auto read = [serial](Statements& statements) { return statements.tokens.of_serial(serial); };
  CS_CO_TRY(TokenRecords found, co_await reader_.ask<TokenRecords>(read));
  CS_CO_CHECK(co_await check(found));
  std::erase_if(found, [serial](const TokenRecord& row) { return row.fixed.serial != serial; });
  co_return found;
}

awaitable<Result<TokenRecords>> Records::tokens_of_public_id(std::string_view public_id) {
  auto read = [public_id](Statements& statements) {
    return statements.tokens.of_public_id(public_id);
  };
  CS_CO_TRY(TokenRecords found, co_await reader_.ask<TokenRecords>(read));
  CS_CO_CHECK(co_await check(found));
  std::erase_if(found,
                [public_id](const TokenRecord& row) { return row.fixed.public_id != public_id; });
  co_return found;
}

awaitable<Result<TokenRecords>> Records::tokens(TokenId after) {
  auto read = [after](Statements& statements) { return read_after(statements, after); };
  CS_CO_TRY(TokenRecords found, co_await reader_.ask<TokenRecords>(read));
  CS_CO_CHECK(co_await check(found));
  co_return found;
}

awaitable<Status> Records::check(const TokenRecords& tokens) {
  auto judge = [this, &tokens](std::size_t i) -> awaitable<Status> {
    Status judged = co_await authenticator_.token(tokens[i]);
    if (!judged && judged.error().code == ErrorCode::corrupt) {
      co_await report(Tampered::token, number(tokens[i].fixed.id));
    }
    co_return judged;
  };
  co_return co_await in_lanes(tokens.size(), kLanes, judge);
}

awaitable<Status> Records::discard(const TokenRecord& token, JournalEntry entry) {
  sqlite::Change change;
  change.tokens = std::make_unique<sqlite::TokenChange>();
  change.tokens->taken = token;
  change.record.entry = std::move(entry);
  change.record.entry.count = static_cast<std::uint64_t>(number(token.fixed.id));
  co_return co_await write(change);
}

awaitable<Result<FactorId>> Records::assign(const TokenRecord& token, SubjectPtr to, Factor factor,
                                            Motion motion, JournalEntry entry, Aftermath also) {
  if (is_decoy(to->fixed.id)) co_return kNobody;
  entry.count = static_cast<std::uint64_t>(number(token.fixed.id));
  Draft draft{*to, *key_, std::move(entry)};
  draft.change().tokens = std::make_unique<sqlite::TokenChange>();
  draft.change().tokens->taken = token;
  co_return co_await add(draft, std::move(factor), motion, std::move(also));
}

}  // namespace countersign::store
