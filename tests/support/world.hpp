// SPDX-License-Identifier: Apache-2.0
// Everything outside the verification core, in memory: clock, store, HSM, policy.
//
// It counts the calls made to it and fails the n-th on demand. Its HSM computes nothing: a code is
// the counter's last digits, a YubiKey's block its counters in clear, which makes the right
// passcode at any time a one-liner. For unit tests alone; whatever the product promises is also
// shown on the real parts.
#pragma once

#include "daemon/service/service.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace countersign::test {

inline constexpr Time kNoon = from_milliseconds(1'800'000'000'000);

class FakeClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time = kNoon;
};

// Runs one coroutine to its end on a loop of its own.
template <class T>
T run(awaitable<T> task);

// Runs all of them at once and returns what each gave, in order.
template <class T>
std::vector<T> run_all(std::vector<awaitable<T>> tasks);

class World final : public WholeStore, public hsm::Hsm, public Hasher {
 public:
  static constexpr SubjectId kAlice{1};
  static constexpr FactorId kTotp{11};
  static constexpr FactorId kHotp{12};
  static constexpr FactorId kYubikey{13};
  static constexpr FactorId kSlot{14};
  static constexpr std::string_view kPublicId = "ccccccccccbd";
  static constexpr std::byte kSecret{1};
  static constexpr Peer kGateway{.uid = 1001, .gid = 1001, .role = Role::verify};
  static constexpr Peer kPeer{.uid = 1000, .gid = 1000, .role = Role::verify};

  World();

  // Alice has one active TOTP factor to begin with; this gives her more.
  FactorRecord& add(FactorId id, FactorKind kind, FactorState state = FactorState::active);
  FactorRecord& factor(FactorId id);
  SubjectRecord& alice() { return subjects_.at(kAlice); }
  // Another person, who is there.
  SubjectRecord& person(SubjectId id) { return subjects_.at(id); }

  // Alice's challenge-response slot, and what it answers.
  FactorRecord& add_slot(FactorState state = FactorState::active, FactorId id = kSlot);
  static SecretBytes response_to(BytesView challenge, std::byte secret = kSecret);

  // Alice's YubiKey, which bears kPublicId.
  FactorRecord& add_yubikey(FactorState state = FactorState::active);
  // One of its OTPs, or of another key whose sealed secret is nine such bytes.
  static std::string otp(hsm::YubicoFields fields, std::string_view public_id = kPublicId,
                         std::byte secret = kSecret);

  // A YubiKey that belongs to nobody yet and bears kPublicId.
  TokenRecord& add_to_stock();
  // One claim by Alice.
  Result<Answer> claim(std::string_view passcode);

  static std::string code_at(std::uint64_t counter);
  // Of a factor whose secret was made here.
  static std::string code_of(BytesView secret, std::uint64_t counter);
  [[nodiscard]] std::string code_now() const;
  // What a YubiKey of that sealed secret would write: its counters, and the secret's first bytes.
  static std::array<std::byte, 16> block_of(BytesView sealed, hsm::YubicoFields fields);

  // One verify of Alice (or whoever is named) by kPeer, with a fresh request id or this one.
  Result<Verdict> verify(std::string_view passcode, std::string_view username = "alice");
  Result<Verdict> verify(std::string_view passcode, const RequestId& id,
                         std::optional<FactorId> factor = std::nullopt);
  // One verify by kGateway, which names nobody.
  Result<Verdict> verify_otp(std::string_view passcode);
  Result<Verdict> verify_otp(std::string_view passcode, const RequestId& id);
  // Any question by any peer.
  Result<Verdict> verify_as(Peer peer, const Verify& ask);
  Result<Verdict> confirm(FactorId factor, std::string_view passcode);
  Result<Verdict> confirm(FactorId factor, std::string_view passcode, const RequestId& id);
  awaitable<Result<Verdict>> verify_later(std::string passcode, std::string username);
  static RequestId request_id(int number);

  // A challenge for Alice (or whoever is named), and an answer, with a fresh request id or this
  // one.
  Result<ChallengeReport> start(std::optional<FactorId> factor = std::nullopt, Peer peer = kPeer,
                                std::string_view username = "alice");
  Result<Verdict> answer(ChallengeId challenge, SecretBytes response, Peer peer = kPeer);
  Result<Verdict> answer(ChallengeId challenge, SecretBytes response, const RequestId& id,
                         Peer peer = kPeer);
  awaitable<Result<Verdict>> answer_later(ChallengeId challenge, SecretBytes response);

