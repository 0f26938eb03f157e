// SPDX-License-Identifier: Apache-2.0
// Asio, compiled once, instead of into every file that awaits something.
#include <boost/asio/impl/src.hpp>
