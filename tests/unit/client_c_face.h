// SPDX-License-Identifier: Apache-2.0
// What client_c_face.c, which is C, tries out. Each returns 0, or the line that failed.
#pragma once

#ifdef __cplusplus
extern "C" {
#endif
int c_accepts(const char* path);
int c_rejects(const char* path);
int c_fails_closed(const char* path, int expected_result);
int c_connects_within(const char* path, unsigned milliseconds, int expected_result);
int c_survives_misuse(void);
#ifdef __cplusplus
}
#endif