  // Alice's phone or mailbox, to which codes are sent, and a courier that could deliver them.
  FactorRecord& add_destination(FactorId id, FactorKind channel,
                                FactorState state = FactorState::active);
  void welcome_courier();
  static constexpr FactorId kPhone{21};
  static constexpr FactorId kMailbox{22};
  static constexpr std::string_view kNumber = "+358401234512";
  static constexpr std::string_view kAddress = "alice@example.com";

  // A wish for a code for Alice, by SMS; may be changed before it is asked.
  static StartChallenge code_wish(std::string_view username = "alice");
  Result<ChallengeReport> start(const StartChallenge& wish, Peer peer = kPeer);
  awaitable<Result<ChallengeReport>> start_later(const StartChallenge& wish, Peer peer = kPeer);
  // An answer by a code; the same may be said of it.
  static AnswerChallenge code_answer(ChallengeId challenge, std::string_view code);
  Result<Verdict> answer(AnswerChallenge ask, Peer peer = kPeer);
  awaitable<Result<Verdict>> answer_later(AnswerChallenge ask, Peer peer = kPeer);
  // What the courier gets when it asks.
  std::vector<OutboundMessage> take();
  Status report(MessageId id, MessageOutcome outcome);
  void sweep();

  // Store.
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
  awaitable<Result<SubjectId>> create(const SubjectName&, SubjectState, JournalEntry) override;
  awaitable<Result<FactorId>> enrol(SubjectPtr, Factor, Position, JournalEntry,
                                    Aftermath also) override;
  awaitable<Status> change(SubjectPtr, Factor, JournalEntry, Aftermath also) override;
  awaitable<Status> change(SubjectPtr, SubjectState, JournalEntry) override;
  awaitable<Status> unlock(SubjectPtr, JournalEntry) override;
  awaitable<Result<ClientPtr>> client(ClientId) override;
  awaitable<Result<std::vector<ClientPtr>>> clients(ClientId) override;
  awaitable<Result<ClientId>> add(Client, JournalEntry) override;
  awaitable<Status> change(ClientPtr, ClientState, JournalEntry) override;
  awaitable<Result<std::vector<bool>>> are_known(std::span<const Token>) override;
  awaitable<Status> add(std::vector<Token>, JournalEntry) override;
  awaitable<Result<TokenRecord>> token(TokenId) override;
  awaitable<Result<std::vector<TokenRecord>>> tokens_of_serial(std::string_view) override;
  awaitable<Result<std::vector<TokenRecord>>> tokens_of_public_id(std::string_view) override;
  awaitable<Result<std::vector<TokenRecord>>> tokens(TokenId) override;
  awaitable<Status> discard(const TokenRecord&, JournalEntry) override;
  awaitable<Result<FactorId>> assign(const TokenRecord&, SubjectPtr, Factor, Motion, JournalEntry,
                                     Aftermath also) override;
  awaitable<Status> journal(JournalEntry) override;
  awaitable<Result<CheckedSlice>> check(std::string) override;
  awaitable<Result<StoreCounts>> counts() override;

  // Accounts.
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
  SubjectId reserve_subject() override { return SubjectId{next_subject_++}; }
  awaitable<Status> create_account(Subject subject, std::vector<Factor> contacts,
                                   Aftermath aftermath, JournalEntry entry) override;
  awaitable<Status> erase(SubjectPtr from, std::string grave, JournalEntry entry) override;
  awaitable<Result<std::vector<JournalLine>>> activity(SubjectId subject,
                                                       std::uint64_t before) override;
  awaitable<Result<std::vector<JournalLine>>> journal_lines(std::uint64_t after, Time since,
                                                            std::uint32_t max) override;

  // HSM.
  awaitable<Result<std::optional<std::uint64_t>>> match_oath(hsm::MatchOath question) override;
  awaitable<Result<hsm::Mac>> mac(hsm::MacKey, BytesView) override;
  awaitable<Result<Bytes>> seal_oath(HashAlgorithm, SecretBytes) override;
  awaitable<Result<hsm::Generated>> generate_oath(HashAlgorithm) override;
  awaitable<Result<std::optional<hsm::YubicoFields>>> match_yubico(
      hsm::MatchYubico question) override;
  awaitable<Result<Bytes>> seal_yubico(SecretBytes, SecretBytes) override;
  awaitable<Result<hsm::GeneratedYubico>> generate_yubico() override;
  awaitable<Result<Bytes>> seal_client(SecretBytes) override;
  awaitable<Result<hsm::Generated>> generate_client() override;
  awaitable<Result<hsm::Signature>> sign_for_client(BytesView, BytesView) override;
  awaitable<Result<Bytes>> seal_response_key(SecretBytes) override;
  awaitable<Result<hsm::Generated>> generate_response_key() override;
  awaitable<Result<bool>> match_response(hsm::MatchResponse question) override;
  awaitable<Result<SecretBytes>> random(std::size_t bytes) override;
  awaitable<Result<hsm::IssuedCode>> issue_code(hsm::IssueCode question) override;
  awaitable<Result<bool>> match_code(hsm::MatchCode question) override;
  awaitable<Result<Bytes>> seal_message(BytesView message, BytesView associated_data) override;
  awaitable<Result<hsm::OpenedMessage>> open_message(BytesView sealed,
                                                     BytesView associated_data) override;

