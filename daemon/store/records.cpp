// SPDX-License-Identifier: Apache-2.0
// Loading; what changes is in records_changes.cpp.
#include "daemon/store/records.hpp"

namespace countersign::store {
namespace {

using Statements = sqlite::Reader::Statements;

// As many as a flood of unknown names may keep warm, without driving people out.
constexpr std::size_t kCachedDecoys = 2048;
// Of names and of public ids each; 24 bytes apiece.
constexpr std::size_t kAbsencesMax = 4096;
constexpr FactorId kNoFactor{};

}  // namespace

Records::Records(Executor loop, Parts parts, StoreSettings settings)
    : ownership_{std::move(parts.ownership)},
      macs_{settings.macs},
      clock_{settings.clock},
      key_{std::move(parts.key)},
      authenticator_{macs_, *key_},
      decoys_{*key_, std::move(parts.decoy_secrets)},
      people_{settings.cached_subjects},
      decoy_cache_{kCachedDecoys},
      absent_names_{kAbsencesMax},
      absent_public_ids_{kAbsencesMax},
      last_subject_{parts.start.last_subject},
      last_factor_{parts.start.last_factor},
      last_token_{parts.start.last_token},
      last_client_{parts.start.last_client},
      client_count_{parts.start.clients},
      counts_{parts.start.counts},
      writer_{loop, parts.file, std::move(parts.writes), *key_, std::move(settings.on_fatal)},
      reader_{loop, parts.file, std::move(parts.reads)},
      check_{reader_, authenticator_, *key_, clock_} {}

awaitable<Result<SubjectId>> Records::identify(const SubjectName& name) {
  if (const auto cached = people_.find(name)) co_return *cached;
  const Decoys::StandIn nobody = decoys_.stand_in(name);
  if (absent_names_.has(nobody.print)) co_return nobody.decoy;
  const Absences::Moment asked = absent_names_.now();
  auto read = [&name](Statements& statements) { return statements.rows.find(name); };
  CS_CO_TRY(const auto found, co_await reader_.ask<std::optional<SubjectId>>(read));
  if (!found) {
    absent_names_.add(nobody.print, asked);
    co_return nobody.decoy;
  }
  const Result<SubjectPtr> loaded = co_await this->subject(*found);
  // Whoever was erased is nobody, even by what stands in the name's place.
  if (!loaded && loaded.error().code == ErrorCode::not_found) co_return nobody.decoy;
  CS_CO_TRY(const SubjectPtr subject, loaded);
  if (subject->fixed.name == name) co_return *found;
  // The index was edited: it leads this name to somebody else's true row.
  co_await report_row(*found, kNoFactor);
  co_return Error{ErrorCode::corrupt, "store.name"};
}

awaitable<Result<SubjectId>> Records::owner(FactorId factor) {
  if (is_decoy_id(number(factor))) co_return SubjectId{number(factor)};
  if (const auto cached = people_.owner(factor)) co_return *cached;
  auto read = [factor](Statements& statements) { return statements.rows.owner(factor); };
  CS_CO_TRY(const auto found, co_await reader_.ask<std::optional<SubjectId>>(read));
  if (!found) co_return Error{ErrorCode::not_found, "store.owner"};
  co_return *found;
}

awaitable<Result<FactorOwner>> Records::owner_of_public_id(std::string_view public_id) {
  if (const auto cached = people_.owner_of_public_id(public_id)) co_return *cached;
  const Decoys::StandIn nobody = decoys_.stand_in(public_id);
  const FactorOwner decoy{nobody.decoy, FactorId{number(nobody.decoy)}};
  if (absent_public_ids_.has(nobody.print)) co_return decoy;
  const Absences::Moment asked = absent_public_ids_.now();
  auto read = [public_id](Statements& statements) {
    return statements.rows.owner_of_public_id(public_id);
  };
  CS_CO_TRY(const auto found, co_await reader_.ask<std::optional<FactorOwner>>(read));
  if (!found) {
    absent_public_ids_.add(nobody.print, asked);
    co_return decoy;
  }
  CS_CO_TRY(const SubjectPtr subject, co_await subject_with(*found));
  const FactorRecord* factor = subject->find(found->factor);
  if (factor != nullptr && factor->fixed.public_id == public_id) co_return *found;
  // The index was edited: it leads this public id to somebody else's true row.
  co_await report_row(found->subject, found->factor);
  co_return Error{ErrorCode::corrupt, "store.public_id"};
}

awaitable<Result<std::vector<FactorRecord>>> Records::factors_of_key(BytesView sealed_key) {
  auto read = [sealed_key](Statements& statements) {
    return statements.rows.factors_of_key(sealed_key);
  };
  CS_CO_TRY(const auto found, co_await reader_.ask<std::vector<FactorOwner>>(read));
  std::vector<FactorRecord> factors;
  for (const FactorOwner& one : found) {
    CS_CO_TRY(const SubjectPtr subject, co_await subject_with(one));
    const FactorRecord* factor = subject->find(one.factor);
    if (factor == nullptr || !as_text(factor->fixed.sealed).starts_with(as_text(sealed_key))) {
      co_await report_row(one.subject, one.factor);
      co_return Error{ErrorCode::corrupt, "store.factor_key"};
    }
    factors.push_back(*factor);
  }
  co_return factors;
}

// What an index leads to may be on the disk already and not yet in memory: the commit that brought
// it is about to say so.
awaitable<Result<SubjectPtr>> Records::subject_with(FactorOwner found) {
  CS_CO_TRY(SubjectPtr known, co_await this->subject(found.subject));
  if (known->find(found.factor) != nullptr) co_return known;
  co_return co_await load_person(found.subject);
}

awaitable<Result<SubjectPtr>> Records::subject(SubjectId id) {
  if (SubjectPtr cached = cache_of(id).find(id)) co_return cached;
  const auto [place, first] = loading_.try_emplace(number(id));
  if (!first) {
    Loaded loaded;
    place->second.push_back(&loaded);
    co_return co_await loaded.wait();
  }
  Result<SubjectPtr> loaded = co_await load(id);
  const auto waiting = loading_.extract(number(id));
  for (Loaded* one : waiting.mapped()) one->complete(loaded);
  co_return loaded;
}

awaitable<Result<SubjectPtr>> Records::load(SubjectId id) {
  // One branch each: GCC 12 destroys what a co_await inside a conditional expression gave twice.
  Result<SubjectPtr> loaded = Error{};
  if (is_decoy(id)) {
    loaded = co_await load_decoy(id);
  } else {
    loaded = co_await load_person(id);
  }
  if (!loaded) co_return loaded;
  // A commit may have been faster: what it left is at least as new.
  if (SubjectPtr cached = cache_of(id).find(id)) co_return cached;
  cache_of(id).put(*loaded);
  co_return loaded;
}

awaitable<Result<SubjectPtr>> Records::load_person(SubjectId id) {
  auto read = [id](Statements& statements) { return statements.rows.subject(id); };
  CS_CO_TRY(const auto rows, co_await reader_.ask<std::optional<LoadedSubject>>(read));
  if (!rows) co_return Error{ErrorCode::not_found, "store.subject"};
  FactorId culprit{};
  const auto subject = co_await authenticator_.subject(*rows, culprit);
  if (!subject && subject.error().code == ErrorCode::corrupt) co_await report_row(id, culprit);
  if (!subject) co_return subject.error();
  if ((*subject)->fixed.state == SubjectState::erased) {
    co_return Error{ErrorCode::not_found, "store.erased"};
  }
  (*subject)->sources = co_await true_sources(rows->sources);
  co_return SubjectPtr{*subject};
}

awaitable<Result<SubjectPtr>> Records::load_decoy(SubjectId id) {
  if (!is_decoy_id(number(id))) co_return Error{ErrorCode::not_found, "store.subject"};
  auto read = [id](Statements& statements) { return statements.rows.decoy(id); };
  CS_CO_TRY(const auto rows, co_await reader_.ask<LoadedDecoy>(read));
  Result<SubjectPtr> subject = decoys_.subject(id, rows, authenticator_);
  const FactorId its_factor{number(id)};
  if (!subject) co_await report_row(id, its_factor);
  co_return subject;
}

awaitable<Result<CheckedSlice>> Records::check(std::string cursor) {
  co_return co_await check_.slice(std::move(cursor));
}

awaitable<Result<StoreCounts>> Records::counts() {
  auto read = [](Statements& statements) { return statements.checks.journal_end(); };
  CS_CO_TRY(counts_.journal_records, co_await reader_.ask<std::uint64_t>(read));
  co_return counts_;
}

// Every row has to show its MAC again.
void Records::forget_everything() {
  people_.clear();
  decoy_cache_.clear();
  absent_names_.clear();
  absent_public_ids_.clear();
  clients_.clear();
  ++clients_changes_;
}

}  // namespace countersign::store
