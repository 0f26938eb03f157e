// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/yubikey/slot.hpp"

#include "firmware-interface/yubikey/connection.hpp"
#include "firmware-interface/yubikey/layout.hpp"

namespace countersign::yubikey {
namespace {

constexpr std::array<std::uint8_t, 3> kFirmwareMin{2, 3, 0};

std::uint8_t pick(SlotNumber slot, unsigned first, unsigned second) {
  return static_cast<std::uint8_t>(slot == SlotNumber::one ? first : second);
}

Status check(const SecretBytes& access_code) {
  if (access_code.size() == 0 || access_code.size() == kAccessCodeBytes) return {};
  return Error{ErrorCode::malformed, "yubikey.access_code"};
}

Status check(const AccessCodes& codes) {
  CS_CHECK(check(codes.current));
  if (codes.next && codes.next->size() != kAccessCodeBytes) {
    return Error{ErrorCode::malformed, "yubikey.access_code"};
  }
  return {};
}

BytesView lasting(const AccessCodes& codes) {
  return codes.next ? codes.next->expose() : codes.current.expose();
}

Result<Connection> open_to_change(const Library& library, Which which) {
  CS_TRY(Connection connection, Connection::open(library, which));
  if (connection.key().firmware < kFirmwareMin) {
    return Error{ErrorCode::conflict, "yubikey.firmware"};
  }
  return connection;
}

// libykpers believes in a write of a blank key whatever became of it: the key itself is asked.
Result<Key> look_whether(Connection& connection, SlotNumber slot, bool configured) {
  CS_TRY(Key key, connection.look_again());
  if (key.slot(slot).configured != configured) return Error{ErrorCode::denied, "yubikey.refused"};
  return key;
}

}  // namespace

Result<std::vector<Key>> list_keys() {
  const Library library;
  std::vector<Key> keys;
  for (int index = 0; index < kKeysMax; ++index) {
    CS_TRY(const auto connection, Connection::open_at(library, index));
    if (!connection) break;
    keys.push_back(connection->key());
  }
  return keys;
}

Result<Key> read_key(Which which) {
  const Library library;
  CS_TRY(const Connection connection, Connection::open(library, which));
  return connection.key();
}

Result<Key> program(Which which, SlotNumber slot, const Configuration& configuration,
                    const AccessCodes& codes, Typing typing, Occupied occupied) {
  CS_CHECK(check(codes));
  CS_TRY(Layout layout, Layout::of(configuration, typing));
  layout.protect(lasting(codes));
  const Library library;
  CS_TRY(Connection connection, open_to_change(library, which));
  if (connection.key().slot(slot).configured && occupied == Occupied::refuse) {
    return Error{ErrorCode::already_exists, "yubikey.occupied"};
  }
  CS_CHECK(connection.write(pick(slot, SLOT_CONFIG, SLOT_CONFIG2), layout.fields(), codes.current));
  return look_whether(connection, slot, true);
}

Result<Key> update(Which which, SlotNumber slot, const AccessCodes& codes, Typing typing) {
  CS_CHECK(check(codes));
  Layout layout = Layout::of(typing);
  layout.protect(lasting(codes));
  const Library library;
  CS_TRY(Connection connection, open_to_change(library, which));
  if (!connection.key().slot(slot).configured) return Error{ErrorCode::not_found, "yubikey.empty"};
  CS_CHECK(
      connection.write(pick(slot, SLOT_UPDATE1, SLOT_UPDATE2), layout.fields(), codes.current));
  return look_whether(connection, slot, true);
}

Result<Key> swap(Which which, const SecretBytes& access_code) {
  CS_CHECK(check(access_code));
  const Library library;
  CS_TRY(Connection connection, open_to_change(library, which));
  const Key before = connection.key();
  if (!before.slots[0].configured && !before.slots[1].configured) {
    return Error{ErrorCode::not_found, "yubikey.empty"};
  }
  config_st nothing{};
  CS_CHECK(connection.write(SLOT_SWAP, &nothing, access_code));
  CS_TRY(Key after, connection.look_again());
  const bool swapped = after.slots[0].configured == before.slots[1].configured &&
                       after.slots[1].configured == before.slots[0].configured;
  if (!swapped) return Error{ErrorCode::denied, "yubikey.refused"};
  return after;
}

Result<Key> erase(Which which, SlotNumber slot, const SecretBytes& access_code) {
  CS_CHECK(check(access_code));
  const Library library;
  CS_TRY(Connection connection, open_to_change(library, which));
  if (!connection.key().slot(slot).configured) return Error{ErrorCode::not_found, "yubikey.empty"};
  CS_CHECK(connection.write(pick(slot, SLOT_CONFIG, SLOT_CONFIG2), nullptr, access_code));
  return look_whether(connection, slot, false);
}

Result<Response> challenge(Which which, SlotNumber slot, BytesView challenge) {
  const bool lasts = !challenge.empty() && challenge.back() != std::byte{0};
  if (!lasts || challenge.size() > kChallengeBytesMax) {
    return Error{ErrorCode::malformed, "yubikey.challenge"};
  }
  const Library library;
  CS_TRY(Connection connection, Connection::open(library, which));
  return connection.challenge(pick(slot, SLOT_CHAL_HMAC1, SLOT_CHAL_HMAC2), challenge);
}

}  // namespace countersign::yubikey
