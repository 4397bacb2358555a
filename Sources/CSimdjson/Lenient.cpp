#include "Lenient.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <strings.h>

#include "CSimdjson.h"

namespace {

/// More digits than this may not fit simdjson's 64-bit integers.
constexpr size_t integer_digit_limit = 18;

bool is_blank(uint8_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool ends_word(uint8_t c) {
    return is_blank(c) || c == ',' || c == ':' || c == ']' || c == '}' || c == '[' || c == '{' || c == '"';
}

bool is_word(const char *word, size_t length, const char *expected) {
    return length == std::strlen(expected) && strncasecmp(word, expected, length) == 0;
}

/// JSON's number grammar: -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
bool is_json_number(const char *word, size_t length) {
    size_t i = 0;
    auto digits = [&] {
        size_t first = i;
        while (i < length && word[i] >= '0' && word[i] <= '9') ++i;
        return i - first;
    };
    if (i < length && word[i] == '-') ++i;
    size_t first = i;
    size_t whole = digits();
    if (whole == 0 || (whole > 1 && word[first] == '0')) return false;
    bool is_integer = true;
    if (i < length && word[i] == '.') {
        ++i;
        is_integer = false;
        if (digits() == 0) return false;
    }
    if (i < length && (word[i] == 'e' || word[i] == 'E')) {
        ++i;
        is_integer = false;
        if (i < length && (word[i] == '+' || word[i] == '-')) ++i;
        if (digits() == 0) return false;
    }
    if (i != length) return false;
    if (is_integer) return whole <= integer_digit_limit;
    double value = 0;
    auto result = std::from_chars(word, word + length, value);
    return result.ec == std::errc() && std::isfinite(value);
}

/// What to write instead of a bare word; null when it can stand.
const char *replacement(const char *word, size_t length) {
    if (is_word(word, length, "true")) return std::memcmp(word, "true", 4) == 0 ? nullptr : "true";
    if (is_word(word, length, "false")) return std::memcmp(word, "false", 5) == 0 ? nullptr : "false";
    if (is_word(word, length, "null")) return std::memcmp(word, "null", 4) == 0 ? nullptr : "null";
    if (is_json_number(word, length)) return nullptr;
    const char *unsigned_word = word;
    size_t unsigned_length = length;
    if (length > 1 && (word[0] == '-' || word[0] == '+')) {
        ++unsigned_word;
        --unsigned_length;
    }
    for (const char *known : {"nan", "inf", "infinity", "none", "undefined", "1.#inf", "1.#qnan"}) {
        if (is_word(unsigned_word, unsigned_length, known)) return "null";
    }
    bool is_numeric = (unsigned_word[0] >= '0' && unsigned_word[0] <= '9') || unsigned_word[0] == '.';
    for (size_t i = 0; is_numeric && i < unsigned_length; ++i) {
        is_numeric = std::strchr("0123456789.eE+-xXabcdefABCDEF", unsigned_word[i]) != nullptr;
    }
    return is_numeric ? "null" : nullptr;
}

/// The length of a well-formed UTF-8 sequence at `bytes`, or 0.
size_t sequence_length(const uint8_t *bytes, size_t left) {
    uint8_t c = bytes[0];
    if (c < 0x80) return 1;
    size_t size = c >= 0xC2 && c <= 0xDF ? 2 : c >= 0xE0 && c <= 0xEF ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
    if (size == 0 || size > left) return 0;
    for (size_t i = 1; i < size; ++i) {
        if ((bytes[i] & 0xC0) != 0x80) return 0;
    }
    if ((c == 0xE0 && bytes[1] < 0xA0) || (c == 0xED && bytes[1] > 0x9F)) return 0;
    if ((c == 0xF0 && bytes[1] < 0x90) || (c == 0xF4 && bytes[1] > 0x8F)) return 0;
    return size;
}

/// A walk over a document that only wants to know where it breaks.
struct Locator {
    const uint8_t *bytes;
    size_t length;
    size_t at = 0;
    size_t depth = 0;
    bool in_object[ANJU_JSON_DEPTH_LIMIT + 1] = {};

    void skip_blanks() {
        while (at < length && is_blank(bytes[at])) ++at;
    }

    int text() {
        ++at;
        while (at < length && bytes[at] != '"') {
            if (bytes[at] < 0x20) return ANJU_JSON_CONTROL_CHARACTER;
            if (bytes[at] == '\\') {
                if (at + 1 >= length) break;
                if (std::strchr("\"\\/bfnrtu", char(bytes[at + 1])) == nullptr || bytes[at + 1] == 0) {
                    return ANJU_JSON_UNEXPECTED;
                }
                at += 2;
                continue;
            }
            at += sequence_length(bytes + at, length - at);
        }
        if (at >= length) return ANJU_JSON_TRUNCATED;
        ++at;
        return ANJU_JSON_OK;
    }

    int word() {
        size_t first = at;
        while (at < length && !ends_word(bytes[at])) ++at;
        auto text = reinterpret_cast<const char *>(bytes + first);
        size_t size = at - first;
        auto is = [&](const char *name) { return size == std::strlen(name) && std::memcmp(text, name, size) == 0; };
        if (size > 0 && (is("true") || is("false") || is("null") || is_json_number(text, size))) return ANJU_JSON_OK;
        if (size > 0 && at == length && depth > 0) return ANJU_JSON_TRUNCATED;
        at = first;
        return ANJU_JSON_UNEXPECTED;
    }

    int key() {
        skip_blanks();
        if (at >= length) return ANJU_JSON_TRUNCATED;
        if (bytes[at] != '"') return ANJU_JSON_UNEXPECTED;
        if (int reason = text()) return reason;
        skip_blanks();
        if (at >= length) return ANJU_JSON_TRUNCATED;
        if (bytes[at] != ':') return ANJU_JSON_UNEXPECTED;
        ++at;
        return ANJU_JSON_OK;
    }

    /// One value or the opening of a container; `is_open` says which.
    int value(bool &is_open) {
        is_open = false;
        skip_blanks();
        if (at >= length) return ANJU_JSON_TRUNCATED;
        uint8_t c = bytes[at];
        if (c == '"') return text();
        if (c != '{' && c != '[') return word();
        if (depth >= ANJU_JSON_DEPTH_LIMIT) return ANJU_JSON_TOO_DEEP;
        in_object[depth++] = c == '{';
        ++at;
        is_open = true;
        return ANJU_JSON_OK;
    }

    /// After a value: closes containers up to the next comma.
    int close(bool &is_done) {
        for (is_done = false; depth > 0;) {
            skip_blanks();
            if (at >= length) return ANJU_JSON_TRUNCATED;
            if (bytes[at] == ',') {
                ++at;
                return ANJU_JSON_OK;
            }
            if (bytes[at] != (in_object[depth - 1] ? '}' : ']')) return ANJU_JSON_UNEXPECTED;
            ++at;
            --depth;
        }
        skip_blanks();
        is_done = true;
        return at < length ? ANJU_JSON_TRAILING : ANJU_JSON_OK;
    }

    int walk() {
        for (bool is_done = false; !is_done;) {
            if (depth > 0 && in_object[depth - 1]) {
                if (int reason = key()) return reason;
            }
            bool is_open = false;
            if (int reason = value(is_open)) return reason;
            if (is_open) {
                skip_blanks();
                bool is_empty = at < length && bytes[at] == (in_object[depth - 1] ? '}' : ']');
                if (!is_empty) continue;
                ++at;
                --depth;
            }
            if (int reason = close(is_done)) return reason;
        }
        return ANJU_JSON_UNEXPECTED;
    }
};

}  // namespace

size_t lenient_copy(const uint8_t *bytes, size_t length, uint8_t *out) {
    size_t written = 0;
    bool has_replaced = false;
    for (size_t i = 0; i < length;) {
        size_t first = i;
        if (bytes[i] == '"') {
            for (++i; i < length && bytes[i] != '"'; ++i) {
                if (bytes[i] == '\\' && i + 1 < length) ++i;
            }
            i = i < length ? i + 1 : length;
        } else if (ends_word(bytes[i])) {
            ++i;
        } else {
            while (i < length && !ends_word(bytes[i])) ++i;
            if (const char *text = replacement(reinterpret_cast<const char *>(bytes + first), i - first)) {
                size_t size = std::strlen(text);
                std::memcpy(out + written, text, size);
                written += size;
                has_replaced = true;
                continue;
            }
        }
        std::memcpy(out + written, bytes + first, i - first);
        written += i - first;
    }
    return has_replaced ? written : 0;
}

int locate_failure(const uint8_t *bytes, size_t length, size_t *offset) {
    for (size_t at = 0; at < length;) {
        size_t size = sequence_length(bytes + at, length - at);
        if (size == 0) {
            *offset = at;
            return ANJU_JSON_NOT_UTF8;
        }
        at += size;
    }
    Locator locator{bytes, length};
    locator.skip_blanks();
    if (locator.at == length) {
        *offset = 0;
        return ANJU_JSON_EMPTY;
    }
    int reason = locator.walk();
    *offset = locator.at;
    return reason;
}
