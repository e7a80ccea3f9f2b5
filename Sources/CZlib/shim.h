#pragma once
#include <zlib.h>

// The macro inflateInit2 is not imported. A negative window means deflate without a header, as it
// stands in a zip.
static inline int czlib_begin_raw_inflate(z_stream *stream) {
  return inflateInit2(stream, -MAX_WBITS);
}
