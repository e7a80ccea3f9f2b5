// Where fields of CSV end, 64 bytes at a time: a header of inline functions, because Swift's own
// vectors take several times as long for the same masks. Nothing here allocates or keeps state.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// What a scan hands from one block to the next. All zero but `after_separator` at the beginning.
struct cscan_state {
  uint64_t inside;           // all ones inside quotation marks, else zero
  uint64_t after_separator;  // 1 where a field begins here
  uint64_t after_closing;    // 1 where the last byte was a closing quotation mark
  uint32_t has_inner_lines;  // sticky: a quoted field held a line end
  uint32_t has_odd_bytes;    // sticky: a byte was NUL or not ASCII
};

struct cscan_masks {
  uint64_t quotes, delimiters, lines, odd;
};

#if defined(__x86_64__)
// Twice as wide, for processors that have it.
__attribute__((always_inline, target("avx2"))) static inline struct cscan_masks cscan_look_wide(
    const uint8_t *block, uint8_t delimiter) {
  const __m256i quote = _mm256_set1_epi8('"'), comma = _mm256_set1_epi8((char)delimiter);
  const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
  const __m256i nul = _mm256_setzero_si256();
  struct cscan_masks masks = {0, 0, 0, 0};
  for (int part = 0; part < 2; part++) {
    const __m256i bytes = _mm256_loadu_si256((const __m256i *)(block + 32 * part));
    const int shift = 32 * part;
#define CSCAN_BITS(vector) ((uint64_t)(uint32_t)_mm256_movemask_epi8(vector) << shift)
    masks.quotes |= CSCAN_BITS(_mm256_cmpeq_epi8(bytes, quote));
    masks.delimiters |= CSCAN_BITS(_mm256_cmpeq_epi8(bytes, comma));
    masks.lines |= CSCAN_BITS(_mm256_or_si256(_mm256_cmpeq_epi8(bytes, lf), _mm256_cmpeq_epi8(bytes, cr)));
    masks.odd |= CSCAN_BITS(_mm256_or_si256(bytes, _mm256_cmpeq_epi8(bytes, nul)));
#undef CSCAN_BITS
  }
  return masks;
}
#endif

__attribute__((always_inline)) static inline struct cscan_masks cscan_look(
    const uint8_t *block, uint8_t delimiter) {
  struct cscan_masks masks = {0, 0, 0, 0};
#if defined(__x86_64__)
  const __m128i quote = _mm_set1_epi8('"'), comma = _mm_set1_epi8((char)delimiter);
  const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r'), nul = _mm_setzero_si128();
  for (int part = 0; part < 4; part++) {
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(block + 16 * part));
    const int shift = 16 * part;
    masks.quotes |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, quote)) << shift;
    masks.delimiters |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, comma)) << shift;
    const __m128i line = _mm_or_si128(_mm_cmpeq_epi8(bytes, lf), _mm_cmpeq_epi8(bytes, cr));
    masks.lines |= (uint64_t)(uint32_t)_mm_movemask_epi8(line) << shift;
    const __m128i odd = _mm_or_si128(bytes, _mm_cmpeq_epi8(bytes, nul));
    masks.odd |= (uint64_t)(uint32_t)_mm_movemask_epi8(odd) << shift;
  }
#else
  for (int place = 0; place < 64; place++) {
    const uint64_t bit = (uint64_t)1 << place;
    const uint8_t byte = block[place];
    if (byte == '"') masks.quotes |= bit;
    if (byte == delimiter) masks.delimiters |= bit;
    if (byte == '\n' || byte == '\r') masks.lines |= bit;
    if (byte == 0 || byte >= 0x80) masks.odd |= bit;
  }
#endif
  return masks;
}

// Every bit becomes the parity of itself and all bits below it: set from an opening quotation mark
// to the byte before its closing one.
static inline uint64_t cscan_parity(uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  bits ^= bits << 32;
  return bits;
}

typedef struct cscan_masks (*cscan_looker)(const uint8_t *block, uint8_t delimiter);

