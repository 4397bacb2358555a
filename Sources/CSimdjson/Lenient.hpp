#pragma once

#include <cstddef>
#include <cstdint>

/// A one-byte word may become `null`.
constexpr size_t lenient_growth = 4;

/// Copies a document and writes null for bare words that are meant as numbers but are none for JSON (NaN, Infinity,
/// 1e999, 400 digits), and true and false for Python's True and False. Texts are copied as they are.
///
/// `out` has room for `lenient_growth * length` bytes. Returns the new length, or 0 when there was nothing to replace.
size_t lenient_copy(const uint8_t *bytes, size_t length, uint8_t *out);

/// Finds where a document stops being JSON. Returns an ANJU_JSON_ reason and sets the offset in bytes.
int locate_failure(const uint8_t *bytes, size_t length, size_t *offset);
