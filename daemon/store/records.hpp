// SPDX-License-Identifier: Apache-2.0
// The Store over SQLite, on the loop's thread: a cache of checked subjects in front of one thread
// that reads and one that writes.
//
// Nothing enters the cache but what was checked or was written by ourselves, and nothing in it is
// believed over the database: a commit compares versions, and one that fails forgets the subject.
#pragma once

#include "daemon/store/absences.hpp"
#include "daemon/store/check.hpp"
#include "daemon/store/decoys.hpp"
#include "daemon/store/draft.hpp"
#include "daemon/store/sqlite/ownership.hpp"
#include "daemon/store/sqlite/reader.hpp"
#include "daemon/store/sqlite/writer.hpp"
#include "daemon/store/store_file.hpp"
#include "daemon/store/subject_cache.hpp"

#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace countersign::store {

class Records final : public WholeStore {
 public:
  // Where numbers go on from, as found at start.
  struct Start {
    std::int64_t last_subject = 0;
    std::int64_t last_factor = 0;
    std::int64_t last_token = 0;
    std::int64_t last_client = 0;
    std::size_t clients = 0;
    StoreCounts counts;
  };
  struct Parts {
    std::unique_ptr<sqlite::Ownership> ownership;
    std::unique_ptr<HmacKey> key;
    std::unique_ptr<sqlite::Transaction> writes;
    std::unique_ptr<sqlite::Reader::Statements> reads;
    DecoySecrets decoy_secrets;
    std::filesystem::path file;
    Start start;
  };

  Records(Executor loop, Parts parts, StoreSettings settings);

  awaitable<Result<SubjectId>> identify(const SubjectName& name) override;
  awaitable<Result<SubjectId>> owner(FactorId factor) override;
  awaitable<Result<FactorOwner>> owner_of_public_id(std::string_view public_id) override;
  awaitable<Result<std::vector<FactorRecord>>> factors_of_key(BytesView sealed_key) override;
  awaitable<Result<SubjectPtr>> subject(SubjectId id) override;
  awaitable<Status> commit(SubjectPtr from, const Attempt& attempt) override;
  awaitable<Status> keep(Challenge challenge, std::size_t open_max,
                         std::unique_ptr<Message> message, JournalEntry entry) override;
  awaitable<Result<ChallengePtr>> challenge(ChallengeId id) override;
  awaitable<Status> queue(Message message, JournalEntry entry) override;
  awaitable<Result<std::vector<Message>>> messages(MessageId after) override;
  awaitable<Result<std::optional<Message>>> message(MessageId id) override;
  awaitable<Status> settle(Message from, MessageState to, JournalEntry entry) override;
  awaitable<Result<std::vector<FamiliarSource>>> sources(SubjectId subject) override;
  awaitable<Result<SubjectId>> create(const SubjectName& name, SubjectState state,
                                      JournalEntry entry) override;
  awaitable<Result<FactorId>> enrol(SubjectPtr to, Factor factor, Position position,
                                    JournalEntry entry, Aftermath also) override;
  awaitable<Status> change(SubjectPtr from, Factor factor, JournalEntry entry,
                           Aftermath also) override;
  awaitable<Status> change(SubjectPtr from, SubjectState state, JournalEntry entry) override;
  awaitable<Status> unlock(SubjectPtr from, JournalEntry entry) override;
  awaitable<Result<ClientPtr>> client(ClientId id) override;
  awaitable<Result<std::vector<ClientPtr>>> clients(ClientId after) override;
  awaitable<Result<ClientId>> add(Client client, JournalEntry entry) override;
  awaitable<Status> change(ClientPtr from, ClientState state, JournalEntry entry) override;
  awaitable<Result<std::vector<bool>>> are_known(std::span<const Token> tokens) override;
  awaitable<Status> add(std::vector<Token> tokens, JournalEntry entry) override;
  awaitable<Result<TokenRecord>> token(TokenId id) override;
  awaitable<Result<std::vector<TokenRecord>>> tokens_of_serial(std::string_view serial) override;
  awaitable<Result<std::vector<TokenRecord>>> tokens_of_public_id(std::string_view id) override;
  awaitable<Result<std::vector<TokenRecord>>> tokens(TokenId after) override;
  awaitable<Status> discard(const TokenRecord& token, JournalEntry entry) override;
  awaitable<Result<FactorId>> assign(const TokenRecord& token, SubjectPtr to, Factor factor,
                                     Motion motion, JournalEntry entry, Aftermath also) override;
  awaitable<Status> journal(JournalEntry entry) override;
  awaitable<Result<CheckedSlice>> check(std::string cursor) override;
  awaitable<Result<StoreCounts>> counts() override;

