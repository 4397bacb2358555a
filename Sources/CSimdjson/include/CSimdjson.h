#ifndef ANJU_CSIMDJSON_H
#define ANJU_CSIMDJSON_H

// A small C door to simdjson: one payload in, a flat array of tokens out, no allocation once the buffers have grown.

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The deepest nesting of objects and arrays that is read.
#define ANJU_JSON_DEPTH_LIMIT 32

/// What a token is.
enum {
    ANJU_JSON_NULL = 0,
    ANJU_JSON_BOOLEAN = 1,
    ANJU_JSON_NUMBER = 2,
    ANJU_JSON_TEXT = 3,
    ANJU_JSON_OBJECT = 4,
    ANJU_JSON_ARRAY = 5,
};

/// Why a payload could not be read.
enum {
    ANJU_JSON_OK = 0,
    ANJU_JSON_EMPTY = 1,
    ANJU_JSON_TOO_LONG = 2,
    ANJU_JSON_TOO_DEEP = 3,
    ANJU_JSON_TRUNCATED = 4,
    ANJU_JSON_NOT_UTF8 = 5,
    ANJU_JSON_CONTROL_CHARACTER = 6,
    ANJU_JSON_TRAILING = 7,
    ANJU_JSON_UNEXPECTED = 8,
    ANJU_JSON_NO_MEMORY = 9,
};

/// One value of the document, in document order; a container stands before what it holds.
typedef struct anju_json_token {
    /// `anju_json_hash` of the key; 0 for an element of an array and for the root.
    uint64_t key_hash;
    /// UTF-8, not terminated; null where there is no key. Valid until the next parse.
    const char *key;
    /// UTF-8 of a text, unescaped, not terminated. Valid until the next parse.
    const char *text;
    double number;
    uint32_t key_length;
    uint32_t text_length;
    /// The index of the first token that does not belong to this one.
    uint32_t end;
    uint8_t kind;
    /// 0 for the root.
    uint8_t depth;
    uint8_t boolean;
} anju_json_token;

typedef struct anju_json_parser anju_json_parser;

/// A parser for payloads of at most `size_limit` bytes; null when there is no memory.
anju_json_parser *anju_json_create(size_t size_limit);
void anju_json_destroy(anju_json_parser *parser);

/// Reads a payload, which it copies.
///
/// When it fails, it tries once more with bare words that are no JSON numbers (NaN, Infinity, 1e999, 400 digits)
/// read as null and Python's True and False as booleans, so that such a number does not hide the values beside it.
/// Returns ANJU_JSON_OK or why not.
int anju_json_parse(anju_json_parser *parser, const void *payload, size_t length);

/// The tokens of the last successful parse.
const anju_json_token *anju_json_tokens(const anju_json_parser *parser);
size_t anju_json_token_count(const anju_json_parser *parser);

/// Where the last failed parse stopped, in bytes from the start.
size_t anju_json_failure_offset(const anju_json_parser *parser);

/// A hash of a key or word that does not see ASCII case, `_`, `-` and blanks; never 0.
uint64_t anju_json_hash(const char *text, size_t length);

#ifdef __cplusplus
}
#endif

#endif
