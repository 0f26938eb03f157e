// SPDX-License-Identifier: Apache-2.0
#include "firmware-interface/yubikey/connection.hpp"

#include <string.h>

#include <algorithm>
#include <string_view>
#include <tuple>

namespace countersign::yubikey {
namespace {

constexpr bool kMayBlock = true;
constexpr std::size_t kResponseRoom = 64;  // libykpers wants room for whole pieces

std::mutex& library_turn() {
  static std::mutex turn;
  return turn;
}

// Why libykpers gave up on an open key.
Error failure(Literal when_silent) {
  const auto number = static_cast<std::uint64_t>(yk_errno);
  switch (yk_errno) {
    case YK_EWRITEERR:
      return {ErrorCode::denied, "yubikey.refused", number};
    case YK_ETIMEOUT:
      return {ErrorCode::unavailable, when_silent, number};
    case YK_EUSBERR:
    case YK_ENODATA:
    case YK_ENOSTATUS:
      return {ErrorCode::unavailable, "yubikey.unplugged", number};
    default:
      return {ErrorCode::unavailable, "yubikey.busy", number};
  }
}

// Why a key that is there cannot be opened. libykpers has words for it, and no number.
Error failure_to_open() {
  const auto number = static_cast<std::uint64_t>(yk_errno);
  if (yk_errno != YK_EUSBERR) return failure("yubikey.busy");
  const char* words = ::yk_usb_strerror();
  if (words != nullptr && std::string_view{words}.starts_with("Access denied")) {
    return {ErrorCode::denied, "yubikey.permission", number};
  }
  return {ErrorCode::unavailable, "yubikey.unplugged", number};
}

struct FreeStatus {
  void operator()(YK_STATUS* status) const { ::ykds_free(status); }
};

// The library takes it unsigned, and reads only.
unsigned char* raw(BytesView bytes) {
  return const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(bytes.data()));
}

}  // namespace

Library::Library() : turn_{library_turn()} {
  // Fails only where there is no USB at all: then no key is found.
  std::ignore = ::yk_init();
}

Library::~Library() { std::ignore = ::yk_release(); }

Result<std::optional<Connection>> Connection::open_at(const Library&, int index) {
  yk_errno = 0;
  YK_KEY* handle = ::yk_open_key(index);
  if (handle == nullptr && (yk_errno == YK_ENOKEY || yk_errno == 0)) {
    return std::optional<Connection>{};
  }
  if (handle == nullptr) return failure_to_open();
  Connection connection{handle};
  CS_CHECK(connection.look());
  return std::optional{std::move(connection)};
}

Result<Connection> Connection::open(const Library& library, Which which) {
  std::optional<Connection> found;
  for (int index = 0; index < kKeysMax; ++index) {
    CS_TRY(auto connection, open_at(library, index));
    if (!connection) break;
    if (which.serial && connection->key().serial == which.serial) return *std::move(connection);
    if (which.serial) continue;
    if (found) return Error{ErrorCode::conflict, "yubikey.several"};
    found = std::move(connection);
  }
  if (which.serial) return Error{ErrorCode::not_found, "yubikey.not_this_one"};
  if (!found) return Error{ErrorCode::not_found, "yubikey.none"};
  return *std::move(found);
}

Status Connection::look() {
  const std::unique_ptr<YK_STATUS, FreeStatus> status{::ykds_alloc()};
  if (!status || ::yk_get_status(handle_.get(), status.get()) == 0) return failure("yubikey.busy");
  const auto byte = [](int number) { return static_cast<std::uint8_t>(number); };
  key_.firmware = {byte(::ykds_version_major(status.get())),
                   byte(::ykds_version_minor(status.get())),
                   byte(::ykds_version_build(status.get()))};
  const int bits = ::ykds_touch_level(status.get());
  key_.slots[0] = {(bits & CONFIG1_VALID) != 0, (bits & CONFIG1_TOUCH) != 0};
  key_.slots[1] = {(bits & CONFIG2_VALID) != 0, (bits & CONFIG2_TOUCH) != 0};
  unsigned serial = 0;
  key_.serial.reset();
  // A key that hides its number stays silent, which takes a second and is no failure.
  if (::yk_get_serial(handle_.get(), 0, 0, &serial) != 0) {
    key_.serial = serial;
  } else if (yk_errno != YK_ETIMEOUT) {
    return failure("yubikey.busy");
  }
  return {};
}

Result<Key> Connection::look_again() {
  CS_CHECK(look());
  return key_;
}

Status Connection::write(std::uint8_t command, config_st* configuration,
                         const SecretBytes& access_code) {
  // The library's own name for the structure of its header.
  auto* its = reinterpret_cast<YK_CONFIG*>(configuration);
  unsigned char* code = access_code.size() == 0 ? nullptr : raw(access_code.expose());
  if (::yk_write_command(handle_.get(), its, command, code) == 0) return failure("yubikey.busy");
  return {};
}

Result<Response> Connection::challenge(std::uint8_t command, BytesView challenge) {
  std::array<unsigned char, kResponseRoom> room{};
  const int answered = ::yk_challenge_response(handle_.get(), command, kMayBlock,
                                               static_cast<unsigned>(challenge.size()),
                                               raw(challenge), room.size(), room.data());
  Response response{};
  std::memcpy(response.data(), room.data(), response.size());
  ::explicit_bzero(room.data(), room.size());
  if (answered == 0) return failure("yubikey.silent");
  return response;
}

}  // namespace countersign::yubikey
