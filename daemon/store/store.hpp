// SPDX-License-Identifier: Apache-2.0
// What the daemon needs to remember, expressed as intentions.
//
// There is no get, no put and no transaction here on purpose: each backend reaches these
// guarantees with its own native means, and none of them has to imitate the other. Every row that
// comes out has had its MAC checked. Everything that goes in is durable, together with its journal
// record, before the awaitable completes, or did not happen.
//
// All methods fail with `unavailable` when the database does not answer, and those that load fail
// with `corrupt` when a row fails its own check (which is journalled).
#pragma once

#include "async/awaitable.hpp"
#include "daemon/model/attempt.hpp"
#include "daemon/model/challenge.hpp"
#include "daemon/model/client.hpp"
#include "daemon/model/message.hpp"
#include "daemon/model/token.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace countersign {

// As loaded; stays valid and unchanged however long it is held.
using SubjectPtr = std::shared_ptr<const SubjectRecord>;
using ClientPtr = std::shared_ptr<const Client>;
using ChallengePtr = std::shared_ptr<const Challenge>;

// A slice of `store check`.
struct CheckedSlice {
  std::string cursor;  // where to go on; empty at the end
  std::uint64_t records = 0;
  std::vector<std::string> problems;  // in words; ids and numbers only
};

// A factor, and whose it is.
struct FactorOwner {
  SubjectId subject{};
  FactorId factor{};
};

struct StoreCounts {
  std::uint64_t subjects = 0;
  std::uint64_t factors = 0;
  std::uint64_t journal_records = 0;
};

class Store {
 public:
  static constexpr std::size_t kClientsMax = 10'000;
  static constexpr std::size_t kClientsListed = 200;
  static constexpr std::size_t kTokensAddedMax = 200;
  static constexpr std::size_t kTokensListed = 200;

  // For how long a used challenge is known as such: a lost reply is given again.
  static constexpr std::chrono::seconds kChallengeGrace{60};

  // For how long messages are kept that are no longer queued.
  static constexpr std::chrono::hours kMessagesKept{24};
  static constexpr std::size_t kMessagesListed = 500;
  // How many places of one subject are remembered from which it was accepted: those of late.
  static constexpr std::size_t kSourcesMax = 16;

  virtual ~Store() = default;

  // Which subject bears this name; for a name that nobody bears, its decoy: always the same one.
  virtual awaitable<Result<SubjectId>> identify(const SubjectName& name) = 0;
  // Whose factor this is. Fails with `not_found`.
  virtual awaitable<Result<SubjectId>> owner(FactorId factor) = 0;
  // Whose Yubico OTP factor bears this public id and is not revoked; for one that nobody bears (and
  // for an empty one), its decoy: always the same one.
  // REQUIRES: canonical modhex, valid until the awaitable is complete.
  virtual awaitable<Result<FactorOwner>> owner_of_public_id(std::string_view public_id) = 0;

  // The Yubico OTP factors, revoked ones too, whose sealed secret begins with these bytes, as all
  // do that have one AES key (hsm::kSealedYubicoKeyBytes).
  // REQUIRES: the view outlives the wait.
  virtual awaitable<Result<std::vector<FactorRecord>>> factors_of_key(BytesView sealed_key) = 0;

  // The subject as it stands, with everything that belongs to it. Decoys have one factor:
  // those of names a TOTP factor, those of public ids a Yubico OTP factor. A place whose row fails
  // its check is left out (and journalled): nobody is more familiar for it.
  // Fails with `not_found`.
  virtual awaitable<Result<SubjectPtr>> subject(SubjectId id) = 0;

  // Moves factors and budget to where `attempt` leaves them, writes its journal record, and leaves
  // its aftermath. `from` is what the attempt was computed from.
  // Fails with `conflict` if a row is no longer at the version it was read at, and if the journal
  // tells of other answers to the challenge than its row counts.
  // REQUIRES: an attempt that answers a challenge is journalled.
  virtual awaitable<Status> commit(SubjectPtr from, const Attempt& attempt) = 0;

  // Keeps a challenge until it has expired, and for kChallengeGrace after it. Where its subject has
  // `open_max` of them already, those that end first are given up; codes and questions to a key are
  // counted apart.
  //
  // `message` carries its code, and is queued in the same commit; null: there is none, as for a
  // challenge-response factor. A code takes the place of the older ones: open challenges of the
  // same subject, factor, kind and purpose are given up as well. The messages of those that are
  // given up are superseded where they are queued still. Leaves the journal record of the message
  // (see queue()) and no other. Fails with `already_exists`.
  // REQUIRES: message->challenge is the challenge.
  virtual awaitable<Status> keep(Challenge challenge, std::size_t open_max,
                                 std::unique_ptr<Message> message, JournalEntry entry) = 0;
  // As it stands; null when there is none, any more. Fails with `corrupt`, also for one that was
  // taken back to what it was before an answer that the journal tells of.
  virtual awaitable<Result<ChallengePtr>> challenge(ChallengeId id) = 0;

