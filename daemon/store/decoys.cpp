// SPDX-License-Identifier: Apache-2.0
#include "daemon/store/decoys.hpp"

#include <cassert>

namespace countersign::store {
namespace {

constexpr RowMac kNoFixedRow{};

std::int64_t place_of(const RowMac& mac) {
  return load_big_endian<std::uint16_t>(BytesView{mac}.first(2));
}

Print print_of(const RowMac& mac) {
  return Print{load_big_endian<std::uint64_t>(BytesView{mac}.last(8))};
}

FactorKind kind_of(SubjectId decoy) {
  if (number(decoy) >= -kDecoys) return FactorKind::totp;
  return number(decoy) >= -2 * kDecoys ? FactorKind::yubico_otp : FactorKind::chalresp;
}

}  // namespace

Decoys::Decoys(const HmacKey& key, DecoySecrets sealed)
    : key_{key},
      sealed_{std::move(sealed)},
      name_{*Realm::from("default"), *Username::from("nobody")} {
  assert(!sealed_.totp.empty() && !sealed_.yubico.empty());
  assert(!sealed_.challenge_response.empty());
}

Decoys::StandIn Decoys::stand_in(const SubjectName& name) const {
  Bytes message;
  Writer{message}.text("countersign decoy v1").text(name.realm.text()).text(name.username.text());
  const RowMac mac = key_.mac(message);
  return {decoy_of_name(place_of(mac)), print_of(mac)};
}

Decoys::StandIn Decoys::stand_in(std::string_view public_id) const {
  Bytes message;
  Writer{message}.text("countersign decoy of public id v1").text(public_id);
  const RowMac mac = key_.mac(message);
  return {decoy_of_public_id(place_of(mac)), print_of(mac)};
}

const std::vector<Bytes>& Decoys::secrets_of(FactorKind kind) const {
  if (kind == FactorKind::totp) return sealed_.totp;
  return kind == FactorKind::yubico_otp ? sealed_.yubico : sealed_.challenge_response;
}

Result<SubjectPtr> Decoys::subject(SubjectId id, const LoadedDecoy& moved,
                                   const Authenticator& authenticator) const {
  assert(is_decoy_id(number(id)));
  const FactorId factor_id{number(id)};
  if (moved.budget && !authenticator.is_true(id, *moved.budget, kNoFixedRow)) {
    return Error{ErrorCode::corrupt, "store.decoy"};
  }
  if (moved.motion && !authenticator.is_true(factor_id, *moved.motion, kNoFixedRow)) {
    return Error{ErrorCode::corrupt, "store.decoy"};
  }
  FactorRecord factor;
  factor.fixed.id = factor_id;
  factor.fixed.subject = id;
  factor.fixed.kind = kind_of(id);
  const std::vector<Bytes>& secrets = secrets_of(factor.fixed.kind);
  factor.fixed.state = FactorState::active;
  factor.fixed.sealed = secrets[static_cast<std::size_t>(-1 - number(id)) % secrets.size()];
  if (moved.motion) factor.motion = moved.motion->motion;
  auto record = std::make_shared<SubjectRecord>(
      SubjectRecord{{id, name_, SubjectState::active, Time{}}, kNoFixedRow, {}, {}});
  if (moved.budget) record->budget = moved.budget->budget;
  record->factors.push_back(std::move(factor));
  return SubjectPtr{std::move(record)};
}

}  // namespace countersign::store