  // For services of a test's own.
  [[nodiscard]] const Parts& parts() const { return parts_; }

  // Hasher. Nothing is hard about it.
  awaitable<Result<SecretBytes>> hash(const SecretBytes& text,
                                      const std::array<std::byte, kArgon2SaltBytes>& salt,
                                      Argon2Parameters parameters, Rank rank) override;

  FakeClock clock;
  policies::Policy rules;
  Outbox memory{SecretBytes{outbox::Prints::kKeyBytes}};
  // Which message carries a challenge's code.
  [[nodiscard]] MessageId message_of(ChallengeId id) const { return memory.prints.message_of(id); }
  std::vector<JournalEntry> entries;
  std::vector<TokenRecord> stock;
  std::map<ChallengeId, Challenge> challenges;
  std::map<MessageId, Message> outbox;
  std::optional<MessageId> tampered;  // a message whose row fails its check
  std::map<TicketId, Ticket> tickets;
  std::map<SessionId, Session> open_sessions;
  std::map<SubjectId, SealedProfile> profiles;
  std::map<FactorId, PendingSecret> pending_secrets;
  int calls = 0;                         // to the store and the HSM
  int fail_call = 0;                     // this one fails; 0: none
  int meet_call = 0;                     // at this one something happens; 0: at none
  std::function<void()> meanwhile;       // what happens
  int fail_match = 0;                    // so does this question to the HSM
  int conflicts = 0;                     // so many commits find that another writer was first
  int matches = 0;                       // questions to the HSM
  int macs = 0;                          // keyed hashes that it made
  bool match_any = false;                // the HSM says yes to everything
  std::vector<Argon2Parameters> hashed;  // by what, one for each hash
  std::vector<Rank> hashed_for;          // and in whose queue
  std::string last_code;                 // that the HSM has issued: the digits of a counter
  std::size_t last_letter_bytes = 0;     // of the message that came with it

 private:
  // True when this call is to fail.
  bool breaks() {
    if (++calls == meet_call) meanwhile();
    return calls == fail_call;
  }
  Status apply(const SubjectRecord& from, const Attempt& attempt);
  [[nodiscard]] bool is_as_told(const Challenge& row, std::uint32_t tries) const;
  void give_up(ChallengeId id);
  void put(Message message, JournalEntry entry);
  void put(const std::vector<Message>& notices, const JournalEntry& entry);
  void leave(const Aftermath& aftermath, const JournalEntry& entry);
  // Whether the subject, and everything that an aftermath names, is as it was read.
  Status meets(const SubjectRecord& from, const Aftermath* also);
  [[nodiscard]] Status meets(const AccountChange& change) const;
  [[nodiscard]] bool is_told(std::int64_t id, Event event) const;
  void write(JournalEntry entry, const Aftermath& also);
  void write(SubjectRecord& subject, const Aftermath& also, JournalEntry entry);
  void write(SubjectId subject, const AccountChange& change);
  void end_sessions(SubjectId subject, SessionId but, const JournalEntry& entry);
  void forget_old(SubjectId subject, const JournalEntry& entry);

  CurrentPolicy policy_{std::shared_ptr<policies::Policy>{}, &rules};
  std::map<SubjectId, SubjectRecord> subjects_;
  Turns turns_;
  Parts parts_{*this, *this, *this, *this, turns_, policy_, clock, memory};
  VerifyService service_{parts_};
  ClaimService claims_{parts_};
  ChallengeService challenge_service_{parts_};
  CodeService codes_{parts_};
  int next_request_ = 1;
  std::int64_t next_subject_ = 2;
  std::int64_t next_factor_ = 200;
  std::uint64_t next_random_ = 1;
  std::uint64_t next_code_ = 271'828;

 public:
  Attempts attempts{parts_};
  KnowledgeService knowledge{parts_};
  FactorService factors{parts_};
  CourierService couriers{parts_};
};

}  // namespace countersign::test

#include "tests/support/world_run.hpp"
