// SPDX-License-Identifier: Apache-2.0
// R: what the HSM gives when nobody is in its way. As many processes as there are workers, each
// with its share of the handles, work in random order for some seconds; the sum is printed.
//
//   bench_raw --module PATH --token LABEL --pin-file FILE --workers N --secrets N --seconds S
//             [--kind KIND] [--cold] [--private-session-objects]
//
//   hotp, totp   HMAC-SHA1 of a counter by a kept handle
//   yubico_otp   AES-ECB of one block by a kept handle
//   record       HMAC-SHA256 of a row by the workers' copy of the record key
//   record_key   the same by the key itself, an object of the token
//
// With --cold every operation unwraps its key, uses it once and destroys it.
#include "benchmarks/population/oath.hpp"
#include "firmware-interface/oath.hpp"
#include "hsm/factor_key.hpp"
#include "hsm/key_set.hpp"
#include "hsm/mac_keys.hpp"
#include "hsm/module.hpp"
#include "hsm/pin.hpp"
#include "hsm/seal.hpp"

#include <CLI/CLI.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <random>

namespace countersign::bench {
namespace {

constexpr std::size_t kRowBytes = 128;  // about what a factor's row encodes to

enum class Kind { oath, yubico_otp, record, record_key };
const std::map<std::string, Kind> kKinds{{"hotp", Kind::oath},
                                         {"totp", Kind::oath},
                                         {"yubico_otp", Kind::yubico_otp},
                                         {"record", Kind::record},
                                         {"record_key", Kind::record_key}};

struct Settings {
  std::string module_path;
  std::string token_label = "countersign";
  std::string pin_file;
  std::size_t workers = 1;
  std::size_t secrets = 20'000;
  double seconds = 3;
  Kind kind = Kind::oath;
  bool cold = false;
  bool private_session_objects = false;
};

struct Keys {
  CK_OBJECT_HANDLE seal{};
  CK_OBJECT_HANDLE record{};
  hsm::Attributes as;
  std::vector<Bytes> wraps;
  std::vector<CK_OBJECT_HANDLE> handles;
  std::optional<hsm::MacKeys> copies;
};

Result<Bytes> wrap(hsm::Session& session, const Settings& settings, const Keys& keys,
                   std::size_t number) {
  const Secret secret = secret_number(number);
  if (settings.kind == Kind::yubico_otp) {
    const SecretBytes aes_key{BytesView{secret}.first(hsm::kYubicoKeyBytes)};
    return hsm::wrap_secret(session, keys.seal, aes_key, CKK_AES);
  }
  CS_TRY(const SecretBytes prepared, hsm::prepare_oath_secret(HashAlgorithm::sha1, secret));
  return hsm::wrap_secret(session, keys.seal, prepared);
}

Status prepare(hsm::Session& session, const Settings& settings, std::size_t worker, Keys& keys) {
  CS_TRY(const hsm::KeySet set, hsm::KeySet::open(session));
  const bool is_private = settings.private_session_objects;
  const bool is_aes = settings.kind == Kind::yubico_otp;
  keys.seal = set.newest(is_aes ? hsm::KeyRole::seal_aes : hsm::KeyRole::seal).handle;
  keys.record = set.newest(hsm::KeyRole::record).handle;
  keys.as = is_aes ? hsm::yubico_key_attributes(is_private) : hsm::oath_key_attributes(is_private);
  CS_TRY(keys.copies, hsm::MacKeys::open(session, set, is_private));
  if (settings.kind == Kind::record || settings.kind == Kind::record_key) return {};
  for (std::size_t i = worker; i < settings.secrets; i += settings.workers) {
    CS_TRY(keys.wraps.emplace_back(), wrap(session, settings, keys, i));
    if (settings.cold) continue;
    CS_TRY(const CK_OBJECT_HANDLE handle, session.unwrap(keys.seal, keys.wraps.back(), keys.as));
    keys.handles.push_back(handle);
  }
  return {};
}

Status use(hsm::Session& session, const Settings& settings, CK_OBJECT_HANDLE key,
           std::uint64_t counter) {
  if (settings.kind == Kind::yubico_otp) {
    std::array<std::byte, hsm::kYubicoBlockBytes> block{static_cast<std::byte>(counter)};
    return session.decrypt_blocks(key, block, block);
  }
  std::array<std::byte, 20> mac{};
  CS_CHECK(session.sign(key, CKM_SHA_1_HMAC, oath::counter_bytes(counter), mac));
  return {};
}

Status work_once(hsm::Session& session, const Settings& settings, Keys& keys, std::uint64_t random,
                 std::uint64_t counter) {
  if (settings.kind == Kind::record || settings.kind == Kind::record_key) {
    std::array<std::byte, kRowBytes> row{static_cast<std::byte>(counter)};
    hsm::Mac mac{};
    if (settings.kind == Kind::record) {
      CS_CHECK(keys.copies->mac(hsm::MacKey::record, row));
    } else {
      CS_CHECK(session.sign(keys.record, CKM_SHA256_HMAC, row, mac));
    }
    return {};
  }
  const std::size_t index = random % keys.wraps.size();
  if (!settings.cold) return use(session, settings, keys.handles[index], counter);
  CS_TRY(const CK_OBJECT_HANDLE handle, session.unwrap(keys.seal, keys.wraps[index], keys.as));
  CS_CHECK(use(session, settings, handle, counter));
  return session.destroy(handle);
}

Result<std::uint64_t> measure(const Settings& settings, std::size_t worker, int ready, int go) {
  CS_TRY(const hsm::Module module, hsm::Module::load(settings.module_path));
  CS_TRY(const CK_SLOT_ID slot, module.slot_of(settings.token_label));
  CS_TRY(hsm::Session session, hsm::Session::open(module, slot, hsm::Access::read_only));
  CS_TRY(const SecretBytes pin, hsm::read_pin(settings.pin_file));
  CS_CHECK(session.login(CKU_USER, pin));
  Keys keys;
  CS_CHECK(prepare(session, settings, worker, keys));

  char token = 'r';
  if (write(ready, &token, 1) != 1 || read(go, &token, 1) != 1) {
    return Error{ErrorCode::unavailable, "pipe"};
  }
  std::mt19937_64 random{worker};
  std::uint64_t done = 0;
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::duration<double>{settings.seconds};
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 64; ++i) {
      CS_CHECK(work_once(session, settings, keys, random(), done++));
    }
  }
  return done;
}