  awaitable<Result<std::optional<Ticket>>> ticket(TicketId id) override;
  awaitable<Result<std::vector<Ticket>>> open_tickets(SubjectId subject, Time now) override;
  awaitable<Result<std::vector<Time>>> issued(SubjectId subject, TicketPurpose purpose,
                                              Time now) override;
  awaitable<Result<std::optional<Session>>> session(SessionId id) override;
  awaitable<Result<std::vector<Session>>> sessions(SubjectId subject, Time now) override;
  awaitable<Status> seen(Session session, Time now) override;
  awaitable<Result<SealedProfile>> profile(SubjectId subject) override;
  awaitable<Result<std::optional<PendingSecret>>> pending_secret(FactorId factor,
                                                                 Time now) override;
  awaitable<Status> apply(SubjectPtr from, Aftermath aftermath, JournalEntry entry) override;
  awaitable<Status> apply(SubjectId decoy, AccountChange change) override;
  SubjectId reserve_subject() override { return SubjectId{++last_subject_}; }
  awaitable<Status> create_account(Subject subject, std::vector<Factor> contacts,
                                   Aftermath aftermath, JournalEntry entry) override;
  awaitable<Status> erase(SubjectPtr from, std::string grave, JournalEntry entry) override;
  awaitable<Result<std::vector<JournalLine>>> activity(SubjectId subject,
                                                       std::uint64_t before) override;
  awaitable<Result<std::vector<JournalLine>>> journal_lines(std::uint64_t after, Time since,
                                                            std::uint32_t max) override;

 private:
  using Loaded = Completion<Result<SubjectPtr>>;

  SubjectCache& cache_of(SubjectId id) { return is_decoy(id) ? decoy_cache_ : people_; }
  awaitable<Result<SubjectPtr>> load(SubjectId id);
  awaitable<Result<SubjectPtr>> subject_with(FactorOwner found);
  awaitable<Result<SubjectPtr>> load_person(SubjectId id);
  awaitable<Result<SubjectPtr>> load_decoy(SubjectId id);
  awaitable<std::vector<FamiliarSource>> true_sources(std::vector<LoadedSource> rows);

  awaitable<Status> set_state(Draft& draft, FactorId id, FactorState state);
  awaitable<Status> set_state(Draft& draft, SubjectState state);
  awaitable<Status> set_fixed(Draft& draft, Factor factor);
  awaitable<Status> write(Draft& draft);
  awaitable<Status> write(sqlite::Change& change);
  void forget_absences(const sqlite::Change& change);

  awaitable<Result<FactorId>> add(Draft& draft, Factor factor, Motion motion, Aftermath also);
  awaitable<Status> add_contact(Draft& draft, Factor factor);

  awaitable<Status> check(const std::vector<TokenRecord>& tokens);
  awaitable<Result<ClientPtr>> load_client(ClientId id);
  awaitable<Status> write(Client client, std::optional<ClientState> before, JournalEntry entry);

  void add_messages(sqlite::Change& change, std::vector<Message> messages,
                    const JournalEntry& entry) const;
  awaitable<Status> leave(Draft& draft, Aftermath also);
  sqlite::AccountRows& account_rows(sqlite::Change& change, SubjectId owner) const;
  void put(sqlite::AccountRows& rows, AccountChange change) const;
  awaitable<Result<std::vector<Ticket>>> checked(std::vector<LoadedTicket> rows);
  awaitable<Status> bury(Draft& draft, const SubjectRecord& from, std::string grave);

  // What was changed past us.
  enum class Tampered : std::uint8_t {
    row,
    client,
    token,
    challenge,
    message,
    source,
    ticket,
    session,
    profile,
    pending_secret,
    database,
  };
  struct Tampering {
    Tampered what{};
    std::int64_t id = 0;  // 0 for what has endless ones: all share their reports
    SubjectId subject{};  // of a row
    FactorId factor{};
  };
  // Says so in the log and the journal, at most once a minute for each.
  awaitable<void> report(Tampering found);
  awaitable<void> report(Tampered what, std::int64_t id = 0);
  awaitable<void> report_row(SubjectId subject, FactorId factor);
  [[nodiscard]] bool may_report(Tampered what, std::int64_t id);
  void forget_everything();

  std::unique_ptr<sqlite::Ownership> ownership_;  // first: given up last
  RecordMacs& macs_;
  const Clock& clock_;
  std::unique_ptr<HmacKey> key_;
  Authenticator authenticator_;
  Decoys decoys_;
  SubjectCache people_;
  SubjectCache decoy_cache_;
  Absences absent_names_;
  Absences absent_public_ids_;
  std::unordered_map<std::int64_t, std::vector<Loaded*>> loading_;
  std::map<std::pair<Tampered, std::int64_t>, Time> reported_;  // kReportedMax at most
  std::unordered_map<ClientId, ClientPtr> clients_;             // kClientsMax at most
  std::uint64_t clients_changes_ = 0;  // what was read before a change must not be kept after it
  std::int64_t last_subject_;
  std::int64_t last_factor_;
  std::int64_t last_token_;
  std::int64_t last_client_;
  std::size_t client_count_;
  StoreCounts counts_;
  // Last: their threads end first. And the writer after the reader: what closes the file last moves
  // the WAL into it, which one that may only read cannot.
  sqlite::Writer writer_;
  sqlite::Reader reader_;
  Check check_;
};

}  // namespace countersign::store
