// SPDX-License-Identifier: Apache-2.0
#include "client_c_face.h"

#include <string.h>

#include "countersign.h"

#define EXPECT(condition)        \
  do {                           \
    if (!(condition)) {          \
      countersign_close(handle); \
      return __LINE__;           \
    }                            \
  } while (0)

int c_accepts(const char* path) {
  countersign_client* handle = NULL;
  countersign_verdict verdict;
  EXPECT(countersign_connect(path, &handle) == COUNTERSIGN_OK);
  EXPECT(countersign_verify(handle, "default", "alice", "123456", "192.0.2.1", &verdict) ==
         COUNTERSIGN_OK);
  EXPECT(verdict.accepted == 1);
  EXPECT(verdict.reason == COUNTERSIGN_REASON_NONE);
  EXPECT(strcmp(countersign_message(handle), "") == 0);
  countersign_close(handle);
  return 0;
}

int c_rejects(const char* path) {
  countersign_client* handle = NULL;
  countersign_verdict verdict;
  EXPECT(countersign_connect(path, &handle) == COUNTERSIGN_OK);
  EXPECT(countersign_verify(handle, NULL, "alice", "123456", NULL, &verdict) == COUNTERSIGN_OK);
  EXPECT(verdict.accepted == 0);
  EXPECT(verdict.reason == COUNTERSIGN_REASON_WRONG_CODE);
  countersign_close(handle);
  return 0;
}

int c_fails_closed(const char* path, int expected_result) {
  countersign_client* handle = NULL;
  countersign_verdict verdict;
  memset(&verdict, 0xff, sizeof verdict);
  EXPECT(countersign_connect(path, &handle) == COUNTERSIGN_OK);
  countersign_set_limit(handle, 100);
  EXPECT((int)countersign_verify(handle, NULL, "alice", "123456", NULL, &verdict) ==
         expected_result);
  EXPECT(verdict.accepted == 0);
  EXPECT(strlen(countersign_message(handle)) > 0);
  countersign_close(handle);
  return 0;
}

int c_connects_within(const char* path, unsigned milliseconds, int expected_result) {
  countersign_client* handle = NULL;
  EXPECT((int)countersign_connect_within(path, milliseconds, &handle) == expected_result);
  EXPECT((handle != NULL) == (expected_result == COUNTERSIGN_OK));
  countersign_close(handle);
  return 0;
}

int c_survives_misuse(void) {
  countersign_client* handle = (countersign_client*)1;
  countersign_verdict verdict;
  memset(&verdict, 0xff, sizeof verdict);
  if (countersign_connect("/nonexistent/s", &handle) != COUNTERSIGN_UNAVAILABLE) return __LINE__;
  EXPECT(handle == NULL);
  EXPECT(countersign_connect(NULL, &handle) == COUNTERSIGN_MALFORMED);
  EXPECT(countersign_connect("/nonexistent/s", NULL) == COUNTERSIGN_MALFORMED);
  EXPECT(countersign_verify(NULL, NULL, "a", "1", NULL, &verdict) == COUNTERSIGN_MALFORMED);
  EXPECT(verdict.accepted == 0);
  EXPECT(countersign_verify(NULL, NULL, "a", "1", NULL, NULL) == COUNTERSIGN_MALFORMED);
  EXPECT(countersign_message(NULL) != NULL);
  countersign_set_limit(NULL, 1);
  countersign_close(NULL);
  return 0;
}
