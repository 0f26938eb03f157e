# Everything we take from Debian, in one place.
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto SSL)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(P11Kit REQUIRED IMPORTED_TARGET p11-kit-1)
pkg_check_modules(LibOath REQUIRED IMPORTED_TARGET liboath)
pkg_check_modules(Ykpers REQUIRED IMPORTED_TARGET ykpers-1)
pkg_check_modules(LibXml2 REQUIRED IMPORTED_TARGET libxml-2.0)
pkg_check_modules(TomlPlusPlus REQUIRED IMPORTED_TARGET tomlplusplus)
pkg_check_modules(Utf8Proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(Jemalloc REQUIRED IMPORTED_TARGET jemalloc)
pkg_check_modules(Re2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(LibSystemd REQUIRED IMPORTED_TARGET libsystemd)
pkg_check_modules(Curl REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(Icu REQUIRED IMPORTED_TARGET icu-i18n icu-uc)
pkg_check_modules(Ctemplate REQUIRED IMPORTED_TARGET libctemplate)
pkg_check_modules(QrCodeGen REQUIRED IMPORTED_TARGET qrcodegencpp)
pkg_check_modules(Sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(Pam REQUIRED IMPORTED_TARGET pam)
# libzxcvbn and libyubikey have no file for pkg-config.
find_path(ZXCVBN_INCLUDE_DIR zxcvbn.h REQUIRED)
find_library(ZXCVBN_LIBRARY zxcvbn REQUIRED)
add_library(Zxcvbn::Zxcvbn UNKNOWN IMPORTED)
set_target_properties(Zxcvbn::Zxcvbn PROPERTIES
  IMPORTED_LOCATION ${ZXCVBN_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${ZXCVBN_INCLUDE_DIR})
find_path(YUBIKEY_INCLUDE_DIR yubikey.h REQUIRED)
find_library(YUBIKEY_LIBRARY yubikey REQUIRED)
add_library(YubiKey::YubiKey UNKNOWN IMPORTED)
set_target_properties(YubiKey::YubiKey PROPERTIES
  IMPORTED_LOCATION ${YUBIKEY_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${YUBIKEY_INCLUDE_DIR})
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
find_package(benchmark REQUIRED)

# Asio is compiled once, into its own archive, instead of into every file that awaits something.
add_library(countersign-asio STATIC ${PROJECT_SOURCE_DIR}/async/asio.cpp)
add_library(countersign::asio ALIAS countersign-asio)
target_compile_features(countersign-asio PUBLIC cxx_std_20)
target_compile_definitions(countersign-asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE
  # Coroutine frames come from operator new, which wipes them when they are freed.
  BOOST_ASIO_DISABLE_STD_ALIGNED_ALLOC BOOST_ASIO_DISABLE_BOOST_ALIGN)
# GCC 12 misreads Asio's coroutine frames (false positive, gone in GCC 13).
target_compile_options(countersign-asio PUBLIC
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>
  # Clang 14 cannot split a coroutine that carries this sanitizer's mark ("Cannot represent a
  # difference across sections").
  $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function>)
target_link_libraries(countersign-asio PUBLIC Boost::headers Threads::Threads)
