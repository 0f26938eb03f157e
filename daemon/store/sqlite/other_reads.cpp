// SPDX-License-Identifier: Apache-2.0
// Numbers are narrowed without a check, as in row_reads.cpp.
#include "daemon/store/sqlite/other_reads.hpp"

namespace countersign::store::sqlite {
namespace {

LoadedClient client_of(ClientId id, const Statement& row) {
  LoadedClient client;
  client.row.id = id;
  client.row.name = row.text(0);
  client.networks = row.text(1);
  client.row.require_signature = row.integer(2) != 0;
  client.row.state = static_cast<ClientState>(row.integer(3));
  const BytesView sealed = row.blob(4);
  client.row.sealed.assign(sealed.begin(), sealed.end());
  client.row.created_at = from_milliseconds(row.integer(5));
  client.mac = row.fixed<32>(6);
  return client;
}

std::unique_ptr<LoadedChallenge> challenge_of(const Statement& row) {
  auto loaded = std::make_unique<LoadedChallenge>();
  LoadedChallenge& challenge = *loaded;
  challenge.row.id = ChallengeId{row.integer(0)};
  challenge.row.subject = SubjectId{row.integer(1)};
  challenge.row.factor = FactorId{row.integer(2)};
  challenge.row.purpose = static_cast<Purpose>(row.integer(3));
  const BytesView value = row.blob(4);
  challenge.row.value.assign(value.begin(), value.end());
  challenge.row.tries = static_cast<std::uint32_t>(row.integer(5));
  challenge.row.position = Position{row.integer(6)};
  challenge.row.created_at = from_milliseconds(row.integer(7));
  challenge.row.expires_at = from_milliseconds(row.integer(8));
  challenge.mac = row.fixed<32>(9);
  return loaded;
}

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

// The journal's index of what happens to clients and tokens is asked in its own words.
constexpr auto kWasAdded =
    "SELECT 1 FROM journal WHERE event >= 40 AND event < 50 AND outcome = 0 AND event = 45 "
    "AND count = ? LIMIT 1";
constexpr auto kImported =
    "SELECT count, position FROM journal WHERE event >= 40 AND event < 50 AND outcome = 0 "
    "AND event = 40 AND count <= ? ORDER BY count DESC LIMIT 1";
constexpr auto kTaken =
    "SELECT 1 FROM journal WHERE event >= 40 AND event < 50 AND outcome = 0 "
    "AND event IN (41, 42, 43) AND count = ? LIMIT 1";

constexpr auto kIsKnown =
    "SELECT EXISTS (SELECT 1 FROM token WHERE serial = ?2 AND serial <> '' AND kind = ?1) "
    "OR EXISTS (SELECT 1 FROM token WHERE public_id = ?3 AND public_id <> '' AND kind = ?1) "
    "OR EXISTS (SELECT 1 FROM factor WHERE serial = ?2 AND serial <> '' AND kind = ?1) "
    "OR EXISTS (SELECT 1 FROM factor WHERE public_id = ?3 AND public_id <> '' AND kind = ?1)";

Result<std::vector<std::int64_t>> ids(Statement& statement, std::int64_t after, std::size_t max) {
  const Rewind rewind{statement};
  std::vector<std::int64_t> found;
  CS_TRY(bool more, statement.start(after, max));
  while (more) {
    found.push_back(statement.integer(0));
    CS_TRY(more, statement.step());
  }
  return found;
}

}  // namespace

Result<OtherReads> OtherReads::open(Connection& connection) {
  OtherReads reads;
  CS_TRY(reads.challenge_, connection.prepare("SELECT * FROM challenge WHERE id = ?"));
  CS_TRY(reads.challenges_,
         connection.prepare("SELECT id FROM challenge WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.client_, connection.prepare("SELECT name, networks, require_signature, state, "
                                           "sealed, created_at_ms, mac FROM client WHERE id = ?"));
  CS_TRY(reads.clients_,
         connection.prepare("SELECT id FROM client WHERE id > ? ORDER BY id LIMIT ?"));
  CS_TRY(reads.was_added_, connection.prepare(kWasAdded));
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

Result<std::unique_ptr<LoadedChallenge>> OtherReads::challenge(ChallengeId id) {
  const Rewind rewind{challenge_};
  const Result<bool> found = challenge_.start(id);
  // All zero: a forged one.
  if (!found && is_too_long(found.error())) return std::make_unique<LoadedChallenge>();
  if (!found) return found.error();
  if (!*found) return std::unique_ptr<LoadedChallenge>{};
  return challenge_of(challenge_);
}

Result<std::vector<std::int64_t>> OtherReads::challenges(std::int64_t after, std::size_t max) {
  return ids(challenges_, after, max);
}

Result<std::optional<LoadedClient>> OtherReads::client(ClientId id) {
  const Rewind rewind{client_};
  const Result<bool> found = client_.start(id);
  if (!found && is_too_long(found.error())) {
    LoadedClient forged;
    forged.row.id = id;
    return forged;
  }
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  return client_of(id, client_);
}

Result<std::vector<std::int64_t>> OtherReads::clients(std::int64_t after, std::size_t max) {
  return ids(clients_, after, max);
}

Result<bool> OtherReads::was_added(ClientId id) {
  const Rewind rewind{was_added_};
  return was_added_.start(id);
}

Result<std::optional<TokenRecord>> OtherReads::token(TokenId id) {
  const Rewind rewind{token_};
  const Result<bool> found = token_.start(id);
  // A row that is too long to be read is there, and will not fit its MAC of zeros.
  if (!found && is_too_long(found.error())) return TokenRecord{.fixed = {.id = id}};
  if (!found) return found.error();
  if (!*found) return std::nullopt;
  return token_of(token_);
}

Result<std::vector<std::int64_t>> OtherReads::tokens(std::int64_t after, std::size_t max) {
  return ids(tokens_, after, max);
}

Result<std::vector<TokenRecord>> OtherReads::tokens_of_serial(std::string_view serial) {
  return tokens(of_serial_, serial);
}

Result<std::vector<TokenRecord>> OtherReads::tokens_of_public_id(std::string_view public_id) {
  return tokens(of_public_id_, public_id);
}

// An index page can be edited: what it led to is compared with what was asked for by the caller.
Result<std::vector<TokenRecord>> OtherReads::tokens(Statement& statement, std::string_view name) {
  const Rewind rewind{statement};
  std::vector<TokenRecord> found;
  CS_TRY(bool more, statement.start(name));
  while (more) {
    CS_TRY(auto row, token(TokenId{statement.integer(0)}));
    if (row) found.push_back(*std::move(row));
    CS_TRY(more, statement.step());
  }
  return found;
}

Result<bool> OtherReads::is_known(const Token& token) {
  const Rewind rewind{is_known_};
  CS_CHECK(is_known_.start(token.kind, token.serial, token.public_id));
  return is_known_.integer(0) != 0;
}

Result<bool> OtherReads::was_imported(TokenId id) {
  const Rewind rewind{imported_};
  CS_TRY(const bool found, imported_.start(id));
  // A record stands for as many tokens as its position says, from its number on.
  return found && number(id) - imported_.integer(0) < imported_.integer(1);
}

Result<bool> OtherReads::was_taken(TokenId id) {
  const Rewind rewind{taken_};
  return taken_.start(id);
}

}  // namespace countersign::store::sqlite
