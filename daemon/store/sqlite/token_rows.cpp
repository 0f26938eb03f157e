// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/token_rows.hpp"

namespace countersign::store::sqlite {
namespace {

TokenRecord token_of(const Statement& row) {
  TokenRecord token;
  token.fixed.id = TokenId{row.integer(0)};
  token.fixed.kind = static_cast<FactorKind>(row.integer(1));
  token.fixed.serial = row.text(2);
  token.fixed.public_id = row.text(3);
  token.fixed.oath.algorithm = static_cast<HashAlgorithm>(row.integer(4));
  token.fixed.oath.digits = static_cast<std::uint8_t>(row.integer(5));
  token.fixed.oath.period_seconds = static_cast<std::uint16_t>(row.integer(6));
  token.fixed.oath.secret_bytes = static_cast<std::uint16_t>(row.integer(7));
  token.fixed.sealed = row.blob(8);
  token.fixed.position = Position{row.integer(9)};
  token.fixed.created_at = from_milliseconds(row.integer(10));
  token.mac = row.fixed<32>(11);
  return token;
}

// The journal's index is asked in its own words, so that it is used.
constexpr auto kImported =
    "SELECT count, position FROM journal WHERE event >= 40 AND outcome = 0 "
    "AND event = 40 AND count <= ? ORDER BY count DESC LIMIT 1";
constexpr auto kTaken =
    "SELECT 1 FROM journal WHERE event >= 40 AND outcome = 0 "
    "AND event IN (41, 42, 43) AND count = ? LIMIT 1";

constexpr auto kIsKnown =
    "SELECT EXISTS (SELECT 1 FROM token WHERE serial = ?2 AND serial <> '' AND kind = ?1) "
    "OR EXISTS (SELECT 1 FROM token WHERE public_id = ?3 AND public_id <> '' AND kind = ?1) "
    "OR EXISTS (SELECT 1 FROM factor WHERE serial = ?2 AND serial <> '' AND kind = ?1) "
    "OR EXISTS (SELECT 1 FROM factor WHERE public_id = ?3 AND public_id <> '' AND kind = ?1)";

// Nothing, when a factor bears its name: it may have been made since anybody looked.
constexpr auto kInsert =
    "INSERT INTO token SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12 "
    "WHERE NOT EXISTS (SELECT 1 FROM factor WHERE serial = ?3 AND serial <> '' AND kind = ?2) "
    "AND NOT EXISTS (SELECT 1 FROM factor WHERE public_id = ?4 AND public_id <> '' AND kind = ?2)";

// Not when the journal knows that it has gone before: a row that was put back is true, and used.
constexpr auto kTake =
    "DELETE FROM token WHERE id = ?1 AND mac = ?2 AND NOT EXISTS (SELECT 1 FROM journal "
    "WHERE event >= 40 AND outcome = 0 AND event IN (41, 42, 43) AND count = ?1)";

}  // namespace

Result<TokenReads> TokenReads::open(Connection& connection) {
  TokenReads reads;
  CS_TRY(reads.token_, connection.prepare("SELECT * FROM token WHERE id = ?"));
  CS_TRY(reads.tokens_,
         connection.prepare("SELECT id FROM token WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.of_serial_,
         connection.prepare("SELECT id FROM token WHERE serial = ? AND serial <> ''"));
  CS_TRY(reads.of_public_id_,
         connection.prepare("SELECT id FROM token WHERE public_id = ? AND public_id <> ''"));
  CS_TRY(reads.is_known_, connection.prepare(kIsKnown));
  CS_TRY(reads.imported_, connection.prepare(kImported));
  CS_TRY(reads.taken_, connection.prepare(kTaken));
  return reads;
}

Result<std::optional<TokenRecord>> TokenReads::token(TokenId id) {
  const Rewind rewind{token_};
  const Result<bool> found = token_.start(id);
  // A row that is too long to be read is there, and will not fit its MAC of zeros.
  if (!found && is_too_long(found.error())) return TokenRecord{.fixed = {.id = id}};
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  return token_of(token_);
}

Result<std::vector<TokenRecord>> TokenReads::of_serial(std::string_view serial) {
  return named(of_serial_, serial);
}

Result<std::vector<TokenRecord>> TokenReads::of_public_id(std::string_view public_id) {
  return named(of_public_id_, public_id);
}

// An index page can be edited: what it led to is compared with what was asked for by the caller.
Result<std::vector<TokenRecord>> TokenReads::named(Statement& statement, std::string_view name) {
  CS_TRY(const Ids found, ids(statement, name));
  std::vector<TokenRecord> tokens;
  for (const std::int64_t id : found) {
    CS_TRY(auto row, token(TokenId{id}));
    if (row) tokens.push_back(*std::move(row));
  }
  return tokens;
}

Result<bool> TokenReads::is_known(const Token& token) {
  const Rewind rewind{is_known_};
  CS_CHECK(is_known_.start(token.kind, token.serial, token.public_id));
  return is_known_.integer(0) != 0;
}

Result<bool> TokenReads::was_imported(TokenId id) {
  const Rewind rewind{imported_};
  CS_TRY(const bool found, imported_.start(id));
  // A record stands for as many tokens as its position says, from its number on.
  return found && number(id) - imported_.integer(0) < imported_.integer(1);
}

Result<bool> TokenReads::was_taken(TokenId id) {
  const Rewind rewind{taken_};
  return taken_.start(id);
}

Result<TokenWrites> TokenWrites::open(Connection& connection) {
  TokenWrites writes;
  CS_TRY(writes.insert_, connection.prepare(kInsert));
  CS_TRY(writes.take_, connection.prepare(kTake));
  return writes;
}

Status TokenWrites::put(const TokenChange& change) {
  for (const TokenRecord& token : change.fresh) CS_CHECK(insert(token));
  if (!change.taken) return {};
  return one_row(take_.run(change.taken->fixed.id, change.taken->mac));
}

Status TokenWrites::insert(const TokenRecord& token) {
  const Token& row = token.fixed;
  return one_row(insert_.run(row.id, row.kind, row.serial, row.public_id, row.oath.algorithm,
                             row.oath.digits, row.oath.period_seconds, row.oath.secret_bytes,
                             row.sealed, row.position, to_milliseconds(row.created_at), token.mac));
}

}  // namespace countersign::store::sqlite