// Writes the place of every delimiter and line end outside quotation marks from `*from` to `to`,
// at most one an byte, and returns how many. `*from` is moved behind what was scanned: to `to`, or
// to the beginning of a block with a quotation mark where RFC 4180 has none.
__attribute__((always_inline)) static inline size_t cscan_ends_by(
    cscan_looker look, const uint8_t *bytes, size_t *from, size_t to, uint8_t delimiter,
    struct cscan_state *state, uint32_t *ends) {
  size_t count = 0;
  size_t at = *from;
  while (at < to) {
    const size_t length = to - at < 64 ? to - at : 64;
    struct cscan_masks masks;
    if (length == 64) {
      masks = look(bytes + at, delimiter);
    } else {
      uint8_t block[64];
      for (size_t place = 0; place < 64; place++) block[place] = place < length ? bytes[at + place] : ' ';
      masks = look(block, delimiter);
      // The filling is none of the delimiters, whichever that is.
      masks.delimiters &= ((uint64_t)1 << length) - 1;
    }
    const uint64_t inside = cscan_parity(masks.quotes) ^ state->inside;
    const uint64_t opening = masks.quotes & inside, closing = masks.quotes & ~inside;
    uint64_t separators = (masks.delimiters | masks.lines) & ~inside;
    const uint64_t may_open = ((separators | closing) << 1) | state->after_separator | state->after_closing;
    const uint64_t after_closing = (closing << 1) | state->after_closing;
    uint64_t here = length == 64 ? ~(uint64_t)0 : ((uint64_t)1 << length) - 1;
    if (((opening & ~may_open) | (after_closing & ~(separators | opening))) & here) break;
    const size_t last = length - 1;
    state->inside = (inside >> last) & 1 ? ~(uint64_t)0 : 0;
    state->after_separator = (separators >> last) & 1;
    state->after_closing = (closing >> last) & 1;
    state->has_inner_lines |= (masks.lines & inside) != 0;
    state->has_odd_bytes |= (masks.odd & here) != 0;
    // Eight at a time without asking, as there is room for more than are counted.
    const size_t found = (size_t)__builtin_popcountll(separators);
    for (size_t group = 0; group < found; group += 8) {
      for (int place = 0; place < 8; place++) {
        ends[count + group + (size_t)place] =
            (uint32_t)at + (uint32_t)__builtin_ctzll(separators | ((uint64_t)1 << 63));
        separators &= separators - 1;
      }
    }
    count += found;
    at += length;
  }
  *from = at;
  return count;
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi,popcnt"))) static size_t cscan_ends_wide(
    const uint8_t *bytes, size_t *from, size_t to, uint8_t delimiter, struct cscan_state *state,
    uint32_t *ends) {
  return cscan_ends_by(cscan_look_wide, bytes, from, to, delimiter, state, ends);
}
#endif

static inline size_t cscan_ends(
    const uint8_t *bytes, size_t *from, size_t to, uint8_t delimiter, struct cscan_state *state,
    uint32_t *ends) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2"))
    return cscan_ends_wide(bytes, from, to, delimiter, state, ends);
#endif
  return cscan_ends_by(cscan_look, bytes, from, to, delimiter, state, ends);
}

// The place of the first byte from `from` to `to` that is NUL or not ASCII; `to` where there is none.
static inline size_t cscan_odd(const uint8_t *bytes, size_t from, size_t to) {
  size_t at = from;
#if defined(__x86_64__)
  for (; to - at >= 16; at += 16) {
    const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + at));
    if (_mm_movemask_epi8(_mm_or_si128(block, _mm_cmpeq_epi8(block, _mm_setzero_si128())))) break;
  }
#endif
  while (at < to && bytes[at] != 0 && bytes[at] < 0x80) at++;
  return at;
}

static inline int cscan_has(const uint8_t *bytes, size_t from, size_t to, uint8_t byte) {
  return memchr(bytes + from, byte, to - from) != NULL;
}

// Line ends from `from` to `to`: LF, CRLF and CR are one each.
static inline size_t cscan_lines(const uint8_t *bytes, size_t from, size_t to) {
  size_t count = 0, at = from;
#if defined(__x86_64__)
  // Most records have none.
  const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
  for (; to - at >= 16; at += 16) {
    const __m128i block = _mm_loadu_si128((const __m128i *)(bytes + at));
    if (_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(block, lf), _mm_cmpeq_epi8(block, cr)))) break;
  }
#endif
  for (; at < to; at++)
    count += bytes[at] == '\n' || (bytes[at] == '\r' && !(at + 1 < to && bytes[at + 1] == '\n'));
  return count;
}
