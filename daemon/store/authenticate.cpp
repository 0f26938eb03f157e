// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/authenticate.hpp"

#include "daemon/store/account_macs.hpp"

#include <algorithm>

namespace countersign::store {
namespace {

constexpr Error kForged{ErrorCode::corrupt, "store.row_mac"};

// A name that is not in its canonical form was not written by us.
Result<SubjectName> name_of(const LoadedSubject& loaded) {
  auto realm = Realm::from(loaded.realm);
  if (loaded.state == SubjectState::erased && realm) {
    // What stands in a name's place is no name.
    return SubjectName{*std::move(realm), *Username::from("erased")};
  }
  auto username = Username::from(loaded.username);
  if (!realm || !username) return kForged;
  if (realm->text() != loaded.realm || username->text() != loaded.username) return kForged;
  return SubjectName{*std::move(realm), *std::move(username)};
}

// Nor were networks that we would write otherwise.
Result<std::vector<Network>> networks_of(std::string_view text) {
  std::vector<Network> networks;
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find(kNetworksSeparator));
    const auto network = Network::from(one);
    if (!network || network->text() != one) return kForged;
    networks.push_back(*network);
    text.remove_prefix(std::min(one.size() + 1, text.size()));
  }
  return networks;
}

}  // namespace

bool is_as_told(const LoadedChallenge& loaded) {
  const int acceptances = loaded.row.is_open() ? 0 : 1;
  return loaded.acceptances == acceptances &&
         loaded.answers == std::int64_t{loaded.row.tries} + acceptances;
}

bool is_as_told(const LoadedTicket& loaded) {
  const bool spent = loaded.row.state == TicketState::spent;
  const bool superseded = loaded.row.state == TicketState::superseded;
  if (is_decoy(loaded.row.subject)) return !spent;
  return loaded.spent == (spent ? 1 : 0) && loaded.superseded == (superseded ? 1 : 0);
}

bool Authenticator::is_true(SubjectId owner, const LoadedBudget& loaded,
                            const RowMac& fixed) const {
  return equal(loaded.mac, mac_of(moving_rows_, owner, loaded.budget, fixed));
}

bool Authenticator::is_true(FactorId owner, const LoadedMotion& loaded, const RowMac& fixed) const {
  return equal(loaded.mac, mac_of(moving_rows_, owner, loaded.motion, fixed));
}

bool Authenticator::is_true(const LoadedChallenge& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.row));
}

bool Authenticator::is_true(const LoadedMessage& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.row));
}

bool Authenticator::is_true(const LoadedSource& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.subject, loaded.print, loaded.accepted_at));
}

bool Authenticator::is_true(const LoadedTicket& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.row));
}

bool Authenticator::is_true(const LoadedSession& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.row));
}

bool Authenticator::is_true(const LoadedProfile& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.subject, loaded.row));
}

bool Authenticator::is_true(const LoadedPending& loaded) const {
  return equal(loaded.mac, mac_of(moving_rows_, loaded.row));
}

awaitable<Result<RowMac>> Authenticator::seal(const Bytes& encoded) const {
  co_return co_await fixed_rows_.mac(encoded);
}

awaitable<Result<std::shared_ptr<SubjectRecord>>> Authenticator::subject(
    const LoadedSubject& loaded, FactorId& culprit) const {
  culprit = FactorId{};
  CS_CO_TRY(SubjectName name, name_of(loaded));
  auto record = std::make_shared<SubjectRecord>(SubjectRecord{
      {loaded.id, std::move(name), loaded.state, loaded.created_at}, loaded.mac, {}, {}});
  const Bytes encoded = encode(record->fixed, loaded.username);
  if (encoded.size() > kEncodedBytesMax) co_return kForged;
  CS_CO_TRY(const RowMac mac, co_await seal(encoded));
  if (!equal(mac, loaded.mac)) co_return kForged;
  if (!loaded.budget || !is_true(loaded.id, *loaded.budget, mac)) co_return kForged;
  record->budget = loaded.budget->budget;
  record->factors.reserve(loaded.factors.size());
  for (const LoadedFactor& row : loaded.factors) {
    culprit = row.row.id;
    CS_CO_TRY(FactorRecord factor, co_await this->factor(record->fixed.name.realm, loaded.id, row));
    record->factors.push_back(std::move(factor));
  }
  co_return record;
}

awaitable<Result<ClientPtr>> Authenticator::client(const LoadedClient& loaded) const {
  auto client = std::make_shared<Client>(loaded.row);
  CS_CO_TRY(client->networks, networks_of(loaded.networks));
  const Bytes encoded = encode(*client);
  if (encoded.size() > kEncodedBytesMax) co_return kForged;
  CS_CO_TRY(const RowMac mac, co_await seal(encoded));
  if (!equal(mac, loaded.mac)) co_return kForged;
  co_return ClientPtr{std::move(client)};
}

awaitable<Status> Authenticator::token(const TokenRecord& loaded) const {
  const Bytes encoded = encode(loaded.fixed);
  if (encoded.size() > kEncodedBytesMax) co_return kForged;
  CS_CO_TRY(const RowMac mac, co_await seal(encoded));
  if (!equal(mac, loaded.mac)) co_return kForged;
  co_return Status{};
}

// An index page can be edited too: what it led us to must be this subject's own.
awaitable<Result<FactorRecord>> Authenticator::factor(const Realm& realm, SubjectId owner,
                                                      const LoadedFactor& loaded) const {
  if (loaded.row.subject != owner) co_return kForged;
  const Bytes encoded = encode(realm, loaded.row);
  if (encoded.size() > kEncodedBytesMax) co_return kForged;
  CS_CO_TRY(const RowMac mac, co_await seal(encoded));
  if (!equal(mac, loaded.mac)) co_return kForged;
  if (!loaded.motion || !is_true(loaded.row.id, *loaded.motion, mac)) co_return kForged;
  co_return FactorRecord{loaded.row, loaded.mac, loaded.motion->motion};
}

}  // namespace countersign::store
