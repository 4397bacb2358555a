#include "CSimdjson.h"

#include <cstring>
#include <memory>
#include <new>

#include <simdjson.h>

#include "Lenient.hpp"

namespace {

constexpr size_t smallest_capacity = 4096;

struct Buffer {
    std::unique_ptr<uint8_t[]> bytes;
    size_t capacity = 0;

    /// Room for `size` bytes and simdjson's padding behind them.
    bool reserve(size_t size) {
        size_t needed = size + simdjson::SIMDJSON_PADDING;
        if (needed <= capacity) return true;
        size_t grown = capacity < smallest_capacity ? smallest_capacity : capacity;
        while (grown < needed) grown *= 2;
        bytes.reset(new (std::nothrow) uint8_t[grown]);
        capacity = bytes ? grown : 0;
        return bytes != nullptr;
    }

    void pad(size_t size) { std::memset(bytes.get() + size, 0, simdjson::SIMDJSON_PADDING); }
};

}  // namespace

struct anju_json_parser {
    explicit anju_json_parser(size_t limit) : parser(limit), size_limit(limit) {}

    simdjson::dom::parser parser;
    size_t size_limit;
    Buffer payload;
    Buffer lenient;
    std::unique_ptr<anju_json_token[]> tokens;
    size_t token_capacity = 0;
    size_t token_count = 0;
    size_t failure_offset = 0;

    simdjson::error_code read(Buffer &buffer, size_t length);
    int flatten();
    bool reserve_tokens(size_t count);
};

bool anju_json_parser::reserve_tokens(size_t count) {
    if (count <= token_capacity) return true;
    size_t grown = token_capacity < 256 ? 256 : token_capacity;
    while (grown < count) grown *= 2;
    tokens.reset(new (std::nothrow) anju_json_token[grown]);
    token_capacity = tokens ? grown : 0;
    return tokens != nullptr;
}

simdjson::error_code anju_json_parser::read(Buffer &buffer, size_t length) {
    if (parser.capacity() < length) {
        size_t grown = parser.capacity() < smallest_capacity ? smallest_capacity : parser.capacity();
        while (grown < length) grown *= 2;
        if (grown > size_limit) grown = size_limit;
        // simdjson counts the document itself as a level.
        auto error = parser.allocate(grown, ANJU_JSON_DEPTH_LIMIT + 1);
        if (error) return error;
    }
    buffer.pad(length);
    return parser.parse(buffer.bytes.get(), length, false).error();
}

/// Turns simdjson's tape into tokens: keys join their values, containers know their end.
int anju_json_parser::flatten() {
    const uint64_t *tape = parser.doc.tape.get();
    const uint8_t *strings = parser.doc.string_buf.get();
    constexpr uint64_t value_mask = 0x00FFFFFFFFFFFFFFull;
    size_t last = size_t(tape[0] & value_mask) - 1;
    if (!reserve_tokens(last + 1)) return ANJU_JSON_NO_MEMORY;
    uint32_t open[ANJU_JSON_DEPTH_LIMIT + 1];
    uint32_t depth = 0, count = 0;
    for (size_t i = 1; i < last; ++i) {
        char type = char(tape[i] >> 56);
        if (type == '}' || type == ']') {
            tokens[open[--depth]].end = count;
            continue;
        }
        anju_json_token &token = tokens[count];
        token.key = nullptr;
        token.key_length = 0;
        token.key_hash = 0;
        if (depth > 0 && tokens[open[depth - 1]].kind == ANJU_JSON_OBJECT) {
            const uint8_t *text = strings + (tape[i] & value_mask);
            std::memcpy(&token.key_length, text, 4);
            token.key = reinterpret_cast<const char *>(text + 4);
            token.key_hash = anju_json_hash(token.key, token.key_length);
            type = char(tape[++i] >> 56);
        }
        token.depth = uint8_t(depth);
        token.end = count + 1;
        switch (type) {
        case '{':
        case '[':
            if (depth >= ANJU_JSON_DEPTH_LIMIT) return ANJU_JSON_TOO_DEEP;
            token.kind = type == '{' ? ANJU_JSON_OBJECT : ANJU_JSON_ARRAY;
            open[depth++] = count;
            break;
        case '"': {
            const uint8_t *text = strings + (tape[i] & value_mask);
            token.kind = ANJU_JSON_TEXT;
            std::memcpy(&token.text_length, text, 4);
            token.text = reinterpret_cast<const char *>(text + 4);
            break;
        }
        case 'l':
            token.kind = ANJU_JSON_NUMBER;
            token.number = double(int64_t(tape[++i]));
            break;
        case 'u':
            token.kind = ANJU_JSON_NUMBER;
            token.number = double(tape[++i]);
            break;
        case 'd':
            token.kind = ANJU_JSON_NUMBER;
            std::memcpy(&token.number, &tape[++i], 8);
            break;
        case 't':
        case 'f':
            token.kind = ANJU_JSON_BOOLEAN;
            token.boolean = type == 't';
            break;
        default:
            token.kind = ANJU_JSON_NULL;
            break;
        }
        ++count;
    }
    token_count = count;
    return ANJU_JSON_OK;
}

extern "C" {

anju_json_parser *anju_json_create(size_t size_limit) {
    try {
        return new anju_json_parser(size_limit);
    } catch (...) {
        return nullptr;
    }
}

void anju_json_destroy(anju_json_parser *parser) { delete parser; }

int anju_json_parse(anju_json_parser *self, const void *payload, size_t length) {
    self->token_count = 0;
    self->failure_offset = 0;
    auto bytes = static_cast<const uint8_t *>(payload);
    if (length > self->size_limit) return ANJU_JSON_TOO_LONG;
    size_t mark = length >= 3 && std::memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    if (length == mark) return ANJU_JSON_EMPTY;
    bytes += mark;
    length -= mark;
    if (!self->payload.reserve(length)) return ANJU_JSON_NO_MEMORY;
    std::memcpy(self->payload.bytes.get(), bytes, length);
    auto error = self->read(self->payload, length);
    if (!error) return self->flatten();
    if (error == simdjson::MEMALLOC) return ANJU_JSON_NO_MEMORY;
    if (!self->lenient.reserve(length * lenient_growth)) return ANJU_JSON_NO_MEMORY;
    size_t cleaned = lenient_copy(bytes, length, self->lenient.bytes.get());
    if (cleaned != 0 && cleaned <= self->size_limit) {
        error = self->read(self->lenient, cleaned);
        if (!error) return self->flatten();
    }
    int reason = locate_failure(bytes, length, &self->failure_offset);
    self->failure_offset += mark;
    return reason;
}

const anju_json_token *anju_json_tokens(const anju_json_parser *parser) { return parser->tokens.get(); }

size_t anju_json_token_count(const anju_json_parser *parser) { return parser->token_count; }

size_t anju_json_failure_offset(const anju_json_parser *parser) { return parser->failure_offset; }

uint64_t anju_json_hash(const char *text, size_t length) {
    uint64_t hash = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < length; ++i) {
        uint8_t c = uint8_t(text[i]);
        if (c == '_' || c == '-' || c == ' ') continue;
        if (c >= 'A' && c <= 'Z') c |= 0x20;
        hash = (hash ^ c) * 0x00000100000001b3ull;
    }
    return hash | 1;
}

}  // extern "C"
