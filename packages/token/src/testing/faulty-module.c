/* A PKCS#11 module that passes every call to a real one, writes down its name, and fails as the control file says.
   Built with REAL, CONTROL and LOG, each a path. Control: lines of "FUNCTION NTH ONCE ACTION NUMBER". */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef unsigned long word;
typedef word (*function)(word, word, word, word, word, word, word, word);
struct list { unsigned char version[2]; function functions[68]; };

static struct list *real;

#define EACH(X) \
  X(0, C_Initialize) X(1, C_Finalize) X(2, C_GetInfo) X(4, C_GetSlotList) X(5, C_GetSlotInfo) X(6, C_GetTokenInfo) \
  X(7, C_GetMechanismList) X(8, C_GetMechanismInfo) X(9, C_InitToken) X(10, C_InitPIN) X(11, C_SetPIN) \
  X(12, C_OpenSession) X(13, C_CloseSession) X(14, C_CloseAllSessions) X(15, C_GetSessionInfo) \
  X(16, C_GetOperationState) X(17, C_SetOperationState) X(18, C_Login) X(19, C_Logout) X(20, C_CreateObject) \
  X(21, C_CopyObject) X(22, C_DestroyObject) X(23, C_GetObjectSize) X(24, C_GetAttributeValue) \
  X(25, C_SetAttributeValue) X(26, C_FindObjectsInit) X(27, C_FindObjects) X(28, C_FindObjectsFinal) \
  X(29, C_EncryptInit) X(30, C_Encrypt) X(31, C_EncryptUpdate) X(32, C_EncryptFinal) X(33, C_DecryptInit) \
  X(34, C_Decrypt) X(35, C_DecryptUpdate) X(36, C_DecryptFinal) X(37, C_DigestInit) X(38, C_Digest) \
  X(39, C_DigestUpdate) X(40, C_DigestKey) X(41, C_DigestFinal) X(42, C_SignInit) X(43, C_Sign) \
  X(44, C_SignUpdate) X(45, C_SignFinal) X(46, C_SignRecoverInit) X(47, C_SignRecover) X(48, C_VerifyInit) \
  X(49, C_Verify) X(50, C_VerifyUpdate) X(51, C_VerifyFinal) X(52, C_VerifyRecoverInit) X(53, C_VerifyRecover) \
  X(54, C_DigestEncryptUpdate) X(55, C_DecryptDigestUpdate) X(56, C_SignEncryptUpdate) \
  X(57, C_DecryptVerifyUpdate) X(58, C_GenerateKey) X(59, C_GenerateKeyPair) X(60, C_WrapKey) X(61, C_UnwrapKey) \
  X(62, C_DeriveKey) X(63, C_SeedRandom) X(64, C_GenerateRandom) X(65, C_GetFunctionStatus) \
  X(66, C_CancelFunction) X(67, C_WaitForSlotEvent)

static void note(const char *name, word first, word second) {
  char line[64];
  int length = strcmp(name, "C_Login") == 0 ? snprintf(line, sizeof line, "%s %lu\n", name, second)
                                            : snprintf(line, sizeof line, "%s\n", name);
  int file = open(LOG, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  (void)first;
  if (file >= 0) { if (write(file, line, length) < 0) abort(); close(file); }
}

struct fault { char action[32]; word number; };

/* Numbers of files are used again. */
static word mark(const struct stat *state) {
  return state->st_ino ^ ((word)state->st_mtim.tv_nsec << 20) ^ ((word)state->st_mtim.tv_sec << 50);
}

/* Counts calls of each line since the control file was last written. */
static int wanted(const char *name, struct fault *fault) {
  static int counts[16];
  static word generation;
  struct stat state;
  FILE *control = fopen(CONTROL, "re");
  char function[64];
  int nth, once, line = 0, hit = 0;
  if (control == NULL) return 0;
  if (fstat(fileno(control), &state) == 0 && mark(&state) != generation) {
    generation = mark(&state);
    memset(counts, 0, sizeof counts);
  }
  while (line < 16 && fscanf(control, "%63s %d %d %31s %lu", function, &nth, &once, fault->action, &fault->number) == 5) {
    if (strcmp(function, name) == 0 && (++counts[line] == nth || nth == 0)) { hit = 1; break; }
    line++;
  }
  fclose(control);
  if (hit && once) unlink(CONTROL);
  return hit;
}

static void die_or_wait(const struct fault *fault) {
  if (strcmp(fault->action, "crash") == 0) { signal(SIGSEGV, SIG_DFL); raise(SIGSEGV); }
  if (strcmp(fault->action, "abort") == 0) abort();
  if (strcmp(fault->action, "exit") == 0) _exit(3);
  if (strcmp(fault->action, "hang") == 0) for (;;) pause();
  if (strcmp(fault->action, "sleep") == 0) usleep(fault->number * 1000);
}

/* Which argument has the length or the number of what was answered. */
static int counted(int index) {
  switch (index) {
    case 4: case 7: return 2;
    case 27: return 3;
    case 34: case 43: return 4;
    default: return -1;
  }
}

static word call(int index, const char *name, word *a) {
  struct fault fault;
  note(name, a[0], a[1]);
  if (!wanted(name, &fault)) fault.action[0] = 0;
  else {
    die_or_wait(&fault);
    if (strcmp(fault.action, "answer") == 0) return fault.number;
  }
  word answer = real->functions[index](a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
  if (answer != 0) return answer;
  if (strcmp(fault.action, "count") == 0 && counted(index) >= 0) *(word *)a[counted(index)] = fault.number;
  /* CK_TOKEN_INFO: 96 bytes of text, then the flags. */
  if (strcmp(fault.action, "flags") == 0 && index == 6) *(word *)(a[1] + 96) |= fault.number;
  if (strcmp(fault.action, "scramble") == 0) {
    if (index == 2) memset((void *)a[0], 0xee, 76);
    if (index == 5) memset((void *)a[1], 0xee, 104);
    if (index == 6) memset((void *)a[1], 0xee, 204);
    if (index == 12) *(word *)a[3] = 0xdeadbeef;
    if (index == 62) *(word *)a[4] = 0xdeadbeef;
    /* CK_ATTRIBUTE: type, value, length. */
    if (index == 24) ((word *)a[2])[2] = fault.number;
  }
  return answer;
}

#define DEFINE(INDEX, NAME) \
  static word faulty_##NAME(word a, word b, word c, word d, word e, word f, word g, word h) { \
    word all[8] = {a, b, c, d, e, f, g, h}; \
    return call(INDEX, #NAME, all); \
  }
EACH(DEFINE)

word C_GetFunctionList(struct list **out);

#define ENTRY(INDEX, NAME) [INDEX] = faulty_##NAME,
static struct list faulty = {{2, 40}, {EACH(ENTRY) [3] = (function)(void *)C_GetFunctionList}};

word C_GetFunctionList(struct list **out) {
  struct fault fault;
  note("C_GetFunctionList", 0, 0);
  if (wanted("C_GetFunctionList", &fault)) {
    die_or_wait(&fault);
    if (strcmp(fault.action, "answer") == 0) return fault.number;
  }
  void *library = dlopen(REAL, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return 5;
  word (*list)(struct list **) = (word (*)(struct list **))dlsym(library, "C_GetFunctionList");
  if (list == NULL || list(&real) != 0) return 5;
  *out = &faulty;
  return 0;
}

__attribute__((constructor)) static void loaded(void) {
  struct fault fault;
  if (wanted("dlopen", &fault)) die_or_wait(&fault);
}
