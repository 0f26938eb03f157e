// SPDX-License-Identifier: Apache-2.0
#include "hsm/token.hpp"

#include "hsm/files.hpp"
#include "hsm/pin.hpp"

#include <openssl/rand.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace countersign::hsm {
namespace {

// 24 of 32 letters: 120 bits, in an alphabet that every token takes and nobody misreads.
constexpr std::size_t kMadePinBytes = 24;
constexpr std::string_view kPinAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
static_assert(kPinAlphabet.size() == 32);

Status initialise(const Module& module, const TokenSettings& token, const SecretBytes& so_pin) {
  CS_TRY(const CK_SLOT_ID slot, module.free_slot());
  std::array<unsigned char, Module::kLabelBytesMax> label{};
  label.fill(' ');
  std::ranges::copy(token.label, label.begin());
  auto* pin = reinterpret_cast<unsigned char*>(const_cast<std::byte*>(so_pin.expose().data()));
  return check(module.functions().C_InitToken(slot, pin, so_pin.size(), label.data()),
               "C_InitToken");
}

Status set_user_pin(const Module& module, CK_SLOT_ID slot, const SecretBytes& so_pin,
                    const SecretBytes& pin) {
  CS_TRY(Session session, Session::open(module, slot, Access::read_write));
  CS_CHECK(session.login(CKU_SO, so_pin));
  CS_CHECK(session.set_user_pin(pin));
  return session.logout();
}

}  // namespace

Result<std::optional<CK_SLOT_ID>> slot_if_any(const Module& module, const std::string& label) {
  if (label.empty() || label.size() > Module::kLabelBytesMax || label.back() == ' ') {
    return Error{ErrorCode::malformed, "token.label"};
  }
  const auto slot = module.slot_of(label);
  if (slot) return std::optional{*slot};
  if (slot.error().code != ErrorCode::not_found) return slot.error();
  return std::optional<CK_SLOT_ID>{};
}

Result<bool> make_pin_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::exists(path, ignored)) return false;
  SecretBytes pin{kMadePinBytes + 1};
  const auto bytes = pin.expose();
  if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), kMadePinBytes) != 1) {
    return Error{ErrorCode::unavailable, "RAND_bytes"};
  }
  for (std::byte& letter : bytes) {
    letter = static_cast<std::byte>(kPinAlphabet[std::to_integer<std::size_t>(letter) % 32]);
  }
  bytes.back() = std::byte{'\n'};
  CS_CHECK(write_private_file(path, pin.expose()));
  return true;
}

Result<Session> prepare_token(const Module& module, const TokenSettings& token) {
  CS_TRY(const SecretBytes pin, read_pin(token.pin_file));
  CS_TRY(auto slot, slot_if_any(module, token.label));
  if (!slot) {
    CS_TRY(const SecretBytes so_pin, read_pin(token.so_pin_file));
    CS_CHECK(initialise(module, token, so_pin));
    // The token may have moved to another slot on the way.
    CS_TRY(slot, module.slot_of(token.label));
  }
  CS_TRY(const CK_TOKEN_INFO info, module.token_info(*slot));
  if ((info.flags & CKF_USER_PIN_INITIALIZED) == 0) {
    CS_TRY(const SecretBytes so_pin, read_pin(token.so_pin_file));
    CS_CHECK(set_user_pin(module, *slot, so_pin, pin));
  }
  CS_TRY(Session session, Session::open(module, *slot, Access::read_write));
  CS_CHECK(session.login(CKU_USER, pin));
  return session;
}

}  // namespace countersign::hsm
