// SPDX-License-Identifier: Apache-2.0
#include "hsm/explain.hpp"

#include <p11-kit/pkcs11.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <system_error>

namespace countersign::hsm {
namespace {

struct Words {
  std::string_view operation;
  std::string_view text;
};

// What our own code found out, by the name of the operation.
constexpr auto kByOperation = std::to_array<Words>({
    {"dlopen",
     "The PKCS#11 module cannot be loaded. Check its path; SoftHSM2's is "
     "/usr/lib/softhsm/libsofthsm2.so."},
    {"C_GetFunctionList", "That library is no PKCS#11 module. Check the path of the module."},
    {"token.label",
     "No token bears this label. Check the label, and for SoftHSM2 that "
     "SOFTHSM2_CONF names the configuration under which the token was made; if "
     "there is no token yet, make one with `countersign hsm init`."},
    {"token.label_is_not_unique", "Two tokens bear this label. Rename or remove one of them."},
    {"token.free_slot",
     "There is no slot with a token that could be initialised. Free one with "
     "the tool of your HSM."},
    {"token.has_keys",
     "The token has keys of Countersign already, and they are never overwritten. "
     "If they come from a ceremony that was interrupted: delete both tokens with "
     "the tool of your HSM (SoftHSM2: softhsm2-util --delete-token --token "
     "LABEL), move the escrow folder away, and hold the ceremony again."},
    {"escrow.folder_not_empty",
     "The escrow folder has files in it, and they are never "
     "overwritten. Give an empty folder, or a new one."},
    {"ceremony.half_made",
     "The ceremony failed and could not be undone: some keys are made and "
     "some are not. Delete both tokens with the tool of your HSM (SoftHSM2: "
     "softhsm2-util --delete-token --token LABEL), delete the escrow folder, "
     "and hold the ceremony again."},
    {"ceremony.labels_are_equal",
     "The service token and the custody token need labels of their "
     "own."},
    {"pin.empty", "The PIN file is empty. Write the PIN into it, on one line."},
    {"pin.length", "The PIN file holds more than a PIN: 256 bytes at most."},
    {"file.size", "The PIN file holds more than a PIN: 256 bytes at most."},
    {"file.open_to_all",
     "Everybody on this machine may read the PIN file. Make it chmod 0600, and "
     "change the PIN if others have access."},
    {"pin.refused_before",
     "The token refused this PIN before, and a few more tries would lock it. "
     "Correct the PIN file; or, if the token's PIN was changed to this one, "
     "delete the file that remembers the refusal."},
    {"pin.refused_file",
     "The file that remembers a refused PIN is damaged. See that the PIN is "
     "right, then delete that file."},
    {"pin.locked",
     "The token has locked its PIN after wrong tries. The security officer can set "
     "it anew."},
    {"pin.final_try",
     "One more wrong PIN would lock the token, so no PIN is tried. Log in once "
     "with the right PIN and the tool of your HSM; that resets its count."},
});

struct NumberWords {
  CK_RV number;
  std::string_view text;
};

constexpr auto kByNumber = std::to_array<NumberWords>({
    {CKR_PIN_INCORRECT,
     "The token refused the PIN. Correct the PIN file; do not try many: tokens "
     "lock."},
    {CKR_PIN_LEN_RANGE, "The PIN is shorter or longer than this token takes."},
    {CKR_PIN_INVALID, "The PIN has characters that this token does not take."},
    {CKR_PIN_LOCKED,
     "The token has locked its PIN after wrong tries. The security officer can set "
     "it anew."},
    {CKR_PIN_EXPIRED, "The PIN has expired. Set a new one with the tool of your HSM."},
    {CKR_MECHANISM_INVALID,
     "This token lacks a mechanism that Countersign needs: AES_KEY_WRAP, "
     "AES_GCM, HMAC with SHA-1, SHA-256 and SHA-512, ECDSA on P-256."},
    {CKR_TOKEN_WRITE_PROTECTED, "The token is write-protected."},
    {CKR_TOKEN_NOT_PRESENT, "There is no token in the slot."},
    {CKR_DEVICE_MEMORY, "The token has no room left."},
    {CKR_DEVICE_ERROR, "The HSM reports a failure of its own. See its log."},
    {CKR_DEVICE_REMOVED, "The HSM was disconnected."},
    {CKR_GENERAL_ERROR,
     "The HSM reports a failure without saying which. For SoftHSM2, check that "
     "SOFTHSM2_CONF names a configuration whose token folder exists and may be "
     "read by this user."},
    {CKR_CRYPTOKI_ALREADY_INITIALIZED, "This process uses the module already."},
});

constexpr auto kAttributeNames = std::to_array<NumberWords>({
    {CKA_CLASS, "CKA_CLASS"},
    {CKA_KEY_TYPE, "CKA_KEY_TYPE"},
    {CKA_LABEL, "CKA_LABEL"},
    {CKA_TOKEN, "CKA_TOKEN"},
    {CKA_PRIVATE, "CKA_PRIVATE"},
    {CKA_SENSITIVE, "CKA_SENSITIVE"},
    {CKA_EXTRACTABLE, "CKA_EXTRACTABLE"},
    {CKA_COPYABLE, "CKA_COPYABLE"},
    {CKA_MODIFIABLE, "CKA_MODIFIABLE"},
    {CKA_WRAP, "CKA_WRAP"},
    {CKA_UNWRAP, "CKA_UNWRAP"},
    {CKA_ENCRYPT, "CKA_ENCRYPT"},
    {CKA_DECRYPT, "CKA_DECRYPT"},
    {CKA_SIGN, "CKA_SIGN"},
    {CKA_VERIFY, "CKA_VERIFY"},
    {CKA_DERIVE, "CKA_DERIVE"},
    {CKA_ALLOWED_MECHANISMS, "CKA_ALLOWED_MECHANISMS"},
    {CKA_UNWRAP_TEMPLATE, "CKA_UNWRAP_TEMPLATE"},
    {CKA_VALUE_LEN, "CKA_VALUE_LEN"},
});

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.begin(), digits.end(), number, 16).ptr;
  return "0x" + std::string{digits.begin(), end};
}

