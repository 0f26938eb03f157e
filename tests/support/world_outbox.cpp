// SPDX-License-Identifier: Apache-2.0
// The World's challenges, messages and familiar places.
#include "daemon/store/message_event.hpp"
#include "tests/support/world.hpp"

#include <algorithm>

namespace countersign::test {
namespace {

const Error kBroken{ErrorCode::unavailable, "world.broken"};

bool is_older_code(const Challenge& one, const Challenge& than) {
  return one.is_open() && one.subject == than.subject && one.factor == than.factor &&
         one.kind == than.kind && one.purpose == than.purpose;
}

}  // namespace

// Whether the journal tells of so many wrong answers to it, and of no right one.
bool World::is_as_told(const Challenge& row, std::uint32_t tries) const {
  const auto told = std::ranges::count(entries, row.id, &JournalEntry::challenge);
  const bool used = std::ranges::any_of(entries, [&row](const JournalEntry& entry) {
    return entry.challenge == row.id && entry.outcome == Reason::none;
  });
  return !used && row.tries == tries && told == static_cast<std::ptrdiff_t>(tries);
}

awaitable<Status> World::keep(Challenge challenge, std::size_t open_max,
                              std::unique_ptr<Message> message, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  if (challenges.contains(challenge.id) || (message && outbox.contains(message->id))) {
    co_return Error{ErrorCode::already_exists, "world.keep"};
  }
  std::vector<Challenge> of_the_same;
  for (const auto& [id, one] : challenges) {
    const bool is_alike = is_out_of_band(one.kind) == is_out_of_band(challenge.kind);
    if (one.subject == challenge.subject && is_alike) of_the_same.push_back(one);
  }
  std::ranges::sort(of_the_same, {}, &Challenge::expires_at);
  const std::size_t too_many = of_the_same.size() + 1 - std::min(open_max, of_the_same.size() + 1);
  for (std::size_t i = 0; i < of_the_same.size(); ++i) {
    const bool is_older = message && is_older_code(of_the_same[i], challenge);
    if (is_older || i < too_many) give_up(of_the_same[i].id);
  }
  challenges.emplace(challenge.id, std::move(challenge));
  if (message) put(std::move(*message), std::move(entry));
  co_return Status{};
}

void World::give_up(ChallengeId id) {
  challenges.erase(id);
  for (auto& [number, message] : outbox) {
    if (message.challenge != id || message.state != MessageState::queued) continue;
    message.state = MessageState::superseded;
    message.sealed.clear();
  }
}

awaitable<Result<ChallengePtr>> World::challenge(ChallengeId id) {
  if (breaks()) co_return kBroken;
  const auto found = challenges.find(id);
  if (found == challenges.end()) co_return ChallengePtr{};
  co_return std::make_shared<const Challenge>(found->second);
}

void World::put(Message message, JournalEntry entry) {
  if (message.state == MessageState::queued) {
    entry.event = Event::message_queued;
    entry.subject = message.subject;
    entry.factor = message.factor;
    entry.count = static_cast<std::uint64_t>(number(message.id));
    entries.push_back(std::move(entry));
  }
  outbox.emplace(message.id, std::move(message));
}

void World::put(const std::vector<Message>& notices, const JournalEntry& entry) {
  for (const Message& notice : notices) {
    put(notice,
        {.at = entry.at, .peer_uid = entry.peer_uid, .client_address = entry.client_address});
  }
}

void World::leave(const Aftermath& aftermath, const JournalEntry& entry) {
  put(aftermath.notices, entry);
  if (aftermath.familiar && *aftermath.familiar != SourcePrint{}) {
    std::vector<FamiliarSource>& sources = subjects_.at(entry.subject).sources;
    std::erase_if(sources, [&](const auto& one) { return one.print == *aftermath.familiar; });
    sources.push_back({*aftermath.familiar, entry.at});
  }
  const auto answered = outbox.find(aftermath.answered.value_or(MessageId{}));
  if (answered != outbox.end()) answered->second.answered = true;
}

awaitable<Status> World::queue(Message message, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  if (outbox.contains(message.id)) co_return Error{ErrorCode::already_exists, "world.queue"};
  put(std::move(message), std::move(entry));
  co_return Status{};
}

awaitable<Result<std::vector<Message>>> World::messages(MessageId after) {
  if (breaks()) co_return kBroken;
  std::vector<Message> found;
  for (const auto& [id, message] : outbox) {
    const bool kept = message.created_at >= clock.time - kMessagesKept;
    if (id <= after || (!kept && message.state != MessageState::queued)) continue;
    if (found.size() == kMessagesListed) break;
    found.push_back(message);
    found.back().sealed.clear();
  }
  co_return found;
}

awaitable<Result<std::optional<Message>>> World::message(MessageId id) {
  if (breaks()) co_return kBroken;
  if (tampered == id) co_return Error{ErrorCode::corrupt, "world.message"};
  const auto found = outbox.find(id);
  if (found == outbox.end()) co_return std::optional<Message>{};
  co_return std::optional<Message>{found->second};
}

awaitable<Status> World::settle(Message from, MessageState to, JournalEntry entry) {
  if (breaks()) co_return kBroken;
  const auto found = outbox.find(from.id);
  if (found == outbox.end() || found->second.state != from.state) {
    co_return Error{ErrorCode::conflict, "world.settle"};
  }
  Message& message = found->second;
  message.state = to;
  message.sealed.clear();
  entry.subject = message.subject;
  entry.factor = message.factor;
  entry.count = static_cast<std::uint64_t>(number(message.id));
  entry.event = *store::event_of(to);
  entries.push_back(std::move(entry));
  co_return Status{};
}

awaitable<Result<std::vector<FamiliarSource>>> World::sources(SubjectId subject) {
  if (breaks()) co_return kBroken;
  co_return subjects_.at(subject).sources;
}

}  // namespace countersign::test