[[noreturn]] void child(const Settings& settings, std::size_t worker, int ready, int go, int out) {
  const auto counted = measure(settings, worker, ready, go);
  if (!counted) {
    std::cerr << "bench_raw: " << counted.error().operation.view() << " failed, native "
              << counted.error().native << '\n';
    std::_Exit(1);
  }
  const std::uint64_t done = *counted;
  std::_Exit(write(out, &done, sizeof done) == sizeof done ? 0 : 1);
}

int run(const Settings& settings) {
  std::array<int, 2> ready{};
  std::array<int, 2> go{};
  std::array<int, 2> out{};
  if (pipe(ready.data()) != 0 || pipe(go.data()) != 0 || pipe(out.data()) != 0) return 1;
  char token = 0;
  for (std::size_t worker = 0; worker < settings.workers; ++worker) {
    if (fork() == 0) child(settings, worker, ready[1], go[0], out[1]);
    // One after another: sessions that open at the same moment fail now and then.
    if (read(ready[0], &token, 1) != 1) return 1;
  }
  const std::string start(settings.workers, 'g');
  if (write(go[1], start.data(), start.size()) < 0) return 1;
  std::uint64_t total = 0;
  for (std::size_t worker = 0; worker < settings.workers; ++worker) {
    std::uint64_t done = 0;
    if (read(out[0], &done, sizeof done) != sizeof done) return 1;
    total += done;
  }
  while (wait(nullptr) > 0) {
  }
  std::cout << "{\"raw_per_second\": " << static_cast<double>(total) / settings.seconds << "}\n";
  return 0;
}

}  // namespace
}  // namespace countersign::bench

int main(int argc, char** argv) {
  countersign::bench::Settings settings;
  CLI::App line{"Raw rate of a token", "bench_raw"};
  line.add_option("--module", settings.module_path)->required();
  line.add_option("--token", settings.token_label);
  line.add_option("--pin-file", settings.pin_file)->required();
  line.add_option("--workers", settings.workers)->check(CLI::Range(1, 64));
  line.add_option("--secrets", settings.secrets)->check(CLI::PositiveNumber);
  line.add_option("--seconds", settings.seconds)->check(CLI::PositiveNumber);
  line.add_option("--kind", settings.kind)
      ->transform(CLI::CheckedTransformer(countersign::bench::kKinds));
  line.add_flag("--cold", settings.cold);
  line.add_flag("--private-session-objects", settings.private_session_objects);
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(settings);
}