std::string attribute_name(std::uint64_t type) {
  const auto* found = std::ranges::find(kAttributeNames, type, &NumberWords::number);
  return found == kAttributeNames.end() ? hexadecimal(type) : std::string{found->text};
}

// "keys.<name>.<what>", as the table of keys writes it.
std::string explain_key(std::string_view operation, std::uint64_t native) {
  operation.remove_prefix(std::string_view{"keys."}.size());
  const std::size_t dot = operation.rfind('.');
  const std::string name{operation.substr(0, dot)};
  const std::string_view what = operation.substr(dot + 1);
  if (what == "missing") {
    return "The token has no key `" + name +
           "`. Is it the right token? If it has no keys at all, "
           "make them with `countersign hsm init`.";
  }
  if (what == "duplicate") {
    return "The token has two keys `" + name + "` of version " + std::to_string(native) +
           ". Find out where the second one comes from, and remove it.";
  }
  if (what == "duplicate_copy" || what == "copy") {
    return "The copy of the key `" + name + "` that the workers use " +
           (what == "copy" ? "does not compute what the key computes" : "is on the token twice") +
           ". Somebody made or changed it by other means than `countersign hsm init`: find out "
           "who. Without the data object countersign." +
           name + ".N.copy the workers use the key itself, only slower.";
  }
  return "The key `" + name + "` is not what it must be: " + attribute_name(native) +
         " is wrong. Somebody made or changed it by other means than `countersign hsm init`; do "
         "not trust what it protects before you know who.";
}

}  // namespace

std::string explain(const Error& error) {
  const std::string_view operation = error.operation.view();
  if (operation.starts_with("keys.")) return explain_key(operation, error.native);
  if (operation.starts_with("self-test: ")) {
    return "The token failed the " + std::string{operation} +
           ". Countersign does not trust its secrets to it.";
  }
  const auto* own = std::ranges::find(kByOperation, operation, &Words::operation);
  if (own != kByOperation.end()) return std::string{own->text};
  if (operation.starts_with("C_")) {
    const auto* known = std::ranges::find(kByNumber, error.native, &NumberWords::number);
    const std::string number = std::string{operation} + " " + hexadecimal(error.native);
    if (known != kByNumber.end()) return std::string{known->text} + " (" + number + ")";
    return "The PKCS#11 module refused: " + number + ".";
  }
  if (operation == "file.open") {
    return "A PIN file cannot be read: " +
           std::generic_category().message(static_cast<int>(error.native)) +
           ". Write the PIN into it, on one line, chmod 0600; for a new token, `countersign hsm "
           "init --make-pin-files` writes one with a random PIN.";
  }
  if (error.native != 0) {
    return std::string{operation} + ": " +
           std::generic_category().message(static_cast<int>(error.native)) + ".";
  }
  return "Failed: " + std::string{operation} + ".";
}

}  // namespace countersign::hsm