  // Puts a message in the outbox. One that is nobody's leaves no journal record; of any other the
  // record has its time, peer and client address from `entry`, and all else from the message. Fails
  // with `already_exists`.
  // REQUIRES: it is queued, or nobody's and has nothing sealed.
  virtual awaitable<Status> queue(Message message, JournalEntry entry) = 0;
  // Those of the last kMessagesKept, and whatever is queued, behind `after`, by id, at most
  // kMessagesListed; fewer are the last ones. Without what is sealed. A row that fails its check is
  // left out (and journalled).
  virtual awaitable<Result<std::vector<Message>>> messages(MessageId after) = 0;
  // With what is sealed; none when it is not there, any more.
  virtual awaitable<Result<std::optional<Message>>> message(MessageId id) = 0;
  // Moves a message from the state that `from` is in to where it ends, or goes on from there: sent,
  // delivered, undeliverable or too late. What is sealed is erased. The row keeps whatever else has
  // happened to it; the record says whom `from` is for, and the event, subject, factor and count of
  // the entry are set here.
  // Fails with `conflict` if it is no longer in that state, and with `corrupt`.
  virtual awaitable<Status> settle(Message from, MessageState to, JournalEntry entry) = 0;

  // SubjectRecord::sources alone, for whoever has no use for the rest.
  virtual awaitable<Result<std::vector<FamiliarSource>>> sources(SubjectId subject) = 0;

  // Makes a subject. Its id and the entry's subject are set here. Fails with `already_exists`.
  virtual awaitable<Result<SubjectId>> create(const SubjectName& name, SubjectState state,
                                              JournalEntry entry) = 0;
  // Adds a factor. Its id and the entry's factor are set here; `position` is where it starts.
  // `also` is left in the same commit, here and below; what of it names kNewFactor is said of the
  // factor.
  // Fails with `conflict`, and with `already_exists` when its public id is somebody's already, or
  // a Yubico OTP factor's is that of a token in stock.
  virtual awaitable<Result<FactorId>> enrol(SubjectPtr to, Factor factor, Position position,
                                            JournalEntry entry, Aftermath also = {}) = 0;
  // Writes a factor's fixed row (state, label, what is sealed) and counts its version up. Fails
  // with `conflict`.
  virtual awaitable<Status> change(SubjectPtr from, Factor factor, JournalEntry entry,
                                   Aftermath also = {}) = 0;
  // Writes a subject's state. Fails with `conflict`.
  virtual awaitable<Status> change(SubjectPtr from, SubjectState state, JournalEntry entry) = 0;
  // Forgets the failures of the subject and of all its factors. Fails with `conflict`.
  virtual awaitable<Status> unlock(SubjectPtr from, JournalEntry entry) = 0;

  // Clients are few and asked for at every OTP: the ones that were asked for stay in memory.
  // Fails with `not_found`.
  virtual awaitable<Result<ClientPtr>> client(ClientId id) = 0;
  // Those behind `after`, by id, at most kClientsListed.
  virtual awaitable<Result<std::vector<ClientPtr>>> clients(ClientId after) = 0;
  // Makes a client, under its id or, where that is 0, under the next free one, which the entry is
  // told too. Fails with `already_exists`, and with `limit_exceeded` beyond kClientsMax.
  virtual awaitable<Result<ClientId>> add(Client client, JournalEntry entry) = 0;
  // Writes a client's state. Fails with `conflict` if it has another one than `from`.
  virtual awaitable<Status> change(ClientPtr from, ClientState state, JournalEntry entry) = 0;

  // Whether a token or a factor (a revoked one too) of this kind bears this serial or public id.
  // In their order. REQUIRES: `tokens` outlives the wait.
  virtual awaitable<Result<std::vector<bool>>> are_known(std::span<const Token> tokens) = 0;
  // Takes in tokens under one journal record, all of them or none. Their ids are set here.
  // Fails with `conflict` and `already_exists` if one of them is known, or two are alike.
  // REQUIRES: at least one, kTokensAddedMax at most.
  virtual awaitable<Status> add(std::vector<Token> tokens, JournalEntry entry) = 0;
  // Fails with `not_found`.
  virtual awaitable<Result<TokenRecord>> token(TokenId id) = 0;
  // Those that bear this name; one of each kind at most. An empty name is nobody's.
  // REQUIRES: the view outlives the wait.
  virtual awaitable<Result<std::vector<TokenRecord>>> tokens_of_serial(std::string_view) = 0;
  virtual awaitable<Result<std::vector<TokenRecord>>> tokens_of_public_id(std::string_view) = 0;
  // Those behind `after`, by id, at most kTokensListed.
  virtual awaitable<Result<std::vector<TokenRecord>>> tokens(TokenId after) = 0;
  // Fails with `conflict` if the token is no longer there as it was read.
  virtual awaitable<Status> discard(const TokenRecord& token, JournalEntry entry) = 0;
  // Makes the token a factor, which starts with `motion` (its version is set here): the one row
  // goes with the commit that brings the other. Fails like enrol() and discard().
  virtual awaitable<Result<FactorId>> assign(const TokenRecord& token, SubjectPtr to, Factor factor,
                                             Motion motion, JournalEntry entry,
                                             Aftermath also = {}) = 0;

  // A journal record that belongs to no row.
  virtual awaitable<Status> journal(JournalEntry entry) = 0;

  // Reads and checks every row and every journal record, slice by slice.
  virtual awaitable<Result<CheckedSlice>> check(std::string cursor) = 0;
  virtual awaitable<Result<StoreCounts>> counts() = 0;
};

}  // namespace countersign
