// SPDX-License-Identifier: Apache-2.0
// R: what the HSM gives when nobody is in its way. As many processes as there are workers, each
// with its share of the handles, sign in random order for some seconds; the sum is printed.
//
//   bench_raw --module PATH --token LABEL --pin-file FILE --workers N --secrets N --seconds S
//             [--cold] [--private-session-objects]
//
// With --cold every operation unwraps its key, signs once and destroys it.
#include "benchmarks/rate/population.hpp"
#include "firmware-interface/oath.hpp"
#include "hsm/factor_key.hpp"
#include "hsm/key_set.hpp"
#include "hsm/module.hpp"
#include "hsm/pin.hpp"
#include "hsm/seal.hpp"

#include <CLI/CLI.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>

namespace countersign::bench {
namespace {

struct Settings {
  std::string module_path;
  std::string token_label = "countersign";
  std::string pin_file;
  std::size_t workers = 1;
  std::size_t secrets = 20'000;
  double seconds = 3;
  bool cold = false;
  bool private_session_objects = false;
};

struct Keys {
  CK_OBJECT_HANDLE seal{};
  hsm::Attributes as;
  std::vector<Bytes> wraps;
  std::vector<CK_OBJECT_HANDLE> handles;
};

Status prepare(hsm::Session& session, const Settings& settings, std::size_t worker, Keys& keys) {
  CS_TRY(const hsm::KeySet set, hsm::KeySet::open(session));
  keys.seal = set.newest(hsm::KeyRole::seal).handle;
  keys.as = hsm::oath_key_attributes(settings.private_session_objects);
  for (std::size_t i = worker; i < settings.secrets; i += settings.workers) {
    CS_TRY(const SecretBytes secret,
           hsm::prepare_oath_secret(HashAlgorithm::sha1, secret_number(i)));
    CS_TRY(keys.wraps.emplace_back(), hsm::wrap_secret(session, keys.seal, secret));
    if (settings.cold) continue;
    CS_TRY(const CK_OBJECT_HANDLE handle, session.unwrap(keys.seal, keys.wraps.back(), keys.as));
    keys.handles.push_back(handle);
  }
  return {};
}

Status sign_once(hsm::Session& session, const Settings& settings, const Keys& keys,
                 std::size_t index, std::uint64_t counter) {
  std::array<std::byte, 20> mac{};
  const auto message = oath::counter_bytes(counter);
  if (!settings.cold) {
    const auto signature = session.sign(keys.handles[index], CKM_SHA_1_HMAC, message, mac);
    if (!signature) return signature.error();
    return {};
  }
  CS_TRY(const CK_OBJECT_HANDLE handle, session.unwrap(keys.seal, keys.wraps[index], keys.as));
  const auto signature = session.sign(handle, CKM_SHA_1_HMAC, message, mac);
  if (!signature) return signature.error();
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
  std::uint64_t signatures = 0;
  const auto end =
      std::chrono::steady_clock::now() + std::chrono::duration<double>{settings.seconds};
  while (std::chrono::steady_clock::now() < end) {
    for (int i = 0; i < 64; ++i) {
      CS_CHECK(sign_once(session, settings, keys, random() % keys.wraps.size(), signatures++));
    }
  }
  return signatures;
}

[[noreturn]] void child(const Settings& settings, std::size_t worker, int ready, int go, int out) {
  const auto counted = measure(settings, worker, ready, go);
  if (!counted) {
    std::cerr << "bench_raw: " << counted.error().operation.view() << " failed, native "
              << counted.error().native << '\n';
    std::_Exit(1);
  }
  const std::uint64_t signatures = *counted;
  std::_Exit(write(out, &signatures, sizeof signatures) == sizeof signatures ? 0 : 1);
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
    std::uint64_t signatures = 0;
    if (read(out[0], &signatures, sizeof signatures) != sizeof signatures) return 1;
    total += signatures;
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
  CLI::App line{"Raw HMAC-SHA1 rate of a token", "bench_raw"};
  line.add_option("--module", settings.module_path)->required();
  line.add_option("--token", settings.token_label);
  line.add_option("--pin-file", settings.pin_file)->required();
  line.add_option("--workers", settings.workers)->check(CLI::Range(1, 64));
  line.add_option("--secrets", settings.secrets)->check(CLI::PositiveNumber);
  line.add_option("--seconds", settings.seconds)->check(CLI::PositiveNumber);
  line.add_flag("--cold", settings.cold);
  line.add_flag("--private-session-objects", settings.private_session_objects);
  CLI11_PARSE(line, argc, argv);
  return countersign::bench::run(settings);
}
