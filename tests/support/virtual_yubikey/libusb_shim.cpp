// SPDX-License-Identifier: Apache-2.0
// The sixteen functions of libusb that libykpers calls, with virtual YubiKeys behind them.
//
// $CS_VIRTUAL_YUBIKEYS names a folder with one file a key; keys are found in the order of their
// names. Built as libusb-1.0.so.0 for LD_LIBRARY_PATH, or linked into a test.
#include "tests/support/virtual_yubikey/reports.hpp"

#include <libusb.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <vector>

struct libusb_device {
  std::filesystem::path path;
  std::uint16_t product_id;
};
struct libusb_device_handle {
  libusb_device device;
};

namespace {

namespace fs = std::filesystem;
namespace yubikey = countersign::test::yubikey;

constexpr std::uint16_t kYubico = 0x1050;
constexpr std::uint8_t kReadType = 0xa1;
constexpr std::uint8_t kWriteType = 0x21;
constexpr std::uint8_t kGetReport = 0x01;
constexpr std::uint8_t kSetReport = 0x09;
constexpr std::uint16_t kFeatureReport = 0x0300;

std::vector<fs::path> plugged_keys() {
  std::vector<fs::path> keys;
  const char* folder = std::getenv("CS_VIRTUAL_YUBIKEYS");
  if (folder == nullptr || !fs::is_directory(folder)) return keys;
  for (const auto& entry : fs::directory_iterator{folder}) {
    if (yubikey::KeyFile { entry.path() } -> plugged) keys.push_back(entry.path());
  }
  std::ranges::sort(keys);
  return keys;
}

int exchange(yubikey::KeyState& state, std::uint8_t type, std::uint8_t request,
             unsigned char* data) {
  yubikey::Report report{};
  if (type == kReadType && request == kGetReport) {
    report = yubikey::read_report(state);
    std::ranges::copy(report, data);
  } else if (type == kWriteType && request == kSetReport) {
    std::copy_n(data, report.size(), report.begin());
    yubikey::write_report(state, report);
    if (!state.plugged) return LIBUSB_ERROR_NO_DEVICE;
  } else {
    return LIBUSB_ERROR_PIPE;
  }
  return static_cast<int>(report.size());
}

}  // namespace

extern "C" {

int libusb_init(libusb_context**) { return LIBUSB_SUCCESS; }
void libusb_exit(libusb_context*) {}

ssize_t libusb_get_device_list(libusb_context*, libusb_device*** list) {
  const auto keys = plugged_keys();
  auto** devices = new libusb_device*[keys.size() + 1];
  for (std::size_t i = 0; i < keys.size(); ++i) {
    devices[i] = new libusb_device{keys[i], yubikey::KeyFile{keys[i]} -> product_id};
  }
  devices[keys.size()] = nullptr;
  *list = devices;
  return static_cast<ssize_t>(keys.size());
}

void libusb_free_device_list(libusb_device** list, int) {
  for (libusb_device** device = list; *device != nullptr; ++device) delete *device;
  delete[] list;
}

int libusb_get_device_descriptor(libusb_device* device, libusb_device_descriptor* descriptor) {
  *descriptor = {};
  descriptor->bLength = LIBUSB_DT_DEVICE_SIZE;
  descriptor->bDescriptorType = LIBUSB_DT_DEVICE;
  descriptor->idVendor = kYubico;
  descriptor->idProduct = device->product_id;
  return LIBUSB_SUCCESS;
}

int libusb_open(libusb_device* device, libusb_device_handle** handle) {
  if (yubikey::KeyFile { device->path } -> faults.no_permission) return LIBUSB_ERROR_ACCESS;
  *handle = new libusb_device_handle{*device};
  return LIBUSB_SUCCESS;
}

void libusb_close(libusb_device_handle* handle) { delete handle; }
libusb_device* libusb_get_device(libusb_device_handle* handle) { return &handle->device; }

int libusb_kernel_driver_active(libusb_device_handle*, int) { return 1; }
int libusb_detach_kernel_driver(libusb_device_handle*, int) { return LIBUSB_SUCCESS; }
int libusb_attach_kernel_driver(libusb_device_handle*, int) { return LIBUSB_SUCCESS; }
int libusb_get_configuration(libusb_device_handle*, int* configuration) {
  *configuration = 1;
  return LIBUSB_SUCCESS;
}
int libusb_set_configuration(libusb_device_handle*, int) { return LIBUSB_SUCCESS; }
int libusb_claim_interface(libusb_device_handle*, int) { return LIBUSB_SUCCESS; }
int libusb_release_interface(libusb_device_handle*, int) { return LIBUSB_SUCCESS; }

int libusb_control_transfer(libusb_device_handle* handle, std::uint8_t type, std::uint8_t request,
                            std::uint16_t value, std::uint16_t index, unsigned char* data,
                            std::uint16_t length, unsigned) {
  if (value != kFeatureReport || index != 0 || length != 8) return LIBUSB_ERROR_PIPE;
  yubikey::KeyFile key{handle->device.path};
  if (!key->plugged) return LIBUSB_ERROR_NO_DEVICE;
  return exchange(*key, type, request, data);
}

}  // extern "C"
